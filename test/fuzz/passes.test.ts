/** The functions that go through whole registries, as they are started, on an AWS all of which answers garbage. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { incidentItem } from '../../lib/aws/items.ts';
import {
  backfillPorts,
  manifestsPassPorts,
  repairPorts,
  settingsPassPorts,
} from '../../lib/aws/sweep-ports.ts';
import { type Config, loadConfig } from '../../lib/config.ts';
import { open } from '../../lib/incident/transition.ts';
import { layersOf, sampleManifest } from '../../lib/local/manifest.ts';
import { watchBackfills } from '../../lib/monitor/backfills.ts';
import { readAllManifests } from '../../lib/monitor/manifests.ts';
import { repair } from '../../lib/monitor/repair.ts';
import { checkSettings } from '../../lib/monitor/settings.ts';
import type { Ports } from '../../lib/ports.ts';
import { digestOf, finding, ireland, source, sydney } from '../samples.ts';
import { expectNoStumble, expectTheirs, fewMishapsOf, mishapsOf, useGarbageAws } from './against-garbage.ts';
import type { WellFormed } from './garbage-aws.ts';
import { runs, timeFor } from './runs.ts';

const garbageAws = useGarbageAws();

const now = Date.UTC(2026, 10, 24, 12);
const role = `arn:aws:iam::${source.account}:role/ecr-replication-monitor/manifests`;
const manifest = sampleManifest('prod-api');
const digest = digestOf(manifest);
const image = { imageDigest: digest, imageTags: ['1.4.2'], imageStatus: 'ACTIVE', imagePushedAt: now / 1000 };
const backfill = {
  replicationBackfillId: '7d0c7e0c-9a4e-4b3c-8f53-3f6f0f1b2a10',
  destination: { region: ireland.region, registryId: ireland.account },
  status: 'COMPLETE',
  progress: {
    totalReplicationCount: 1,
    completedReplicationCount: 1,
    failedReplicationCount: 0,
    failureCodes: [],
  },
  startedAt: now / 1000 - 600,
  endedAt: now / 1000 - 300,
};
const incident = incidentItem(open(finding({}), undefined, now - 3_600_000));

const wellFormed: Readonly<Record<string, unknown>> = {
  'ecr.DescribeRegistry': {
    registryId: source.account,
    replicationConfiguration: {
      rules: [
        {
          destinations: [ireland, sydney].map(({ account, region }) => ({ registryId: account, region })),
          repositoryFilters: [{ filter: 'prod-', filterType: 'PREFIX_MATCH' }],
        },
      ],
    },
  },
  'ecr.DescribeRepositories': {
    repositories: [{ repositoryName: 'prod-api', imageTagMutability: 'MUTABLE' }],
  },
  'ecr.GetLifecyclePolicy': { lifecyclePolicyText: '{"rules":[]}' },
  'ecr.DescribeRepositoryCreationTemplates': {
    repositoryCreationTemplates: [{ prefix: 'prod', appliedFor: ['REPLICATION'] }],
  },
  'ecr.GetRegistryScanningConfiguration': {
    scanningConfiguration: {
      scanType: 'BASIC',
      rules: [{ scanFrequency: 'SCAN_ON_PUSH', repositoryFilters: [{ filter: 'prod-*' }] }],
    },
  },
  'ecr.GetRegistryPolicy': { policyText: '{"Statement":[]}' },
  'ecr.ListReplicationBackfills': { backfills: [backfill] },
  'ecr.DescribeReplicationBackfillResults': {
    results: [{ repositoryName: 'prod-api', imageId: { imageDigest: digest, imageTag: '1.4.2' } }],
  },
  'ecr.StartReplicationBackfill': { replicationBackfillId: backfill.replicationBackfillId },
  'ecr.DescribeImages': { imageDetails: [image] },
  'ecr.ListImages': { imageIds: [{ imageDigest: digest, imageTag: '1.4.2' }] },
  'ecr.DescribeImageReplicationStatus': { replicationStatuses: [] },
  'ecr.RegisterPullTimeUpdateExclusion': { principalArn: role },
  'ecr.BatchGetImage': {
    images: [{ imageId: { imageDigest: digest }, imageManifest: manifest }],
    failures: [],
  },
  'ecr.BatchCheckLayerAvailability': {
    layers: layersOf(manifest).map((layerDigest) => ({ layerDigest, layerAvailability: 'AVAILABLE' })),
    failures: [],
  },
  'dynamodb.BatchGetItem': { Responses: { incidents: [incident] }, UnprocessedKeys: {} },
  'dynamodb.Query': { Items: [], Count: 0 },
  'dynamodb.GetItem': { Item: { pk: { S: 'x' }, cycle: { S: '{"startedAt":0}' } } },
  'dynamodb.PutItem': {},
  'dynamodb.UpdateItem': {},
  'sns.Publish': '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>',
  'monitoring.PutMetricData': {},
};

const asked = Object.keys(wellFormed);

const answers: WellFormed = ({ service, operation, input }) => {
  const query = operation === 'Query' ? JSON.stringify(input) : '';
  if (query.includes('"IndexName"')) return { Items: [incident], Count: 1 };
  if (query.includes('"backfills ')) return { Items: [watched], Count: 1 };
  return wellFormed[`${service}.${operation}`] ?? {};
};

/** Since when backfills are watched. */
const watched = { pk: { S: 'backfills' }, sk: { S: ' watch' }, since: { N: String(now - 3_600_000) } };

function configOf(name: string): Config {
  const config = loadConfig(
    {
      INCIDENTS_TABLE: 'incidents',
      ALERT_TOPIC_ARN: `arn:aws:sns:${source.region}:${source.account}:alerts`,
      MANIFESTS_ROLE_ARN: role,
      REPAIR: 'backfill',
    },
    name,
  );
  if (!config.ok) throw new Error(config.fault);
  // What is paced, and throttled, takes its time.
  const { sweepCallsPerSecond: _, ...unpaced } = config.value;
  return unpaced;
}

type Own = Pick<Ports, 'now' | 'chance' | 'log'>;

const until = now + 600_000;
const works: Readonly<Record<string, (own: Own) => Promise<void>>> = {
  settings: (own) => {
    const config = configOf('settings');
    return checkSettings(settingsPassPorts(config, own), config.policies, [source], until);
  },
  manifests: (own) => {
    const config = configOf('manifests');
    const ports = manifestsPassPorts(config, own);
    return readAllManifests(ports, config.policies, source, [source], until);
  },
  backfill: (own) => {
    const config = configOf('backfill');
    return watchBackfills(backfillPorts(config, own), config.policies, [source]);
  },
  repair: (own) => {
    const config = configOf('repair');
    return repair(repairPorts(config, own), { hub: source, repair: 'backfill' }, [source]);
  },
};

it.each(Object.entries(works))(
  '%s is stopped by a fault of AWS at most, never by one of ours',
  async (_, work) => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fewMishapsOf(asked), mishapsOf(asked)), async (mishaps) => {
        garbageAws().begin(mishaps, answers);
        const lines: string[] = [];
        const log: Ports['log'] = (_level, message, fields = {}) =>
          void lines.push(`${message}: ${Object.values(fields).join(' ')}`);
        const fault = await work({ now: () => now, chance: () => 0.5, log }).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (fault !== undefined) expectTheirs(fault);
        expectNoStumble(lines.join('; '));
      }),
      runs(100),
    );
  },
  timeFor(100),
);

it.each(Object.entries(works))('%s asks what is put in its way here', async (name, work) => {
  garbageAws().begin(new Map(), answers);
  await work({ now: () => now, chance: () => 0.5, log: () => {} });
  const called = new Set(
    garbageAws()
      .exchanges()
      .map(({ service, operation }) => `${service}.${operation}`),
  );
  expect(
    [...called].filter((one) => !Object.hasOwn(wellFormed, one)),
    name,
  ).toEqual([]);
  expect(called.size).toBeGreaterThan(2);
});
