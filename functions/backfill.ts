/** Lambda `backfill`: every five minutes, replication backfills are looked at, whoever started them. */

import { backfillStartUp } from '../lib/lambda/sweep-start-up.ts';
import { watchBackfills } from '../lib/monitor/backfills.ts';

const { ports, config } = backfillStartUp();

export async function handler(): Promise<void> {
  await watchBackfills(ports, config.policies, config.sourceRegistries ?? [config.hub]);
}
