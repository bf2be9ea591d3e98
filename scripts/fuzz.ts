// `npm run fuzz -- --runs N`: every fuzz property of test/fuzz, N times, from a seed of its own that is told.
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');
const usage =
  'npm run fuzz -- [--runs N] [--seed S]   N and S are whole numbers above 0; S is the one that a run told';

function numberOf(text: string | undefined, otherwise: number): number | undefined {
  if (text === undefined) return otherwise;
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

function wanted(): { readonly runs: number; readonly seed: number } | undefined {
  try {
    const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } });
    const runs = numberOf(values.runs, 2_000);
    const seed = numberOf(values.seed, randomInt(1, 1_000_000_000));
    return runs === undefined || seed === undefined ? undefined : { runs, seed };
  } catch {
    return undefined;
  }
}

const run = wanted();
if (run === undefined) {
  process.stderr.write(`fuzz: ${usage}\n`);
  process.exitCode = 2;
} else {
  process.stdout.write(`fuzz: ${run.runs} runs a property, seed ${run.seed}\n`);
  const env = { ...process.env, FUZZ_RUNS: String(run.runs), FUZZ_SEED: String(run.seed) };
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', 'test/fuzz'], { cwd: root, env, stdio: 'inherit' });
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
