/** Lambda `sweep-repository`: a repository from the sweep queue, compared with every destination. */

import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { batchResponse, queueRecords } from '../lib/lambda/queue-batch.ts';
import { startUpToSweep } from '../lib/lambda/sweep-start-up.ts';
import { settleSweepMessages } from '../lib/monitor/sweep-message.ts';

const { ports, config } = startUpToSweep();

/** Of the time that a run has; the rest is for carrying out: another look at what is wrong, and its incidents. */
const readingShare = 0.6;

export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const endsAt = Date.now() + readingShare * context.getRemainingTimeInMillis();
  return batchResponse(await settleSweepMessages(ports, config.policies, queueRecords(event), endsAt));
}
