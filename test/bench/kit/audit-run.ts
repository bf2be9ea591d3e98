/**
 * Whole repositories compared with their destinations, in a process of its own: what it takes, as a line of JSON.
 * `aws`: an ECR at the endpoint of the environment; `made`: inventories made up page by page, however many there are.
 */

import { awsPorts } from '../../../lib/aws/ports.ts';
import { loadConfig } from '../../../lib/config.ts';
import { registryKey } from '../../../lib/image/registry.ts';
import { compareRepository } from '../../../lib/monitor/compare-repository.ts';
import { listRepositoriesToSweep } from '../../../lib/monitor/repositories-to-sweep.ts';
import type { Ports } from '../../../lib/ports.ts';
import type { InventoryImage } from '../../../lib/sweep/comparison.ts';
import { source } from '../../samples.ts';
import { imageOfNumber, missingEvery } from './images.ts';
import { threeDestinations } from './registries.ts';

export interface AuditReport {
  readonly seconds: number;
  /** Of processor time, all threads. */
  readonly processorSeconds: number;
  /** Of the whole process, Node itself included: the most that was seen, page after page. */
  readonly mostMegabytes: number;
  /** What was still needed after a collection, asked for when a destination was through; needs `--expose-gc`. */
  readonly mostLiveMegabytes: number;
  readonly images: number;
  readonly missing: number;
}

const [mode, repositories = '1', perRepository = '10000'] = process.argv.slice(2);
const loaded = loadConfig(process.env, 'follow-up');
if (!loaded.ok) throw new Error(loaded.fault);
const { policies } = loaded.value;
const real = awsPorts(
  { ...loaded.value, hub: source },
  { now: Date.now, chance: Math.random, log: () => {} },
);
const ports = mode === 'made' ? { ...real, ...madeUp(Number(repositories), Number(perRepository)) } : real;

let mostBytes = 0;
let mostLiveBytes = 0;
let images = 0;
let missing = 0;
const begin = performance.now();
const processorBefore = process.cpuUsage();
const listed = await listRepositoriesToSweep(ports, policies, source);
if (listed.is === 'unreadable') throw new Error(`the rules are unreadable: ${listed.why}`);
for (const { repository, destinations } of listed.covered) {
  const { reading, destinations: compared } = await compareRepository(
    ports,
    policies,
    { source, repository, destinations },
    (progress) => {
      mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
      if (progress.is === 'compared') mostLiveBytes = Math.max(mostLiveBytes, liveBytes());
    },
  );
  if (reading.is !== 'read') throw new Error(`${repository} is ${reading.is}`);
  images += reading.images;
  for (const { reading: there, counts } of compared) {
    if (there.is !== 'read') throw new Error(`a destination is ${there.is}`);
    missing += counts.missing;
  }
}
const { user, system } = process.cpuUsage(processorBefore);
const report: AuditReport = {
  seconds: (performance.now() - begin) / 1000,
  processorSeconds: (user + system) / 1e6,
  mostMegabytes: mostBytes / 2 ** 20,
  mostLiveMegabytes: mostLiveBytes / 2 ** 20,
  images,
  missing,
};
process.stdout.write(JSON.stringify(report), () => process.exit());

function liveBytes(): number {
  if (globalThis.gc === undefined) return 0;
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function madeUp(
  count: number,
  size: number,
): Pick<Ports, 'readRules' | 'readRepositories' | 'readInventory'> {
  const pushedAt = Date.now() - 24 * 3_600_000;
  const page = 1_000;
  return {
    readRules: async () => ({ is: 'read', rules: [{ destinations: threeDestinations, prefixes: [] }] }),
    readRepositories: async () => Array.from({ length: count }, (_, n) => `prod-${n}`),
    readInventory: async (registry, _repository, from = '0') => {
      const isSource = registryKey(registry) === registryKey(source);
      const start = Number(from);
      const found: InventoryImage[] = [];
      for (let n = start; n < Math.min(start + page, size); n += 1) {
        if (!isSource && n % missingEvery === 0) continue;
        found.push({ ...imageOfNumber(n), storage: 'ACTIVE', pushedAt });
      }
      return { is: 'read', images: found, ...(start + page < size ? { next: String(start + page) } : {}) };
    },
  };
}
