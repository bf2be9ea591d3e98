/** Lambda `repair`, only where it is asked for: every five minutes, destinations with missing images get a backfill. */

import { repairStartUp } from '../lib/lambda/sweep-start-up.ts';
import { repair } from '../lib/monitor/repair.ts';

const { ports, config } = repairStartUp();

export async function handler(): Promise<void> {
  await repair(ports, { ...config, repair: config.repair ?? 'off' }, config.sourceRegistries ?? [config.hub]);
}
