/** The command line with whatever words: each mistake is one line and exit code 2, never a stack trace. */

import { execFile } from 'node:child_process';
import { CommanderError } from 'commander';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { awsFaultLine } from '../../lib/cli/aws-fault.ts';
import { UserFault } from '../../lib/cli/fault.ts';
import { createProgram } from '../../lib/cli/program.ts';
import { strangeText } from '../arbitraries.ts';
import { runs, timeFor } from './runs.ts';

/** Nobody listens there: what is understood comes to nothing soon. */
const nowhere = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: '111122223333',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_EC2_METADATA_DISABLED: 'true',
  NO_COLOR: '1',
};

const known = fc.constantFrom(
  ...['wait', 'status', 'explain', 'silence', 'demo', 'add', 'list', 'end', 'help'],
  ...[
    '--json',
    '--help',
    '--version',
    '--region',
    '--table',
    '--destination',
    '--prefix',
    '--image',
    '--for',
  ],
  ...['--reason', '--author', '--all', '--form', '--timeout', '--nonsense', '--', '-', '-h', '-x'],
  ...[
    'eu-west-1',
    '111122223333/eu-west-1',
    'prod-api',
    'prod-api:1.4.2',
    '2h',
    '0s',
    '30m',
    '1e9d',
    'no-such-file.json',
  ],
);
/** No argument can hold a NUL, nor half a character. */
const strange = strangeText.map((text) => text.toWellFormed().replaceAll('\u0000', '').slice(0, 2_000));
const word = fc.oneof({ weight: 3, arbitrary: known }, { weight: 1, arbitrary: strange });
/** Sound but for one word. */
const nearly = fc
  .tuple(
    fc.constantFrom<readonly string[]>(
      ['silence', 'add', '--table', 't', '--destination', 'eu-west-1', '--for', '2h', '--reason', 'x'],
      [
        'silence',
        'add',
        '--table',
        't',
        '--prefix',
        'batch/',
        '--image',
        'a:1',
        '--for',
        '2h',
        '--reason',
        'x',
      ],
      ['silence', 'list', '--table', 't', '--all', '--json'],
      ['silence', 'end', '4f2a9c10', '--table', 't'],
      ['wait', 'prod-api:1.4.2', '--region', 'us-east-1', '--destination', 'eu-west-1'],
      ['status', 'prod-api:1.4.2', '--json'],
      ['explain', 'prod-api:1.4.2', '--destination', 'eu-west-1'],
      ['demo', '--form', 'chat', '--json'],
    ),
    fc.nat(9),
    word,
  )
  .map(([sound, at, put]) => sound.map((one, index) => (index === at ? put : one)));
const words = fc.oneof(nearly, fc.array(word, { maxLength: 8 }));

/** A demo without files, and a wait without an end, would be what they are for: that takes its time. */
function inShort(drawn: readonly string[]): readonly string[] {
  if (drawn.includes('demo')) return [...drawn, 'no-such-file.json'];
  return drawn.includes('wait')
    ? ['wait', ...drawn.filter((word) => word !== 'wait'), '--timeout', '1s']
    : drawn;
}

/** Whether a terminal would obey something in it; the program's own line ends are left aside. */
function isObeyed(text: string): boolean {
  return /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(text.replaceAll('\n', ''));
}

describe('any words', () => {
  let err = '';

  beforeAll(() => {
    for (const [name, value] of Object.entries(nowhere)) vi.stubEnv(name, value);
  });
  afterAll(() => void vi.unstubAllEnvs());
  beforeEach(() => {
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      err += String(text);
      return true;
    });
    vi.spyOn(Math, 'random').mockReturnValue(0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });

  it(
    'are understood, refused in words, or run into a fault that has words',
    async () => {
      await fc.assert(
        fc.asyncProperty(words, async (drawn) => {
          err = '';
          const fault = await createProgram()
            .parseAsync([...inShort(drawn)], { from: 'user' })
            .then(
              () => undefined,
              (error: unknown) => error,
            );
          expect(err).not.toMatch(/\n\s+at /);
          if (fault instanceof CommanderError) {
            if (fault.exitCode !== 0 && !fault.code.startsWith('commander.help')) {
              expect(err).toMatch(/^error: [^\n]+\(--help explains\)\n$/);
              expect(err).not.toSatisfy(isObeyed);
            }
          } else if (fault instanceof UserFault) expect(fault.message).not.toBe('');
          else if (fault !== undefined) expect(awsFaultLine(fault), String(fault)).toBeDefined();
        }),
        runs(150),
      );
    },
    timeFor(150),
  );
});

describe('the program itself', () => {
  const main = new URL('../../lib/cli/main.ts', import.meta.url).pathname;

  function run(given: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    const env = { PATH: process.env['PATH'] ?? '', ...nowhere };
    return new Promise((resolve) => {
      execFile(process.execPath, [main, ...given], { env }, (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err });
      });
    });
  }

  it(
    'ends with a code of its own and says at most a line of what is wrong',
    async () => {
      await fc.assert(
        fc.asyncProperty(words, async (drawn) => {
          const { code, out, err } = await run(inShort(drawn));
          expect([0, 1, 2, 3, 4]).toContain(code);
          expect(`${out}${err}`).not.toMatch(/\n\s+at |node:internal/);
          expect(`${out}${err}`).not.toSatisfy(isObeyed);
          if (code !== 2) return;
          expect(out).toBe('');
          expect(err.startsWith('Usage:') || /^error: [^\n]+\n$/.test(err), err).toBe(true);
        }),
        runs(8),
      );
    },
    timeFor(8),
  );
});
