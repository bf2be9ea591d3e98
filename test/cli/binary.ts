/** The built binary as its users run it: through a pipe, and in a terminal. */

import { execFile } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { buildCli } from '../../scripts/build-cli.ts';
import { oncePerRun } from '../run-folder.ts';

const root = join(import.meta.dirname, '../..');

type Environment = Readonly<Record<string, string>>;

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Binary {
  readonly path: string;
  /** Through pipes. Nothing of this process's own environment but the PATH reaches it. */
  readonly run: (words: readonly string[], environment?: Environment) => Promise<Ran>;
  /** In a terminal of 100 columns: everything that it shows, escape sequences included. `type`: keys, once something shows. */
  readonly runInTerminal: (
    words: readonly string[],
    environment?: Environment,
    type?: { readonly keys: string; readonly after: RegExp },
  ) => Promise<{ readonly code: number; readonly screen: string }>;
}

/** Built once a run of the tests, as deep in its folder as in the package. */
export async function buildBinary(): Promise<Binary> {
  const folder = await oncePerRun('command-line', async (to) => {
    await buildCli(join(to, 'dist/cli'));
    await copyFile(join(root, 'package.json'), join(to, 'package.json'));
  });
  const path = join(folder, 'dist/cli/main.mjs');
  const minimal = (environment: Environment): Record<string, string> => ({
    PATH: process.env['PATH'] ?? '',
    // Nobody's own profiles, and no questions to an instance that is not there.
    HOME: folder,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...environment,
  });
  return {
    path,
    run: (words, environment = {}) =>
      new Promise((resolve) => {
        const options = { env: minimal(environment), cwd: folder, maxBuffer: 1e8 };
        execFile(process.execPath, [path, ...words], options, (error, out, err) => {
          resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err });
        });
      }),
    runInTerminal: (words, environment = {}, type) =>
      new Promise((resolve) => {
        const env = minimal({ TERM: 'xterm-256color', ...environment });
        const terminal = spawn(process.execPath, [path, ...words], { cols: 100, rows: 40, cwd: folder, env });
        let screen = '';
        let typed = false;
        terminal.onData((data) => {
          screen += data;
          if (type !== undefined && !typed && type.after.test(screen)) {
            typed = true;
            terminal.write(type.keys);
          }
        });
        terminal.onExit(({ exitCode }) => resolve({ code: exitCode, screen }));
      }),
  };
}
