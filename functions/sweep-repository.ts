/** Lambda `sweep-repository`: a repository from the sweep queue, compared with every destination. */

import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { batchResponse, queueRecords } from '../lib/lambda/queue-batch.ts';
import { startUpToSweep } from '../lib/lambda/sweep-start-up.ts';
import { settleSweepMessages } from '../lib/monitor/sweep-message.ts';

const { ports, config } = startUpToSweep();

/** What is kept free for carrying out: a look at what is wrong, a hundred thousand incidents at the worst. */
const reserveMs = 120_000;

export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const endsAt = Date.now() + context.getRemainingTimeInMillis() - reserveMs;
  return batchResponse(await settleSweepMessages(ports, config.policies, queueRecords(event), endsAt));
}
