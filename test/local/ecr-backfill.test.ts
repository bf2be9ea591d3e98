import {
  DescribeReplicationBackfillResultsCommand,
  ECRClient,
  ListReplicationBackfillsCommand,
  StartReplicationBackfillCommand,
  StopReplicationBackfillCommand,
} from '@aws-sdk/client-ecr';
import { expect, onTestFinished, test } from 'vitest';
import type { Registry } from '../../lib/image/registry.ts';
import { type LocalAws, startLocalAws } from '../../lib/local/local-aws.ts';
import { digestOf, ireland, source, sydney } from '../samples.ts';
import { createClock } from '../world.ts';

const to = ({ account, region }: Registry) => ({ registryId: account, region });

async function registryWith(images: number, options: object = {}) {
  const clock = createClock();
  const aws: LocalAws = await startLocalAws({ ...source, ...options, now: clock.now });
  const client = new ECRClient({ region: source.region, endpoint: aws.endpoints.ecr, maxAttempts: 1 });
  Object.assign(process.env, aws.environment());
  onTestFinished(async () => {
    client.destroy();
    await aws.stop();
  });
  aws.ecr.seed(
    source,
    'prod/api',
    Array.from({ length: images }, (_, n) => ({ digest: digestOf(`api ${n}`), tags: [`v${n}`] })),
  );
  aws.ecr.call(source, 'PutReplicationConfiguration', {
    replicationConfiguration: { rules: [{ destinations: [to(ireland), to(sydney)] }] },
  });
  return { aws, clock, client };
}

const start = (destination: Registry) =>
  new StartReplicationBackfillCommand({ registryId: source.account, destination: to(destination) });

test('a backfill copies over time what is not there, and then says of each image what became of it', async () => {
  const { aws, clock, client } = await registryWith(25);
  aws.ecr.seed(ireland, 'prod/api', [{ digest: digestOf('api 0'), tags: ['v0'] }]);
  const { replicationBackfillId, status } = await client.send(start(ireland));
  expect(status).toBe('PREPARING');

  const list = async () => (await client.send(new ListReplicationBackfillsCommand({}))).backfills;
  expect(await list()).toMatchObject([{ status: 'PREPARING', destination: to(ireland) }]);
  expect((await list())?.[0]?.progress).toBeUndefined();
  clock.turn(33);
  expect(await list()).toMatchObject([
    {
      status: 'IN_PROGRESS',
      progress: { totalReplicationCount: 24, completedReplicationCount: 10, failedReplicationCount: 0 },
    },
  ]);
  const describe = new DescribeReplicationBackfillResultsCommand({ replicationBackfillId, maxResults: 20 });
  expect((await client.send(describe)).results).toEqual([]);

  clock.turn(10);
  expect(await list()).toMatchObject([
    {
      status: 'COMPLETE',
      endedAt: new Date(clock.now() - 7_000),
      progress: { completedReplicationCount: 24 },
    },
  ]);
  const first = await client.send(describe);
  expect(first.results).toHaveLength(20);
  expect(first.results?.[0]).toEqual({
    repositoryName: 'prod/api',
    imageId: { imageDigest: digestOf('api 1'), imageTag: 'v1' },
    status: 'COMPLETE',
  });
  const { nextToken } = first;
  const rest = new DescribeReplicationBackfillResultsCommand({
    replicationBackfillId,
    maxResults: 20,
    nextToken,
  });
  expect((await client.send(rest)).results).toHaveLength(4);
  expect(aws.ecr.imageAt(ireland, 'prod/api', digestOf('api 24'))?.tags).toEqual(['v24']);
});

test('with half of it failing it fails as a whole, with less it is complete and names the failures', async () => {
  const { aws, clock, client } = await registryWith(20);
  const fail = { is: 'fail', code: 'ImageTooLarge' } as const;
  aws.ecr.orders.replication({ region: ireland.region, outcome: fail }, 10);
  aws.ecr.orders.replication({ region: sydney.region, outcome: fail }, 9);
  const failing = await client.send(start(ireland));
  const passing = await client.send(start(sydney));
  clock.turn(120);
  const results = (id: string | undefined) =>
    client.send(
      new DescribeReplicationBackfillResultsCommand({
        replicationBackfillId: id,
        resultStatusFilter: 'FAILED',
      }),
    );
  expect(await results(failing.replicationBackfillId)).toMatchObject({
    status: 'FAILED',
    failureCode: 'TooManyReplicationFailures',
    progress: { failedReplicationCount: 10, failureCodes: ['ImageTooLarge'] },
  });
  const passed = await results(passing.replicationBackfillId);
  expect(passed).toMatchObject({ status: 'COMPLETE', progress: { failedReplicationCount: 9 } });
  expect(passed.results).toHaveLength(9);
  expect(passed.results?.[0]?.failureCode).toBe('ImageTooLarge');
});

test('one runs for a destination Region at a time, ten for a registry, and only where a rule names it', async () => {
  const { aws, client } = await registryWith(1);
  await client.send(start(ireland));
  await expect(client.send(start(ireland))).rejects.toThrow(
    expect.objectContaining({ name: 'ReplicationBackfillInProgressException' }),
  );
  await expect(client.send(start({ ...ireland, region: 'eu-north-1' }))).rejects.toThrow(
    expect.objectContaining({ name: 'ValidationException' }),
  );
  const many = Array.from({ length: 11 }, (_, n) => ({
    account: source.account,
    region: `eu-west-${n + 2}`,
  }));
  aws.ecr.call(source, 'PutReplicationConfiguration', {
    replicationConfiguration: { rules: [{ destinations: many.map(to) }] },
  });
  for (const one of many.slice(0, 9)) await client.send(start(one));
  await expect(client.send(start(many[9] ?? ireland))).rejects.toThrow(
    expect.objectContaining({ name: 'LimitExceededException' }),
  );
});

test('a backfill that is stopped lets what is on its way arrive, and copies nothing more', async () => {
  const { aws, clock, client } = await registryWith(100);
  const { replicationBackfillId } = await client.send(start(ireland));
  clock.turn(31);
  const stop = new StopReplicationBackfillCommand({ replicationBackfillId });
  expect((await client.send(stop)).status).toBe('STOPPING');
  await expect(client.send(stop)).rejects.toThrow(
    expect.objectContaining({ name: 'ReplicationBackfillInvalidStatusException' }),
  );
  clock.turn(60);
  const { backfills } = await client.send(new ListReplicationBackfillsCommand({}));
  expect(backfills).toMatchObject([{ status: 'STOPPED', progress: { completedReplicationCount: 10 } }]);
  expect(aws.ecr.imageAt(ireland, 'prod/api', digestOf('api 10'))).toBeUndefined();

  const before = await client.send(start(ireland));
  const early = new StopReplicationBackfillCommand({ replicationBackfillId: before.replicationBackfillId });
  expect((await client.send(early)).status).toBe('STOPPED');
  const nobody = new StopReplicationBackfillCommand({ replicationBackfillId: '0-0' });
  await expect(client.send(nobody)).rejects.toThrow(
    expect.objectContaining({ name: 'ReplicationBackfillNotFoundException' }),
  );
});

test('what has ended is listed for 90 days, 25 a page unless asked for 50', async () => {
  const { clock, client } = await registryWith(0);
  for (let n = 0; n < 30; n += 1) {
    await client.send(start(ireland));
    clock.turn(31);
  }
  const list = (maxResults?: number) =>
    client.send(new ListReplicationBackfillsCommand(maxResults === undefined ? {} : { maxResults }));
  expect((await list()).backfills).toHaveLength(25);
  expect((await list(50)).backfills).toHaveLength(30);
  await expect(list(51)).rejects.toThrow(expect.objectContaining({ name: 'InvalidParameterException' }));
  clock.turn(91 * 24 * 3600);
  expect((await list()).backfills).toEqual([]);
});
