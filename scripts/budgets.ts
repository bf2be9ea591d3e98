/**
 * Holds what a change can make dearer unnoticed against committed budgets: bytes of each bundle, ECR calls a replica.
 * More than 5 % above its budget is a fault; `node scripts/budgets.ts --write` moves the budgets, to be seen in review.
 */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Budgets, overspent } from '../test/bench/kit/budgets.ts';
import { callsOfMonitor, sceneOf } from '../test/bench/kit/look-scene.ts';
import { threeDestinations } from '../test/bench/kit/registries.ts';
import { build } from './build.ts';

const root = join(import.meta.dirname, '..');
const file = join(root, 'test/bench/budgets.json');

/** One burst of 1,000 pushes to 3 destinations each, by the share that is missing. */
const shares = { 'all arrived': 0, '1 % missing': 0.01, '10 % missing': 0.1, 'all missing': 1 };

async function measure(): Promise<Budgets> {
  const folder = await mkdtemp(join(tmpdir(), 'ecr-replication-monitor-budgets-'));
  try {
    const bundles = await build(join(root, 'functions'), join(folder, 'functions'));
    const calls: [string, number][] = [];
    for (const [name, share] of Object.entries(shares)) {
      const perReplica = await callsOfMonitor(sceneOf(1_000, share, threeDestinations, 1));
      calls.push([name, Number(perReplica.toFixed(5))]);
    }
    return {
      bundleBytes: Object.fromEntries(bundles.map(({ name, bytes }) => [name, bytes])),
      ecrCallsPerReplica: Object.fromEntries(calls),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const measured = await measure();
if (process.argv.includes('--write')) {
  await writeFile(file, `${JSON.stringify(measured, null, 2)}\n`);
} else {
  const budgets = JSON.parse(await readFile(file, 'utf8')) as Budgets;
  const faults = overspent(budgets, measured);
  for (const fault of faults) process.stderr.write(`budgets: ${fault}\n`);
  if (faults.length > 0) {
    process.stderr.write(
      'budgets: if it is worth it, run `node scripts/budgets.ts --write` and say why in the commit\n',
    );
    process.exitCode = 1;
  }
}
