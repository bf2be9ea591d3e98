/** The built functions that watch backfills, repair, and go through settings and manifests, each in a process of its own. */

import { setTimeout as pause } from 'node:timers/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tableDefinition } from '../../lib/aws/table-definition.ts';
import { startLocalAws } from '../../lib/local/local-aws.ts';
import { sampleIndex, sampleManifest } from '../../lib/local/manifest.ts';
import { ireland, source } from '../samples.ts';
import { drain, type Told, toldOf } from '../world.ts';
import { sampleEvent, sqsEvent, startFunction, useBundles } from './bundle.ts';

const bundle = useBundles();

async function startSurroundings() {
  const aws = await startLocalAws({ region: source.region, delayMs: 0, quirks: { prepareMs: 0 } });
  const pushes = await aws.createQueue('image-action');
  const inbox = await aws.createQueue('subscriber');
  const topic = await aws.createTopic('alerts');
  await aws.subscribeQueue(topic, inbox.arn);
  await aws.createTable(tableDefinition('incidents'));
  // The hub is where its topic is, and the local SNS has an account of its own.
  const home = { account: topic.split(':')[4] ?? '', region: source.region };
  const there = { ...home, region: ireland.region };
  const destinations = [{ registryId: home.account, region: ireland.region }];
  const rules = [{ destinations, repositoryFilters: [{ filter: 'prod-', filterType: 'PREFIX_MATCH' }] }];
  aws.ecr.call(home, 'PutReplicationConfiguration', { replicationConfiguration: { rules } });
  const sqs = new SQSClient({
    endpoint: aws.endpoints.sqs,
    region: source.region,
    credentials: { accessKeyId: home.account, secretAccessKey: 'local' },
    useQueueUrlAsEndpoint: false,
  });
  onTestFinished(async () => {
    sqs.destroy();
    await aws.stop();
  });
  return {
    aws,
    home,
    there,
    start: (name: string, more: Readonly<Record<string, string>> = {}) =>
      startFunction(bundle(name), {
        AWS_ENDPOINT_URL: aws.endpoint,
        AWS_REGION: source.region,
        AWS_ACCESS_KEY_ID: home.account,
        AWS_SECRET_ACCESS_KEY: 'local',
        INCIDENTS_TABLE: 'incidents',
        ALERT_TOPIC_ARN: topic,
        IMAGE_ACTION_QUEUE_URL: pushes.url,
        SOURCE_REGISTRIES: `${home.account}/${home.region}`,
        SWEEP_CALLS_PER_SECOND: '1000',
        // As much as Lambda gives the slow passes.
        REMAINING_MS: '900000',
        ...more,
      }),
    told: async (): Promise<readonly Told[]> =>
      (await drain(sqs, inbox.url)).map((body) => toldOf(JSON.parse(body))),
  };
}

const hour = 3_600;

describe('the functions repair and backfill', () => {
  it('copy what a push has been missing, verify it, and tell it', async () => {
    const { aws, home, there, start, told } = await startSurroundings();
    const image = {
      digest: 'sha256:bd8e8b11721492876c48dd0463d6da3e346147def54b0711bbb692c6977d024c',
      tags: ['1.4.2'],
    };
    aws.ecr.seed(home, 'prod-api', [image]);
    await start('image-action').invoke(
      sqsEvent({ ...(await sampleEvent('image-action-push.json', hour)), account: home.account }),
    );
    const watch = start('backfill');
    await watch.invoke();
    expect((await told()).map(({ notice }) => notice)).toEqual(['firing']);

    const mend = start('repair', { REPAIR: 'backfill' });
    await mend.invoke();
    await mend.invoke();
    expect(aws.ecr.calls.count({ operation: 'StartReplicationBackfill' })).toBe(1);
    await pause(200);
    await watch.invoke();
    expect((await told()).map(({ summary }) => summary)).toEqual([
      `Backfill to eu-west-1 (${there.account}) complete: 1 of 1 copied, all seen there`,
    ]);
    expect(aws.cloudwatch.datapoints('BackfillProgress').at(-1)?.values).toEqual([{ value: 100, count: 1 }]);
    expect(aws.cloudwatch.datapoints('ReplicasRecovered')).toHaveLength(1);
  });

  it('repair nothing unless it is asked for, in words that are known', async () => {
    const { aws, start } = await startSurroundings();
    await start('repair').invoke();
    expect(aws.ecr.calls.count({ operation: 'ListReplicationBackfills' })).toBe(0);
    await expect(start('repair', { REPAIR: 'yes' }).invoke()).rejects.toThrow(
      'configuration: REPAIR: "yes" is none of off, backfill, stop',
    );
  });
});

describe('the function settings', () => {
  it('tells in one digest what it found', async () => {
    const { aws, home, there, start, told } = await startSurroundings();
    for (const [at, imageTagMutability] of [
      [home, 'MUTABLE'],
      [there, 'IMMUTABLE'],
    ] as const)
      aws.ecr.call(at, 'CreateRepository', { repositoryName: 'prod-api', imageTagMutability });
    const { invoke } = start('settings');
    await invoke();
    await invoke();
    const [digest, ...others] = await told();
    expect(others).toEqual([]);
    expect([digest?.kind, digest?.notice, digest?.severity]).toEqual(['settings', 'firing', 'info']);
    expect(digest?.email).toContain('prod-api: tags are immutable in eu-west-1');
    expect(digest?.email).toContain('has no repository creation template for prod-api');
    expect(aws.cloudwatch.datapoints('SweepCalls').length).toBeGreaterThan(0);
  });
});

describe('the function manifests', () => {
  it('tells which image is not whole, and pulls without a trace', async () => {
    const { aws, home, there, start, told } = await startSurroundings();
    const role = 'arn:aws:iam::111122223333:role/ecr-replication-monitor/manifests';
    const child = sampleManifest('amd64');
    aws.ecr.pushImage(home, { repository: 'prod-api', manifest: child });
    aws.ecr.pushImage(home, { repository: 'prod-api', manifest: sampleIndex([child]), tag: '1.0' });
    await pause(200);
    const { layers } = JSON.parse(child) as { readonly layers: readonly { readonly digest: string }[] };
    aws.ecr.orders.loseLayer(there, 'prod-api', layers[0]?.digest ?? '');
    const { invoke } = start('manifests', { MANIFESTS_ROLE_ARN: role });
    await invoke();
    const [firing, ...others] = await told();
    expect(others).toEqual([]);
    expect([firing?.kind, firing?.open]).toEqual(['incomplete', 1]);
    expect(firing?.email).toContain('prod-api:1.0');
    const registered = aws.ecr.calls.recent().find(({ operation }) => operation.startsWith('Register'));
    expect(registered?.input).toEqual({ principalArn: role });
  });

  it('does not start without a role to register', async () => {
    const { start } = await startSurroundings();
    await expect(start('manifests').invoke()).rejects.toThrow('MANIFESTS_ROLE_ARN is not set');
  });
});
