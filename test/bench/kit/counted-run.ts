/** One run of `image-action` in which all has arrived, and the calls that it makes of each service. */

import { settleImageActions } from '../../../lib/monitor/image-actions.ts';
import type { Ports } from '../../../lib/ports.ts';
import { source } from '../../samples.ts';
import { createClock } from '../../world.ts';
import { imagesUpTo, pushRecords } from './images.ts';
import { replicate, startLocalEcr } from './local-ecr.ts';
import { createMonitor } from './monitor.ts';
import { threeDestinations } from './registries.ts';

export interface CountedRun {
  readonly messages: number;
  readonly ecr: number;
  readonly metrics: number;
  readonly queue: number;
  readonly table: number;
  readonly topic: number;
}

const services = {
  metrics: ['putMetrics'],
  queue: ['sendAgain'],
  table: [
    'findIncidents',
    'saveIncident',
    'readOpen',
    'noteGroups',
    'latestNotice',
    'claimNotice',
    'readSilences',
  ],
  topic: ['publish'],
} as const;

/** Ports of the other services are counted where the use case calls them for something; for nothing, none sends anything. */
export async function callsOfRun(messages: number, destinations: number): Promise<CountedRun> {
  const { now, turn } = createClock();
  const images = imagesUpTo(messages);
  const to = threeDestinations.slice(0, destinations);
  const local = await startLocalEcr({ now });
  for (const registry of [source, ...to]) local.ecr.seed(registry, 'prod-web', images);
  replicate(local.ecr, source, 'prod-', to);
  const { ports, config } = createMonitor(now);
  const counts = { metrics: 0, queue: 0, table: 0, topic: 0 };
  const counted = { ...ports } as Record<string, unknown>;
  for (const [service, names] of Object.entries(services) as [
    keyof typeof counts,
    readonly (keyof Ports)[],
  ][]) {
    for (const name of names) {
      const call = ports[name] as (...given: readonly unknown[]) => unknown;
      counted[name] = (...given: readonly unknown[]) => {
        const [first] = given;
        if (!Array.isArray(first) || first.length > 0) counts[service] += 1;
        return call(...given);
      };
    }
  }
  const records = pushRecords('prod-web', images, now());
  turn(15);
  await settleImageActions(counted as unknown as Ports, config.policies, records);
  const ecr = local.ecr.calls.count();
  await local.stop();
  return { messages, ecr, ...counts };
}
