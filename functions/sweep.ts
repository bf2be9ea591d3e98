/** Lambda `sweep`: once a day, or when somebody invokes it with a registry or a prefix, all that rules cover is sent to be compared. */

import type { Context } from 'aws-lambda';
import { startUpToList } from '../lib/lambda/sweep-start-up.ts';
import { startSweep } from '../lib/monitor/start-sweep.ts';

const { ports, config } = startUpToList();

export async function handler(event: unknown, context: Context): Promise<void> {
  await startSweep(ports, config, event, context.awsRequestId);
}
