/** Instructions a message by callgrind, where valgrind is installed: a count that no other load on the machine changes. */

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const run = promisify(execFile);
const batch = 100;
const fewRounds = 10;
const manyRounds = 40;

/** Node runs some fifty times slower under callgrind; on a busy machine that can be too long. */
const longestMs = 90_000;

/** The difference of a longer and a shorter run, so that what starting up takes drops out. */
export async function instructionsPerMessage(
  destinations: number,
): Promise<number | 'not-there' | 'too-slow'> {
  try {
    await run('valgrind', ['--version']);
  } catch {
    return 'not-there';
  }
  const folder = await mkdtemp(join(tmpdir(), 'ecr-replication-monitor-bench-'));
  try {
    const script = join(folder, 'batches.mjs');
    await build({
      stdin: {
        contents: `
          import { warmBatch } from './warm-batches.ts';
          const { run } = warmBatch(${batch}, ${destinations});
          for (let left = Number(process.argv[2]); left > 0; left -= 1) await run();
          process.exit();`,
        resolveDir: import.meta.dirname,
        loader: 'ts',
      },
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'esm',
      mainFields: ['module', 'main'],
      logLevel: 'silent',
    });
    const [few, many] = await Promise.all([count(script, fewRounds), count(script, manyRounds)]);
    if (few === undefined || many === undefined) return 'too-slow';
    return (many - few) / ((manyRounds - fewRounds) * batch);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function count(script: string, rounds: number): Promise<number | undefined> {
  const options = ['--tool=callgrind', '--callgrind-out-file=/dev/null', '--smc-check=all-non-file'];
  // One thread for everything: what helper threads do counts too, and at the same place each time.
  const node = [process.execPath, '--single-threaded', script, String(rounds)];
  const stderr = await run('valgrind', [...options, ...node], { timeout: longestMs }).then(
    (ended) => ended.stderr,
    (error: { readonly killed?: boolean; readonly stderr?: string }) => {
      if (error.killed === true) return undefined;
      throw error;
    },
  );
  if (stderr === undefined) return undefined;
  const [, collected] = /Collected : (\d+)/.exec(stderr) ?? [];
  if (collected === undefined) throw new Error(`callgrind counted nothing: ${stderr.slice(0, 300)}`);
  return Number(collected);
}
