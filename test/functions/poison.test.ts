/** A queue with garbage in it: the built function behind an event source, a queue and its dead-letter queue. */

import { ChangeMessageVisibilityCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { expect, it, onTestFinished } from 'vitest';
import { tableDefinition } from '../../lib/aws/table-definition.ts';
import { startLocalAws } from '../../lib/local/local-aws.ts';
import { createQueueReader } from '../../lib/local/queue-reader.ts';
import { inBatches } from '../../lib/replication/reads.ts';
import { digestOf, ireland, source, sydney } from '../samples.ts';
import { drain, pushEvent } from '../world.ts';
import { startFunction, useBundles } from './bundle.ts';

const bundle = useBundles();

const count = 1_000;

/** One way or another nobody can make a push of it; each text is another one. */
function garbage(n: number): string {
  const at = Date.now();
  const push = { repository: 'prod-web', digest: digestOf(`${n}`), at };
  const kinds = [
    `hello ${n}`,
    `${n}`,
    `"${n}"`,
    `[${n}]`,
    `{"n":${n}}`,
    `{"n":${n}`,
    pushEvent({ ...push, digest: `latest-${n}` }),
    pushEvent({ ...push, repository: `PROD ${n}` }),
    pushEvent({ ...push, tag: `no tag ${n}` }),
    pushEvent({ ...push, at: at + 86_400_000 }),
  ];
  return kinds[(n / 10) % kinds.length] ?? '';
}

it('of 1,000 messages with 10 % garbage every good one is settled, every bad one is in the dead-letter queue', async () => {
  const aws = await startLocalAws(source);
  const pushes = await aws.createQueue('image-action', { maxReceiveCount: 1, visibilitySeconds: 600 });
  const topic = await aws.createTopic('alerts');
  await aws.createTable(tableDefinition('incidents'));
  const destinations = [ireland, sydney].map(({ account, region }) => ({ registryId: account, region }));
  aws.ecr.call(source, 'PutReplicationConfiguration', {
    replicationConfiguration: { rules: [{ destinations, repositoryFilters: [] }] },
  });
  const digests = Array.from({ length: count }, (_, n) => digestOf(`${n}`));
  for (const registry of [source, ireland, sydney]) {
    aws.ecr.seed(
      registry,
      'prod-web',
      digests.map((digest) => ({ digest })),
    );
  }
  const isBad = (n: number): boolean => n % 10 === 0;
  const at = Date.now();
  const bodies = digests.map((digest, n) =>
    isBad(n) ? garbage(n) : pushEvent({ repository: 'prod-web', digest, at }),
  );

  const client = new SQSClient({
    endpoint: aws.endpoints.sqs,
    region: source.region,
    credentials: { accessKeyId: source.account, secretAccessKey: 'local' },
    useQueueUrlAsEndpoint: false,
  });
  const queues = createQueueReader(aws);
  for (const batch of inBatches(bodies, 10)) {
    const Entries = batch.map((MessageBody, Id) => ({ Id: String(Id), MessageBody }));
    await client.send(new SendMessageBatchCommand({ QueueUrl: pushes.url, Entries }));
  }
  const { invoke, logs } = startFunction(bundle('image-action'), {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: source.region,
    AWS_ACCESS_KEY_ID: source.account,
    AWS_SECRET_ACCESS_KEY: 'local',
    INCIDENTS_TABLE: 'incidents',
    ALERT_TOPIC_ARN: topic,
    IMAGE_ACTION_QUEUE_URL: pushes.url,
  });
  /** The visibility time-out of what failed passes at once, and of nothing else, however slow the machine is. */
  async function handler(event: SQSEvent): Promise<unknown> {
    const answer = (await invoke(event)) as SQSBatchResponse;
    const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { messageId, receiptHandle } of event.Records) {
      if (!failed.has(messageId)) continue;
      const at = { QueueUrl: pushes.url, ReceiptHandle: receiptHandle };
      await client.send(new ChangeMessageVisibilityCommand({ ...at, VisibilityTimeout: 0 }));
    }
    return answer;
  }
  const faults: unknown[] = [];
  const reader = queues.startSource(pushes, {
    handler,
    batchSize: 200,
    waitSeconds: 1,
    onError: (fault) => faults.push(fault),
  });
  onTestFinished(async () => {
    await reader.stop();
    queues.close();
    client.destroy();
    await aws.stop();
  });
  while ((await queues.countMessages(pushes)) > 0) await reader.idle();

  expect(faults).toEqual([]);
  const dead = await drain(client, pushes.dead?.url ?? '');
  expect(dead.toSorted()).toEqual(bodies.filter((_, n) => isBad(n)).toSorted());
  const verified = aws.cloudwatch.datapoints('ReplicasVerified').flatMap(({ values }) => values);
  expect(verified.reduce((sum, { value }) => sum + value, 0)).toBe(2 * 900);
  const told = logs().filter(
    ({ level, message }) => level === 'ERROR' && message === 'Message cannot be read',
  );
  expect(new Set(told.map(({ messageId }) => messageId)).size).toBe(100);
  expect(told.every(({ fault }) => typeof fault === 'string' && fault.length > 5)).toBe(true);
});
