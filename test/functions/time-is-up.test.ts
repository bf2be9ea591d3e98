/** The built function `image-action` with more to look at than it has time for, and its queue between its runs. */

import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { expect, it, onTestFinished } from 'vitest';
import { tableDefinition } from '../../lib/aws/table-definition.ts';
import { startLocalAws } from '../../lib/local/local-aws.ts';
import { digestOf, source } from '../samples.ts';
import { pushEvent } from '../world.ts';
import { sqsEvent, startFunction, useBundles } from './bundle.ts';

const bundle = useBundles();

const destinations = ['ap-southeast-2', 'eu-central-1', 'eu-north-1', 'eu-west-1', 'us-west-2'].map(
  (region) => ({ account: source.account, region }),
);
const repositories = Array.from({ length: 40 }, (_, n) => `prod-${n}`);

/** As Lambda takes them: all that there are, and their ids are what a batch fails by. */
async function takeAll(client: SQSClient, queueUrl: string): Promise<SQSEvent> {
  const records: SQSEvent['Records'] = [];
  const [shape] = sqsEvent('').Records;
  if (shape === undefined) throw new Error('an event of one message has a record');
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) return { Records: records };
    for (const { MessageId = '', Body = '', MessageAttributes: { waitingFor } = {} } of Messages) {
      const attribute = { dataType: 'String' as const, stringValue: waitingFor?.StringValue ?? '' };
      const messageAttributes = waitingFor === undefined ? {} : { waitingFor: attribute };
      records.push({ ...shape, messageId: MessageId, body: Body, messageAttributes });
    }
    const Entries = Messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
}

it('looks at what it can in its time, sends itself the rest, and in the end has seen each replica once', async () => {
  const aws = await startLocalAws(source);
  const { url } = await aws.createQueue('image-action', { delaySeconds: 15 });
  await aws.createTable(tableDefinition('incidents'));
  const rule = { destinations: destinations.map(({ account, region }) => ({ registryId: account, region })) };
  aws.ecr.call(source, 'PutReplicationConfiguration', { replicationConfiguration: { rules: [rule] } });
  for (const registry of [source, ...destinations]) {
    for (const repository of repositories)
      aws.ecr.seed(registry, repository, [{ digest: digestOf(repository) }]);
  }
  aws.ecr.faults.place({ effect: { is: 'latency', ms: 100 } });
  const client = new SQSClient({
    endpoint: aws.endpoints.sqs,
    region: source.region,
    credentials: { accessKeyId: source.account, secretAccessKey: 'local' },
    useQueueUrlAsEndpoint: false,
  });
  onTestFinished(async () => {
    client.destroy();
    await aws.stop();
  });
  const { invoke, logs } = startFunction(bundle('image-action'), {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: source.region,
    AWS_ACCESS_KEY_ID: source.account,
    AWS_SECRET_ACCESS_KEY: 'local',
    INCIDENTS_TABLE: 'incidents',
    ALERT_TOPIC_ARN: `arn:aws:sns:${source.region}:${source.account}:alerts`,
    IMAGE_ACTION_QUEUE_URL: url,
    // Half of it is for looks: ten rounds of eight at once, where two hundred replicas wait.
    REMAINING_MS: '2000',
  });
  const at = Date.now() - 20_000;
  let event = sqsEvent(
    ...repositories.map((name) => pushEvent({ repository: name, digest: digestOf(name), at })),
  );
  let runs = 0;
  while (event.Records.length > 0) {
    runs += 1;
    expect(await invoke(event)).toEqual({ batchItemFailures: [] });
    event = await takeAll(client, url);
  }
  const sumOf = (name: string): number =>
    aws.cloudwatch
      .datapoints(name)
      .flatMap(({ values }) => values)
      .reduce((sum, { value, count }) => sum + value * count, 0);
  expect(runs).toBeGreaterThan(1);
  expect(logs().filter(({ message }) => message.startsWith('Time was up'))).toHaveLength(runs - 1);
  expect(aws.ecr.calls.count({ operation: 'DescribeImages' })).toBe(
    repositories.length * destinations.length,
  );
  expect(sumOf('ReplicasVerified')).toBe(repositories.length * destinations.length);
  expect(sumOf('PushesSeen')).toBe(repositories.length);
});
