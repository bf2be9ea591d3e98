/** Reads queues of the local AWS for a process that plays Lambda: one SDK client for all of them. */

import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type EventSource, type EventSourceOptions, startEventSource } from './event-source.ts';
import type { LocalAws } from './local-aws.ts';
import type { QueueNames } from './local-setup.ts';
import { sqsQueue } from './sqs-queue.ts';

export interface QueueReader {
  readonly startSource: (queue: QueueNames, options: Omit<EventSourceOptions, 'queue'>) => EventSource;
  /** Messages that wait, are delayed or are in hand. */
  readonly countMessages: (queue: QueueNames) => Promise<number>;
  readonly close: () => void;
}

export function createQueueReader(aws: Pick<LocalAws, 'endpoints' | 'environment'>): QueueReader {
  const { AWS_REGION = '', AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = aws.environment();
  const client = new SQSClient({
    endpoint: aws.endpoints.sqs,
    region: AWS_REGION,
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
    useQueueUrlAsEndpoint: false,
  });
  return {
    startSource: (queue, options) => startEventSource({ ...options, queue: sqsQueue(client, queue) }),
    countMessages: async (queue) => {
      const { Attributes = {} } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl: queue.url, AttributeNames: ['All'] }),
      );
      const { ApproximateNumberOfMessages: waiting = 0, ApproximateNumberOfMessagesNotVisible: inHand = 0 } =
        Attributes;
      return Number(waiting) + Number(inHand) + Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0);
    },
    close: () => client.destroy(),
  };
}
