/** Where there is no browser, nothing is known of the page, and that is what is said. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const scripts = join(import.meta.dirname, '../../scripts');

it.each(['test-browser', 'screenshots'])(
  '%s says in one line what to install, and ends with 3',
  async (name) => {
    const ended = await new Promise((resolve) => {
      const options = { env: { PATH: import.meta.dirname } };
      execFile(process.execPath, [join(scripts, `${name}.ts`)], options, (error, out, err) =>
        resolve({ code: error?.code, out, err }),
      );
    });
    expect(ended).toEqual({
      code: 3,
      out: '',
      err: expect.stringMatching(
        /^[^\n]*no Chromium found: install it \(Debian: apt-get install chromium\)[^\n]*\n$/,
      ),
    });
  },
);
