/** SQS: a message that still waits is sent again with a delay, and only then is the old one let go. */

import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import pLimit from 'p-limit';
import { waitingForAttribute, writeWaitingFor } from '../event/waiting-for.ts';
import type { DelayedMessage, Ports } from '../ports.ts';
import { inBatches } from '../replication/reads.ts';
import { answered, sentBatch } from './answer.ts';

/** SQS API Reference: 10 messages a batch, delays of at most 15 minutes. */
const messagesPerCall = 10;
const longestDelaySeconds = 900;
const callsAtOnce = 10;

/** Port `sendAgain`: what SQS did not say that it took is answered as not sent. */
export async function sendAgain(
  client: SQSClient,
  queueUrl: string,
  log: Ports['log'],
  messages: readonly DelayedMessage[],
): Promise<ReadonlySet<string>> {
  const unsent = new Set<string>();
  const limit = pLimit(callsAtOnce);
  const send = async (batch: readonly DelayedMessage[]): Promise<void> => {
    try {
      const Entries = batch.map((message, index) => ({ Id: String(index), ...entryOf(message) }));
      const answer = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      const { Successful, Failed } = answered('SendMessageBatch', sentBatch, answer);
      const taken = new Set(Successful.map(({ Id }) => Id));
      for (const [index, { id }] of batch.entries()) {
        if (taken.has(String(index))) continue;
        unsent.add(id);
        const { Code, Message } = Failed.find(({ Id }) => Id === String(index)) ?? {};
        log('ERROR', 'Message not sent again', { messageId: id, code: Code, error: Message });
      }
    } catch (error) {
      for (const { id } of batch) unsent.add(id);
      log('ERROR', 'Messages not sent again', { messages: batch.length, error: String(error) });
    }
  };
  await Promise.all(inBatches(messages, messagesPerCall).map((batch) => limit(() => send(batch))));
  return unsent;
}

function entryOf({ body, waitingFor, delaySeconds }: DelayedMessage) {
  const DelaySeconds = Math.min(longestDelaySeconds, delaySeconds);
  if (waitingFor === undefined) return { MessageBody: body, DelaySeconds };
  const attribute = { DataType: 'String', StringValue: writeWaitingFor(waitingFor) };
  return { MessageBody: body, DelaySeconds, MessageAttributes: { [waitingForAttribute]: attribute } };
}
