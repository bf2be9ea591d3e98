/** Lambda's SQS batches: records in, and which of them failed out. */

import type { SQSBatchResponse } from 'aws-lambda';
import { parseSqsEvent } from '../event/sqs-event.ts';
import type { QueueRecord } from '../monitor/records.ts';

/** Throws one line for what is no event of a queue: somebody's test of the function, perhaps. */
export function queueRecords(event: unknown): readonly QueueRecord[] {
  const messages = parseSqsEvent(event);
  if (!messages.ok) throw new Error(messages.fault);
  return messages.value;
}

/** Lambda Developer Guide, "Reporting batch item failures": only these come back to the queue. */
export function batchResponse(unfinished: ReadonlySet<string>): SQSBatchResponse {
  return { batchItemFailures: [...unfinished].map((itemIdentifier) => ({ itemIdentifier })) };
}
