/** Batches through the use case behind `image-action`, with an ECR that answers at once: nothing but our own work. */

import { settleImageActions } from '../../../lib/monitor/image-actions.ts';
import type { QueueRecord } from '../../../lib/monitor/records.ts';
import type { Sighting } from '../../../lib/replication/verdict.ts';
import { imagesUpTo, pushRecords } from './images.ts';
import { createMonitor } from './monitor.ts';
import { threeDestinations } from './registries.ts';

export interface WarmBatch {
  readonly records: readonly QueueRecord[];
  readonly run: () => Promise<void>;
}

/** All images have arrived, under their tags, three seconds after the push. */
export function warmBatch(size: number, destinations: number): WarmBatch {
  const pushedAt = Date.parse('2026-11-24T03:00:00Z');
  process.env['AWS_REGION'] ??= 'us-east-1';
  const { config, ports } = createMonitor(() => pushedAt + 15_000);
  const rules = [{ destinations: threeDestinations.slice(0, destinations), prefixes: ['prod-'] }];
  const images = imagesUpTo(size);
  const sightings = new Map(
    images.map(({ digest, tags }): [string, Sighting] => [
      digest,
      { is: 'present', image: { tags, storage: 'ACTIVE', arrivedAt: pushedAt + 3_000 } },
    ]),
  );
  const instant = {
    ...ports,
    readRules: async () => ({ is: 'read' as const, rules }),
    readImages: async ({ batches }: Parameters<typeof ports.readImages>[0]) =>
      new Map(batches.flat().map((digest) => [digest, sightings.get(digest) ?? { is: 'absent' as const }])),
  };
  const records = pushRecords('prod-web', images, pushedAt);
  return {
    records,
    run: async () => {
      const unfinished = await settleImageActions(instant, config.policies, records);
      if (unfinished.size > 0) throw new Error('the batch was not finished');
    },
  };
}
