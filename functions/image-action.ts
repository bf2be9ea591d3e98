/** Lambda `image-action`: a batch of pushes from its queue. */

import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { batchResponse, queueRecords } from '../lib/lambda/queue-batch.ts';
import { startUpToSettle } from '../lib/lambda/start-up.ts';
import { settleImageActions } from '../lib/monitor/image-actions.ts';

const { ports, config } = startUpToSettle('image-action');

export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const endsAt = Date.now() + context.getRemainingTimeInMillis();
  return batchResponse(await settleImageActions(ports, config.policies, queueRecords(event), endsAt));
}
