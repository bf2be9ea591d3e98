/** Lambda `replication-action`: a batch of what destinations report, from its queue. */

import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { batchResponse, queueRecords } from '../lib/lambda/queue-batch.ts';
import { startUpToSettle } from '../lib/lambda/start-up.ts';
import { settleReplicationActions } from '../lib/monitor/replication-actions.ts';

const { ports, config } = startUpToSettle('replication-action');

export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const endsAt = Date.now() + context.getRemainingTimeInMillis();
  return batchResponse(await settleReplicationActions(ports, config.policies, queueRecords(event), endsAt));
}
