/** What backfills, manifests and a deployed monitor are told by, when it is not as documented: a fault, never good news. */

import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { cycleTable } from '../../lib/aws/cycle-table.ts';
import { doctorPorts } from '../../lib/aws/deployed.ts';
import { backfillReaders } from '../../lib/aws/ecr-backfills.ts';
import { manifestPorts } from '../../lib/aws/ecr-manifests.ts';
import { repairCalls } from '../../lib/aws/ecr-repair.ts';
import { incidentTable } from '../../lib/aws/incident-table.ts';
import type { Digest } from '../../lib/image/digest.ts';
import { layersOf, sampleManifest } from '../../lib/local/manifest.ts';
import { digestOf, ireland, source } from '../samples.ts';
import { answering, saying } from './answering.ts';

const id = '7d0c7e0c-9a4e-4b3c-8f53-3f6f0f1b2a10';
const unreadable = { is: 'unreadable', why: 'service-error' };

describe('ListReplicationBackfills', () => {
  const progress = { totalReplicationCount: 2, completedReplicationCount: 2, failedReplicationCount: 0 };
  const right = {
    replicationBackfillId: id,
    destination: { region: 'eu-west-1', registryId: ireland.account },
    status: 'COMPLETE',
    progress,
    startedAt: new Date(0),
    endedAt: new Date(1),
  };
  const list = (answer: unknown) => backfillReaders(answering(answer)).readBackfills(source);
  const listOf = (change: object) => list({ backfills: [{ ...right, ...change }] });

  it('is read when it is as documented, with null for what is not there yet', async () => {
    expect(await listOf({ failureCode: null })).toMatchObject({
      is: 'read',
      value: [{ id, status: 'COMPLETE' }],
    });
    expect(await listOf({ status: 'PREPARING', progress: null, endedAt: null })).toMatchObject({
      is: 'read',
    });
    // Of a status that is new to us it is not known that it is the end.
    expect(await listOf({ status: 'ROLLING_BACK' })).toMatchObject({ value: [{ status: 'IN_PROGRESS' }] });
  });

  it('without a list is none: a second backfill would be started beside the first', async () => {
    expect(await list({})).toEqual(unreadable);
    expect(await list({ backfills: {} })).toEqual(unreadable);
    expect(await list({ backfills: [], nextToken: 'here' })).toEqual(unreadable);
  });

  it.each([
    ['no id', { replicationBackfillId: undefined }],
    ['an id that a shell would run', { replicationBackfillId: `${id};reboot` }],
    ['no destination', { destination: undefined }],
    ['a Region that a shell would run', { destination: { region: '$(reboot)' } }],
    ['no status', { status: undefined }],
    ['no start: it may have been today', { startedAt: undefined }],
    ['a start that is no time', { startedAt: new Date(Number.NaN) }],
    ['an end without a count of what was copied', { progress: null }],
    ['no count of what failed', { progress: { ...progress, failedReplicationCount: undefined } }],
    ['a count in a text', { progress: { ...progress, totalReplicationCount: '2' } }],
    ['less than none', { progress: { ...progress, completedReplicationCount: -1 } }],
  ])('with %s is unreadable as a whole', async (_, change) => {
    expect(await listOf(change)).toEqual(unreadable);
  });
});

describe('DescribeReplicationBackfillResults', () => {
  const results = async (answer: unknown): Promise<readonly unknown[]> => {
    const found: unknown[] = [];
    for await (const page of backfillReaders(answering(answer)).readBackfillResults(
      { source, id },
      'COMPLETE',
    ))
      found.push(...page);
    return found;
  };

  it.each([
    ['nothing at all', {}],
    ['a result without a digest', { results: [{ repositoryName: 'prod-api', imageId: {} }] }],
    ['a result without a repository', { results: [{ imageId: { imageDigest: digestOf('a') } }] }],
    ['a page that leads to itself', { results: [], nextToken: 'here' }],
  ])('that answers %s is a fault', async (_, answer) => {
    await expect(results(answer)).rejects.toThrow('DescribeReplicationBackfillResults answered');
  });
});

it.each([{}, { replicationBackfillId: 7 }, { replicationBackfillId: 'x' }])(
  'StartReplicationBackfill that answers %j has started nothing that could be remembered',
  async (answer) => {
    await expect(repairCalls(answering(answer)).startBackfill(source, ireland)).rejects.toThrow(
      'StartReplicationBackfill answered what cannot be read: replicationBackfillId',
    );
  },
);

describe('what manifests are read by', () => {
  const role = 'arn:aws:iam::111122223333:role/manifests';
  const manifest = sampleManifest('prod-api');
  const digest = digestOf(manifest);
  const imageId = { imageDigest: digest };
  const layers = layersOf(manifest) as readonly Digest[];
  const portsOn = (answer: unknown) => manifestPorts(answering(answer), role);

  it.each([{}, { principalArn: 'arn:aws:iam::111122223333:role/somebody' }])(
    'no exclusion of pulls is %j',
    async (answer) => {
      await expect(portsOn(answer).excludePulls(source)).rejects.toThrow('RegisterPullTimeUpdateExclusion');
    },
  );

  it.each([
    ['nothing at all', {}],
    ['an image without a digest', { imageDetails: [{ imageTags: ['latest'] }] }],
    ['the page that was asked for', { imageDetails: [], nextToken: 'here' }],
  ])('no page of images is %s', async (_, answer) => {
    await expect(portsOn(answer).readTops(source, 'prod-api', 'here')).rejects.toThrow(
      'DescribeImages answered',
    );
  });

  it.each([
    ['nothing at all', {}],
    ['fewer than were asked for', { images: [], failures: [] }],
    ['one that its digest is not of', { images: [{ imageId, imageManifest: `${manifest} ` }] }],
    ['a trouble that says nothing of it', { failures: [{ imageId, failureCode: 'KmsError' }] }],
  ])('no answer about manifests is %s', async (_, answer) => {
    await expect(portsOn(answer).readManifests(source, 'prod-api', [digest])).rejects.toThrow(
      'BatchGetImage',
    );
  });

  it('is read to the letter, and what is not there is left out', async () => {
    const gone = digestOf('gone');
    const answer = {
      images: [{ imageId, imageManifest: manifest }],
      failures: [{ imageId: { imageDigest: gone }, failureCode: 'ImageNotFound' }],
    };
    const found = await portsOn(answer).readManifests(source, 'prod-api', [digest, gone]);
    expect([...found]).toEqual([[digest, { children: [], layers }]]);
  });

  it.each([
    ['nothing at all', {}],
    ['fewer than were asked for', { layers: [{ layerDigest: layers[0], layerAvailability: 'AVAILABLE' }] }],
    [
      'a word that is new',
      { layers: layers.map((layerDigest) => ({ layerDigest, layerAvailability: 'HALF' })) },
    ],
  ])('no answer about layers is %s', async (_, answer) => {
    await expect(portsOn(answer).readLayers(ireland, 'prod-api', layers)).rejects.toThrow(
      'BatchCheckLayerAvailability',
    );
  });
});

it.each(['', '{', 'null', '{"startedAt":"today"}'])(
  'a pass of which the table kept %j is begun anew',
  async (kept) => {
    const client = saying(new DynamoDBClient({ region: 'us-east-1' }), { Item: { cycle: { S: kept } } });
    expect(await cycleTable({ client, name: 'incidents' }).readCycle('settings', source)).toBeUndefined();
  },
);

it('a table whose keys are no texts has told nothing: they would be sent back to it', async () => {
  const entry = { pk: { S: 7 }, sk: { S: 'incident' }, openedAt: { N: '1' } };
  const client = saying(new DynamoDBClient({ region: 'us-east-1' }), { Items: [entry] });
  const { readOpen } = incidentTable({ client, name: 'incidents' });
  await expect(readOpen({ destination: ireland, kind: 'overdue' }, 9)).rejects.toThrow(
    'Query answered what cannot be read: Items.0',
  );
});

describe('what doctor hears of a deployed monitor', () => {
  const portsOn = (answer: unknown) =>
    doctorPorts(
      saying(new CloudWatchClient({ region: 'us-east-1' }), answer),
      saying(new SNSClient({ region: 'us-east-1' }), answer),
    );

  it.each([
    ['nothing at all', {}],
    ['a text for a number', { Datapoints: [{ Sum: '1' }] }],
    ['no sum', { Datapoints: [{}] }],
    ['a number that is none', { Datapoints: [{ Sum: Number.NaN }] }],
  ])('is no heartbeat, and no lack of one, when it is %s', async (_, answer) => {
    expect(await portsOn(answer).readHeartbeats(0, 1)).toEqual(unreadable);
  });

  it.each([
    ['nothing at all', {}],
    ['no counts', { Attributes: {} }],
    ['a word for a count', { Attributes: { SubscriptionsConfirmed: 'many', SubscriptionsPending: '0' } }],
  ])('is no number of subscribers when it is %s', async (_, answer) => {
    expect(await portsOn(answer).readSubscribers('arn')).toEqual(unreadable);
  });
});
