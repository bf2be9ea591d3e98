/** The built functions, each in a process of its own, against whoever speaks AWS's protocols at AWS_ENDPOINT_URL. */

import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tableDefinition } from '../../lib/aws/table-definition.ts';
import type { Registry } from '../../lib/image/registry.ts';
import { type LocalAws, startLocalAws } from '../../lib/local/local-aws.ts';
import { ireland, source, sydney } from '../samples.ts';
import { drain, inShort, type Told, toldOf } from '../world.ts';
import { type RunningFunction, sampleEvent, sqsEvent, startFunction, useBundles } from './bundle.ts';

const bundle = useBundles();

interface Surroundings {
  readonly aws: LocalAws;
  readonly start: (name: string, more?: Readonly<Record<string, string>>) => RunningFunction;
  /** What a queue that subscribes to the topic got since the last call. */
  readonly told: () => Promise<readonly Told[]>;
  readonly queue: (name: 'pushes' | 'reports') => string;
  readonly sqs: SQSClient;
}

/** The pushed image of the samples, and who has it. */
const image = {
  repository: 'prod-api',
  digest: 'sha256:bd8e8b11721492876c48dd0463d6da3e346147def54b0711bbb692c6977d024c',
  tags: ['1.4.2'],
};

async function startSurroundings(...having: readonly Registry[]): Promise<Surroundings> {
  const aws = await startLocalAws(source);
  const pushes = await aws.createQueue('image-action', { delaySeconds: 15 });
  const reports = await aws.createQueue('replication-action');
  const inbox = await aws.createQueue('subscriber');
  const topic = await aws.createTopic('alerts');
  await aws.subscribeQueue(topic, inbox.arn);
  await aws.createTable(tableDefinition('incidents'));
  const destinations = [ireland, sydney].map(({ account, region }) => ({ registryId: account, region }));
  const rules = [{ destinations, repositoryFilters: [{ filter: 'prod-', filterType: 'PREFIX_MATCH' }] }];
  aws.ecr.call(source, 'PutReplicationConfiguration', { replicationConfiguration: { rules } });
  for (const registry of [source, ...having]) aws.ecr.seed(registry, image.repository, [image]);
  const sqs = new SQSClient({
    endpoint: aws.endpoints.sqs,
    region: source.region,
    credentials: { accessKeyId: source.account, secretAccessKey: 'local' },
    useQueueUrlAsEndpoint: false,
  });
  onTestFinished(async () => {
    sqs.destroy();
    await aws.stop();
  });
  const urls = { pushes: pushes.url, reports: reports.url };
  return {
    aws,
    start: (name, more = {}) =>
      startFunction(bundle(name), {
        AWS_ENDPOINT_URL: aws.endpoint,
        AWS_REGION: source.region,
        AWS_ACCESS_KEY_ID: source.account,
        AWS_SECRET_ACCESS_KEY: 'local',
        INCIDENTS_TABLE: 'incidents',
        ALERT_TOPIC_ARN: topic,
        IMAGE_ACTION_QUEUE_URL: urls.pushes,
        REPLICATION_ACTION_QUEUE_URL: urls.reports,
        ...more,
      }),
    told: async () => (await drain(sqs, inbox.url)).map((body) => toldOf(JSON.parse(body))),
    queue: (name) => urls[name],
    sqs,
  };
}

const hour = 3_600;
const nothingFailed = { batchItemFailures: [] };

describe('the function image-action', () => {
  it('verifies what has arrived, publishes metrics, and tells nobody', async () => {
    const { aws, start, told } = await startSurroundings(ireland, sydney);
    const { invoke } = start('image-action');
    const event = sqsEvent(await sampleEvent('image-action-push.json', 20));
    expect(await invoke(event)).toEqual(nothingFailed);
    expect(aws.cloudwatch.datapoints('ReplicasVerified')).toHaveLength(2);
    expect(aws.cloudwatch.datapoints('PushesSeen').map(({ dimensions }) => dimensions)).toEqual([
      { SourceRegion: source.region },
    ]);
    expect(await told()).toEqual([]);
  });

  it('tells once, whatever comes twice, of what is not there at its deadline', async () => {
    const { start, told } = await startSurroundings(sydney);
    const { invoke, logs } = start('image-action');
    const push = await sampleEvent('image-action-push.json', hour);
    expect(await invoke(sqsEvent(push, push))).toEqual(nothingFailed);
    expect(await invoke(sqsEvent(push))).toEqual(nothingFailed);
    expect((await told()).map(inShort)).toEqual(['firing not-started eu-west-1: prod-api:1.4.2']);
    expect(logs().map(({ level, message }) => [level, message])).toEqual([['INFO', 'Notice sent']]);
  });

  it('sends a message that has to wait to its queue again, with its body, a delay and whom it waits for', async () => {
    const { start, told, sqs, queue } = await startSurroundings(sydney);
    const { invoke } = start('image-action');
    const push = await sampleEvent('image-action-push.json', 0);
    expect(await invoke(sqsEvent(push))).toEqual(nothingFailed);
    expect(await told()).toEqual([]);
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queue('pushes'),
        WaitTimeSeconds: 20,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    expect(Messages).toHaveLength(1);
    expect(JSON.parse(Messages?.[0]?.Body ?? '')).toEqual(push);
    const { SentTimestamp, ApproximateFirstReceiveTimestamp } = Messages?.[0]?.Attributes ?? {};
    // The shortest pause, less the spread that chance makes.
    expect(Number(ApproximateFirstReceiveTimestamp) - Number(SentTimestamp)).toBeGreaterThanOrEqual(8_000);
    expect(Messages?.[0]?.MessageAttributes?.['waitingFor']?.StringValue).toBe('111122223333/eu-west-1');
  });

  it.each([
    'image-action-delete.json',
    'image-action-archive.json',
    'image-scan.json',
    'replication-action-failed.json',
  ])('acknowledges %s, which is not a push, and asks ECR nothing about it', async (file) => {
    const { aws, start } = await startSurroundings();
    aws.ecr.calls.reset();
    expect(await start('image-action').invoke(sqsEvent(await sampleEvent(file, 20)))).toEqual(nothingFailed);
    expect(aws.ecr.calls.count()).toBe(0);
    expect(aws.cloudwatch.datapoints('EventsNotOurs')).toHaveLength(1);
  });

  it('takes an untagged push and the one of the documentation, whose digest is too short', async () => {
    const { aws, start } = await startSurroundings();
    const files = ['image-action-push-untagged.json', 'image-action-push-documentation.json'];
    const events = await Promise.all(files.map((file) => sampleEvent(file, 20)));
    for (const { detail } of events as { detail: Record<string, string> }[]) {
      const { 'repository-name': repository = '', 'image-digest': digest = '', 'image-tag': tag } = detail;
      for (const registry of [source, ireland, sydney]) {
        aws.ecr.seed(registry, repository, [{ digest, tags: tag ? [tag] : [] }]);
      }
    }
    expect(await start('image-action').invoke(sqsEvent(...events))).toEqual(nothingFailed);
    const verified = aws.cloudwatch.datapoints('ReplicasVerified').flatMap(({ values }) => values);
    expect(verified.reduce((sum, { value }) => sum + value, 0)).toBe(4);
  });

  it('fails what it cannot read alone, and says why in one line of JSON', async () => {
    const { start } = await startSurroundings(ireland, sydney);
    const { invoke, logs } = start('image-action');
    const good = await sampleEvent('image-action-push.json', 20);
    const bad = await sampleEvent('image-action-push.json', 20, { 'image-digest': 'latest' });
    expect(await invoke(sqsEvent(good, 'no JSON', bad))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm2' }],
    });
    expect(logs()).toMatchObject([
      { level: 'ERROR', message: 'Message cannot be read', messageId: 'm1', fault: expect.any(String) },
      {
        level: 'ERROR',
        message: 'Message cannot be read',
        messageId: 'm2',
        fault: 'detail.image-digest is not a digest (algorithm:encoded): "latest"',
      },
    ]);
  });

  it('throws nothing and keeps the message when its table is not there', async () => {
    const { start } = await startSurroundings();
    const { invoke } = start('image-action', { INCIDENTS_TABLE: 'no-such-table' });
    const answer = invoke(sqsEvent(await sampleEvent('image-action-push.json', hour)));
    // Thrown or answered as a failure: either way Lambda leaves the message in the queue.
    const kept = await answer.catch(() => 'thrown');
    expect([{ batchItemFailures: [{ itemIdentifier: 'm0' }] }, 'thrown']).toContainEqual(kept);
  });

  it('acknowledges what is on record when its topic refuses, and says that the notice is still to be sent', async () => {
    const { start, told } = await startSurroundings(sydney);
    const nowhere = 'arn:aws:sns:us-east-1:000000000000:no-such-topic';
    const { invoke, logs } = start('image-action', { ALERT_TOPIC_ARN: nowhere });
    const push = await sampleEvent('image-action-push.json', hour);
    expect(await invoke(sqsEvent(push))).toEqual(nothingFailed);
    expect(logs()).toMatchObject([{ level: 'ERROR', message: 'Notice not sent; the next run tries again' }]);
    expect(await told()).toEqual([]);
  });

  it('says what it sees when asked to', async () => {
    const { start } = await startSurroundings(ireland, sydney);
    const { invoke, logs } = start('image-action', { AWS_LAMBDA_LOG_LEVEL: 'DEBUG' });
    await invoke(sqsEvent(await sampleEvent('image-action-push.json', 20)));
    expect(logs().filter(({ message }) => message === 'Replica looked at')).toMatchObject([
      { level: 'DEBUG', image: 'prod-api:1.4.2', verdict: 'verified', decision: 'done' },
      { level: 'DEBUG', image: 'prod-api:1.4.2', verdict: 'verified', decision: 'done' },
    ]);
  });
});

describe('the functions replication-action and follow-up', () => {
  it('tell of a failure that is true, and resolve it when the image has arrived', async () => {
    const { aws, start, told } = await startSurroundings(ireland);
    const { invoke } = start('replication-action');
    const failed = await sampleEvent('replication-action-failed.json', 10);
    expect(await invoke(sqsEvent(failed))).toEqual(nothingFailed);
    expect((await told()).map(inShort)).toEqual(['firing failed ap-southeast-2: prod-api:1.4.2']);
    aws.ecr.seed(sydney, image.repository, [image]);
    const arrived = { ...(await sampleEvent('replication-action-success.json', 1)), region: sydney.region };
    expect(await invoke(sqsEvent(arrived))).toEqual(nothingFailed);
    expect(aws.cloudwatch.datapoints('ReplicasRecovered')).toHaveLength(1);

    const followUp = start('follow-up');
    expect(await followUp.invoke({})).toBeUndefined();
    expect(aws.cloudwatch.datapoints('Heartbeat')).toHaveLength(1);
    const open = aws.cloudwatch.datapoints('OpenIncidents');
    expect(open.map(({ dimensions, values }) => [dimensions, values])).toEqual([
      [{ DestinationRegion: sydney.region }, [{ value: 0, count: 1 }]],
      [{}, [{ value: 0, count: 1 }]],
    ]);
  });

  it('leave nothing open that was reported failed and is there', async () => {
    const { start, told } = await startSurroundings(ireland, sydney);
    const failed = await sampleEvent('replication-action-failed.json', 10);
    expect(await start('replication-action').invoke(sqsEvent(failed, '{}'))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }],
    });
    expect(await told()).toEqual([]);
  });
});

describe('a function whose configuration is at fault', () => {
  it.each([
    ['image-action', ['INCIDENTS_TABLE', 'ALERT_TOPIC_ARN', 'IMAGE_ACTION_QUEUE_URL']],
    ['replication-action', ['INCIDENTS_TABLE', 'ALERT_TOPIC_ARN', 'REPLICATION_ACTION_QUEUE_URL']],
    ['follow-up', ['INCIDENTS_TABLE', 'ALERT_TOPIC_ARN']],
  ])('%s names every variable that is missing in one line', async (name, keys) => {
    const fault = await start(name, {});
    expect(fault).not.toContain('\n');
    expect([...fault.matchAll(/([A-Z_]+) is not set/g)].map(([, key]) => key)).toEqual(keys);
  });

  it('names every value that is wrong in one line', async () => {
    const fault = await start('image-action', {
      INCIDENTS_TABLE: 'incidents',
      ALERT_TOPIC_ARN: 'alerts',
      IMAGE_ACTION_QUEUE_URL: 'http://queue',
      DEADLINE_MINUTES: 'half an hour',
      DEADLINES_BY_PREFIX: 'prod/=soon',
    });
    expect(fault).not.toContain('\n');
    for (const key of ['ALERT_TOPIC_ARN', 'DEADLINE_MINUTES', 'DEADLINES_BY_PREFIX'])
      expect(fault).toContain(`${key}: `);
    for (const value of ['"alerts"', '"half an hour"', '"soon"']) expect(fault).toContain(value);
  });

  async function start(name: string, environment: Readonly<Record<string, string>>): Promise<string> {
    const { invoke } = startFunction(bundle(name), { AWS_REGION: source.region, ...environment });
    const fault = await invoke({}).then(
      () => '',
      (error: Error) => error.message,
    );
    return fault;
  }
});
