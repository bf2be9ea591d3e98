/** Lambda's SQS batches: records in, and which of them failed out. */

import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { readWaitingFor, waitingForAttribute } from '../event/waiting-for.ts';
import type { QueueRecord } from '../monitor/records.ts';

export function queueRecords(event: SQSEvent): readonly QueueRecord[] {
  return event.Records.map(({ messageId, body, messageAttributes }) => {
    const waitingFor = readWaitingFor(messageAttributes?.[waitingForAttribute]?.stringValue);
    return { messageId, body, ...(waitingFor === undefined ? {} : { waitingFor }) };
  });
}

/** Lambda Developer Guide, "Reporting batch item failures": only these come back to the queue. */
export function batchResponse(unfinished: ReadonlySet<string>): SQSBatchResponse {
  return { batchItemFailures: [...unfinished].map((itemIdentifier) => ({ itemIdentifier })) };
}
