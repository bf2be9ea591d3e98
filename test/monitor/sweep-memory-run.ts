/** One repository of 100,000 images compared with three destinations, in a process of its own: what it takes, as a line of JSON. */

import { awsPorts } from '../../lib/aws/ports.ts';
import { loadConfig } from '../../lib/config.ts';
import { compareRepository } from '../../lib/monitor/compare-repository.ts';
import { ireland, source, sydney } from '../samples.ts';

export interface MemoryReport {
  /** Of the whole process, above what it had when nothing was read yet. */
  readonly megabytesAboveIdle: number;
  readonly heapMegabytesAboveIdle: number;
  readonly inSync: readonly number[];
}

const loaded = loadConfig(process.env, 'follow-up');
if (!loaded.ok) throw new Error(loaded.fault);
const ports = awsPorts(loaded.value, { now: Date.now, chance: Math.random, log: () => {} });
const compare = (repository: string) =>
  compareRepository(
    ports,
    loaded.value.policies,
    { source, repository, destinations: [ireland, sydney, { ...source, region: 'us-west-2' }] },
    measure,
  );

let mostBytes = 0;
let mostHeapBytes = 0;
function measure(): void {
  mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
  mostHeapBytes = Math.max(mostHeapBytes, process.memoryUsage().heapUsed);
}

// The clients and their connections are the idle process's own.
await compare('prod-small');
globalThis.gc?.();
const idle = { rss: process.memoryUsage.rss(), heap: process.memoryUsage().heapUsed };
mostBytes = 0;
mostHeapBytes = 0;
const { destinations } = await compare('prod-large');
measure();
const report: MemoryReport = {
  megabytesAboveIdle: (mostBytes - idle.rss) / 2 ** 20,
  heapMegabytesAboveIdle: (mostHeapBytes - idle.heap) / 2 ** 20,
  inSync: destinations.map(({ counts }) => counts.inSync),
};
process.stdout.write(JSON.stringify(report));
process.exit();
