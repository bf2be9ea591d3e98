/** Lambda's event source mapping, played against fauxqs through the real SDK. */

import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EventSource, type EventSourceOptions, startEventSource } from '../../lib/local/event-source.ts';
import { type LocalAws, startLocalAws } from '../../lib/local/local-aws.ts';
import type { QueueNames } from '../../lib/local/local-setup.ts';
import { type Queue, recordOf, sqsQueue } from '../../lib/local/sqs-queue.ts';

let aws: LocalAws;
let client: SQSClient;
let queue: QueueNames & { readonly dead?: QueueNames };
let queues = 0;
let sources: EventSource[] = [];

beforeAll(async () => {
  aws = await startLocalAws();
  const credentials = { accessKeyId: aws.environment()['AWS_ACCESS_KEY_ID'] ?? '', secretAccessKey: 'local' };
  client = new SQSClient({
    endpoint: aws.endpoints.sqs,
    region: 'us-east-1',
    credentials,
    useQueueUrlAsEndpoint: false,
  });
});
beforeEach(async () => {
  queues += 1;
  // Visible again at once, so that no test waits for a visibility time-out.
  queue = await aws.createQueue(`queue-${queues}`, { visibilitySeconds: 0, maxReceiveCount: 3 });
});
afterEach(async () => {
  await Promise.all(sources.map((source) => source.stop()));
  sources = [];
});
afterAll(async () => {
  client.destroy();
  await aws.stop();
});

async function send(count: number): Promise<void> {
  for (let from = 0; from < count; from += 10) {
    const ids = Array.from({ length: Math.min(10, count - from) }, (_, at) => String(from + at));
    const Entries = ids.map((Id) => ({ Id, MessageBody: Id }));
    await client.send(new SendMessageBatchCommand({ QueueUrl: queue.url, Entries }));
  }
}

function start(
  handler: EventSourceOptions['handler'],
  options: Partial<EventSourceOptions> = {},
): EventSource {
  const source = startEventSource({ queue: sqsQueue(client, queue), handler, pollEveryMs: 5, ...options });
  sources.push(source);
  return source;
}

async function waiting(url: string): Promise<number> {
  const ask = { QueueUrl: url, AttributeNames: ['All' as const] };
  const { Attributes = {} } = await client.send(new GetQueueAttributesCommand(ask));
  return (
    Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible)
  );
}

const deadLetters = (): Promise<number> => waiting(queue.dead?.url ?? '');

describe('a batch', () => {
  it('is handed over as Lambda does, and deleted when it succeeded', async () => {
    await client.send(
      new SendMessageCommand({
        QueueUrl: queue.url,
        MessageBody: 'body',
        MessageAttributes: {
          waitingFor: { DataType: 'String', StringValue: '111122223333/eu-west-1' },
          bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) },
        },
      }),
    );
    const events: SQSEvent[] = [];
    const source = start(async (event) => {
      events.push(event);
    });
    await source.idle();
    expect(events).toEqual([
      {
        Records: [
          {
            messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
            receiptHandle: expect.stringMatching(/./),
            body: 'body',
            attributes: {
              ApproximateReceiveCount: '1',
              SentTimestamp: expect.stringMatching(/^\d{13}$/),
              SenderId: '000000000000',
              ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
            },
            messageAttributes: {
              waitingFor: {
                stringValue: '111122223333/eu-west-1',
                stringListValues: [],
                binaryListValues: [],
                dataType: 'String',
              },
              bytes: { binaryValue: 'AQI=', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
            },
            md5OfBody: '841a2d689ad86bd1611447453c22c6fc',
            md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
            eventSource: 'aws:sqs',
            eventSourceARN: queue.arn,
            awsRegion: 'us-east-1',
          },
        ],
      },
    ]);
    expect(await waiting(queue.url)).toBe(0);
  });

  it('has 10 messages at most, or as many as were asked for within the window', async () => {
    await send(25);
    const sizes: number[] = [];
    const small = start(async ({ Records }) => {
      sizes.push(Records.length);
    });
    await small.idle();
    await small.stop();
    expect(sizes).toEqual([10, 10, 5]);

    sizes.length = 0;
    await send(25);
    const large = start(
      async ({ Records }) => {
        sizes.push(Records.length);
      },
      { batchSize: 20, batchWindowMs: 60_000, queue: heldBack(sqsQueue(client, queue)) },
    );
    // Whoever waits for idle does not wait for the window.
    await large.idle();
    expect(sizes).toEqual([20, 5]);
  });

  it.each([
    { batchWindowMs: 300, sizes: [2] },
    { batchWindowMs: 0, sizes: [1, 1] },
  ])('has what came within a window of $batchWindowMs ms', async ({ batchWindowMs, sizes }) => {
    await send(2);
    const real = heldBack(sqsQueue(client, queue));
    let polls = 0;
    // One message at the first poll, nothing at the second, one at the third.
    const slow: Queue = {
      ...real,
      receive: async (_most, wait) => {
        polls += 1;
        return polls === 1 || polls === 3 ? real.receive(1, wait) : [];
      },
    };
    const handed: number[] = [];
    const done = Promise.withResolvers<void>();
    start(
      async ({ Records }) => {
        handed.push(Records.length);
        if (handed.reduce((sum, size) => sum + size) === 2) done.resolve();
      },
      { batchSize: 100, batchWindowMs, queue: slow },
    );
    await done.promise;
    expect(handed).toEqual(sizes);
  });

  it('that throws comes back whole, and ends in the dead-letter queue', async () => {
    await send(2);
    const errors: unknown[] = [];
    let calls = 0;
    const source = start(
      async () => {
        calls += 1;
        throw new Error('broken');
      },
      { onError: (error) => errors.push(error) },
    );
    await source.idle();
    expect({ calls, errors: errors.length, dead: await deadLetters() }).toEqual({
      calls: 3,
      errors: 3,
      dead: 2,
    });
    expect(await waiting(queue.url)).toBe(0);
  });

  it('that reports failures keeps those only', async () => {
    await send(3);
    const seen: string[] = [];
    const source = start(async ({ Records }) => {
      const bad = Records.filter(({ body }) => body === '1');
      seen.push(
        Records.map(({ body, attributes }) => `${body}×${attributes.ApproximateReceiveCount}`).join(' '),
      );
      return { batchItemFailures: bad.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });
    await source.idle();
    expect(seen).toEqual(['0×1 1×1 2×1', '1×2', '1×3']);
    expect(await deadLetters()).toBe(1);
  });

  it('is deleted whatever it answers, where failures are not reported', async () => {
    await send(1);
    const answer = { batchItemFailures: [{ itemIdentifier: '' }] };
    const source = start(async () => answer, { reportsFailures: false });
    await source.idle();
    expect([await waiting(queue.url), await deadLetters()]).toEqual([0, 0]);
  });
});

describe('an event source', () => {
  it('has so many batches in hand at a time', async () => {
    await send(40);
    let inHand = 0;
    let most = 0;
    const gate = Promise.withResolvers<void>();
    const source = start(
      async () => {
        inHand += 1;
        most = Math.max(most, inHand);
        if (inHand === 3) gate.resolve();
        await gate.promise;
        inHand -= 1;
      },
      { maxConcurrency: 3, queue: heldBack(sqsQueue(client, queue)) },
    );
    await source.idle();
    expect({ most, left: await waiting(queue.url) }).toEqual({ most: 3, left: 0 });
  });

  it('finishes what it has in hand when it is stopped, and takes no more', async () => {
    const began = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    let calls = 0;
    await send(11);
    const source = start(
      async () => {
        calls += 1;
        began.resolve();
        await gate.promise;
      },
      { queue: heldBack(sqsQueue(client, queue)) },
    );
    await began.promise;
    const stopped = source.stop();
    gate.resolve();
    await stopped;
    await source.idle();
    expect({ calls, left: await waiting(queue.url) }).toEqual({ calls: 1, left: 1 });
  });

  it('is idle only when what a handler sent is done as well', async () => {
    await send(1);
    const seen: string[] = [];
    const source = start(async ({ Records }) => {
      for (const { body } of Records) seen.push(body);
      const next = { QueueUrl: queue.url, MessageBody: `again ${seen.length}` };
      if (seen.length < 4) await client.send(new SendMessageCommand(next));
    });
    await source.idle();
    expect(seen).toEqual(['0', 'again 1', 'again 2', 'again 3']);
  });

  it('goes on when the queue failed for a while', async () => {
    await send(1);
    let failures = 2;
    const real = sqsQueue(client, queue);
    const failing: Queue = {
      ...real,
      receive: async (most, wait) => {
        failures -= 1;
        if (failures >= 0) throw new Error('no queue');
        return real.receive(most, wait);
      },
    };
    const errors: unknown[] = [];
    let calls = 0;
    const source = start(
      async () => {
        calls += 1;
      },
      { queue: failing, onError: (error) => errors.push(error) },
    );
    await source.idle();
    expect({ calls, errors: errors.length }).toEqual({ calls: 1, errors: 2 });
  });

  it('leaves a message that another has in hand alone', async () => {
    await send(1);
    const ask = { QueueUrl: queue.url, VisibilityTimeout: 600 };
    const { Messages = [] } = await client.send(new ReceiveMessageCommand(ask));
    let calls = 0;
    const source = start(async () => {
      calls += 1;
    });
    await source.idle();
    expect(calls).toBe(0);
    const back = { QueueUrl: queue.url, ReceiptHandle: Messages[0]?.ReceiptHandle, VisibilityTimeout: 0 };
    await client.send(new ChangeMessageVisibilityCommand(back));
    await source.idle();
    expect(calls).toBe(1);
  });
});

/** The queue of a test that is visible again at once, with the usual visibility time-out for this reader. */
function heldBack(real: Queue): Queue {
  return {
    ...real,
    receive: async (most) => {
      const ask = { QueueUrl: queue.url, MaxNumberOfMessages: most, VisibilityTimeout: 600 };
      const { Messages = [] } = await client.send(new ReceiveMessageCommand(ask));
      return Messages.map((message) => recordOf(message, queue.arn));
    },
  };
}
