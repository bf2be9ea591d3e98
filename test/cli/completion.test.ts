/** Completion in real shells: bash always, zsh and fish where this machine has them. */

import { execFile, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../lib/cli/program.ts';
import { type Binary, buildBinary } from './binary.ts';

const slow = { timeout: 60_000 };
let binary: Binary;
const scripts = new Map<string, string>();

beforeAll(async () => {
  binary = await buildBinary();
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, out, err } = await binary.run(['completion', shell]);
    expect([code, err], shell).toEqual([0, '']);
    const file = join(binary.path, `../completion.${shell}`);
    await writeFile(file, out);
    scripts.set(shell, file);
  }
});

function run(shell: string, ...words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: join(binary.path, '..') };
    execFile(shell, words, { env }, (error, out) => (error === null ? resolve(out) : reject(error)));
  });
}

/** What bash offers for the last of the words. */
async function inBash(...typed: readonly string[]): Promise<readonly string[]> {
  const words = ['ecr-replication-monitor', ...typed].map((word) => `'${word}'`).join(' ');
  const script = `
    source '${scripts.get('bash')}'
    COMP_WORDS=(${words}); COMP_CWORD=${typed.length}
    _ecr_replication_monitor; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return (await run('bash', '--norc', '-c', script)).split('\n').filter(Boolean);
}

describe('in bash', slow, () => {
  it.each<[string, string[], string[]]>([
    ['a command', ['wa'], ['wait']],
    ['a command after a global option with its value', ['--profile', 'audit', 'wa'], ['wait']],
    ['a command of a command', ['silence', ''], ['add', 'list', 'end']],
    ['an option of the command', ['wait', 'a:1', '--time'], ['--timeout']],
    ['a global option after the command', ['wait', '--prof'], ['--profile']],
    ['the value of an option, where it is one of a list', ['demo', '--form', 'c'], ['chat']],
    ['the argument, where it is one of a list', ['completion', 'f'], ['fish']],
    ['nothing for a value that may be anything', ['wait', '--timeout', ''], []],
  ])('offers %s', async (_, typed, offered) => {
    const words = await inBash(...typed);
    if (offered.length === 0) expect(words).toEqual([]);
    else expect(words.slice(0, offered.length)).toEqual(offered);
  });

  it('offers every command that there is, and every option of each', async () => {
    const program = createProgram();
    const commands = program.commands.map((command) => command.name());
    expect((await inBash('')).filter((word) => !word.startsWith('-'))).toEqual(commands);
    for (const command of program.commands) {
      const options = command.options.flatMap(({ long }) => long ?? []);
      expect(await inBash(command.name(), '--')).toEqual(expect.arrayContaining(options));
    }
  });
});

describe.each(['zsh', 'fish'])('in %s', slow, (shell) => {
  const isHere = spawnSync(shell, ['--version']).status === 0;

  it.skipIf(!isHere)(`is a script without a fault (skipped where there is no ${shell})`, async () => {
    const check = shell === 'zsh' ? ['-n'] : ['--no-execute'];
    await run(shell, ...check, scripts.get(shell) ?? '');
  });

  it('names every command and every option', async () => {
    const { out } = await binary.run(['completion', shell]);
    for (const command of createProgram().commands) {
      expect(out).toContain(command.name());
      for (const { long } of command.options) {
        expect(out).toContain(shell === 'zsh' ? `'*${long}[` : ` -l ${long?.slice(2)} `);
      }
    }
  });
});

it('refuses a shell that it does not know, in one line', slow, async () => {
  const ended = await binary.run(['completion', 'ksh']);
  expect(ended.code).toBe(2);
  expect(ended.err).toContain('Allowed choices are bash, zsh, fish');
});
