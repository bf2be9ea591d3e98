/** `npm run simulate:planted`: known bugs are planted into a copy of lib/, one at a time, and each must be caught. */

import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const mostSeeds = 500;
const root = join(import.meta.dirname, '../..');
const folder = join(import.meta.dirname, 'planted');

interface Outcome {
  readonly bug: string;
  readonly isCaught: boolean;
  readonly seeds: string;
  readonly how: string;
}

function run(
  command: string,
  words: readonly string[],
  cwd: string,
): Promise<{ ok: boolean; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(command, words, { cwd, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ ok: error === null, stdout, stderr });
    });
  });
}

/** Never in the working tree: a copy is patched, played and thrown away. */
async function catchBug(bug: string): Promise<Outcome> {
  const copy = mkdtempSync(join(tmpdir(), 'planted-'));
  try {
    for (const part of ['lib', 'test/simulation', 'package.json']) {
      cpSync(join(root, part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const applied = await run('git', ['apply', join(folder, `${bug}.patch`)], copy);
    if (!applied.ok)
      return { bug, isCaught: false, seeds: '-', how: `the patch does not apply: ${applied.stderr.trim()}` };
    const words = ['test/simulation/simulate.ts', '--seeds', `1..${mostSeeds}`, '--json'];
    const { stdout, stderr } = await run(process.execPath, words, copy);
    if (stdout === '')
      return { bug, isCaught: false, seeds: '-', how: `the copy does not run: ${stderr.trim()}` };
    const { broken, seeds } = JSON.parse(stdout);
    const [first] = broken;
    if (first === undefined) return { bug, isCaught: false, seeds: `${seeds.played}`, how: 'not caught' };
    return { bug, isCaught: true, seeds: `${first.seed}`, how: first.invariant };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

const bugs = readdirSync(folder)
  .filter((name) => name.endsWith('.patch'))
  .map((name) => name.slice(0, -'.patch'.length));
process.stdout.write('planted bug                 seeds  caught by\n');
const wanted = process.argv.slice(2);
for (const bug of bugs.sort().filter((one) => wanted.length === 0 || wanted.includes(one))) {
  const { isCaught, seeds, how } = await catchBug(bug);
  process.stdout.write(`${bug.padEnd(26)}${seeds.padStart(7)}  ${how}\n`);
  if (!isCaught) process.exitCode = 1;
}
