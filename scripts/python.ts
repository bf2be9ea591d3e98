/** A Python environment of the project's own, made once and again when what it holds changes. */

import { execFile, execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Something of the machine's is missing; the message is one line for whoever has to install it. */
export class PythonMissing extends Error {}

export interface PythonEnvironment {
  /** The path of a command that is installed there. */
  readonly command: (name: string) => string;
  /** Whether it had to be made, or was there. */
  readonly fresh: boolean;
}

/** `requirements`: path of a pip requirements file. Throws PythonMissing where there is no Python to make it with. */
export async function pythonEnvironment(folder: string, requirements: string): Promise<PythonEnvironment> {
  const python = findPython();
  const wanted = await readFile(requirements, 'utf8');
  const stamp = join(folder, 'requirements.txt');
  const command = (name: string): string => join(folder, 'bin', name);
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return { command, fresh: false };

  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    await run(python, ['-m', 'venv', folder]);
  } catch {
    throw new PythonMissing(`${python} cannot make a virtual environment: install its venv module`);
  }
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--requirement',
    requirements,
  ];
  await run(command('python'), pip, { timeout: 600_000 });
  // Written last: an environment that was not finished is made again.
  await writeFile(stamp, wanted);
  return { command, fresh: true };
}

const oldest = { major: 3, minor: 10 };

function findPython(): string {
  for (const name of ['python3', 'python']) {
    try {
      const version = execFileSync(name, ['--version'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const [, major, minor] = /^Python (\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
      if (major === oldest.major && minor !== undefined && minor >= oldest.minor) return name;
    } catch {
      // Not there: the next name is tried.
    }
  }
  throw new PythonMissing(
    `Python ${oldest.major}.${oldest.minor} or newer is needed, and is not on the PATH`,
  );
}
