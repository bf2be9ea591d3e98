/** Lambda `config-watch`: a change of a registry's replication settings, as CloudTrail reports it. */

import { startUpToWatchRules } from '../lib/lambda/start-up.ts';
import { watchConfig } from '../lib/monitor/config-watch.ts';

const { ports, config } = startUpToWatchRules('config-watch');

export async function handler(event: unknown): Promise<void> {
  await watchConfig(ports, config, event);
}
