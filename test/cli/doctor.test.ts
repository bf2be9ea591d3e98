/** `doctor` by the built binary, against a local AWS in which one thing after the other is broken. */

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { tableDefinition } from '../../lib/aws/table-definition.ts';
import type { Registry } from '../../lib/image/registry.ts';
import { type LocalAws, startLocalAws } from '../../lib/local/local-aws.ts';
import { digestOf, ireland, source } from '../samples.ts';
import { type Binary, buildBinary } from './binary.ts';

const slow = { timeout: 90_000 };
const far: Registry = { account: '444455556666', region: 'eu-central-1' };
const off: Registry = { account: source.account, region: 'me-south-1' };
let aws: LocalAws;
let binary: Binary;
let topic: string;

interface CheckDocument {
  readonly about: string;
  readonly name: string;
  readonly result: string;
  readonly text: string;
  readonly cures: readonly { readonly text: string; readonly command?: string }[];
}

function call(registry: Registry, operation: string, input: object): void {
  const answer = aws.ecr.call(registry, operation, input);
  expect(answer.is, JSON.stringify(answer)).toBe('ok');
}

function replicateTo(destinations: readonly Registry[], filters: readonly string[] = ['prod-']): void {
  const rule = {
    destinations: destinations.map(({ account, region }) => ({ registryId: account, region })),
    repositoryFilters: filters.map((filter) => ({ filter, filterType: 'PREFIX_MATCH' })),
  };
  call(source, 'PutReplicationConfiguration', { replicationConfiguration: { rules: [rule] } });
}

beforeAll(async () => {
  [aws, binary] = await Promise.all([startLocalAws({ disabledRegions: [off.region] }), buildBinary()]);
  for (const registry of [source, ireland])
    aws.ecr.seed(registry, 'prod-api', [{ digest: digestOf('prod-api') }]);
  await aws.createTable(tableDefinition('incidents'));
  topic = await aws.createTopic('alerts');
  replicateTo([ireland]);
});
afterAll(() => aws?.stop());
afterEach(() => {
  aws.ecr.faults.clear();
  replicateTo([ireland]);
});

const run = (...words: string[]) => binary.run(['doctor', ...words], aws.environment());

async function checksOf(...words: string[]): Promise<{ code: number; checks: readonly CheckDocument[] }> {
  const { code, out, err } = await run('--json', ...words);
  const document = JSON.parse(out || err);
  expect(document.version).toBe('1');
  return { code, checks: document.checks };
}

function named(
  checks: readonly CheckDocument[],
  about: Registry | 'monitor',
  name: string,
): CheckDocument | undefined {
  const place = about === 'monitor' ? about : `${about.account}/${about.region}`;
  return checks.find((check) => check.about === place && check.name === name);
}

describe('doctor', slow, () => {
  it('passes where all is well, in a pipe and in a terminal', async () => {
    const ended = await run();
    expect(ended).toMatchObject({ code: 0, err: '' });
    expect(ended.out).toMatch(
      /✓ rules and limits +1 of 10 rules, 1 of 25 destinations, at most 1 of 100 filters a rule/,
    );
    expect(ended.out).toMatch(/ checks passed, 0 failed, 0 could not tell\.\n$/);
    const { code, screen } = await binary.runInTerminal(['doctor'], aws.environment());
    expect(code).toBe(0);
    expect(screen).toContain('\u001b[32m✓\u001b[39m');
  });

  it('fails without a rule', async () => {
    call(source, 'PutReplicationConfiguration', { replicationConfiguration: { rules: [] } });
    const { code, checks } = await checksOf();
    expect(code).toBe(1);
    expect(named(checks, source, 'rules')).toMatchObject({
      result: 'failed',
      text: 'there is none: nothing is replicated',
    });
  });

  it('finds a destination Region that is not enabled, and does not ask there any more', async () => {
    replicateTo([ireland, off]);
    const { code, checks } = await checksOf();
    expect(code).toBe(1);
    expect(named(checks, off, 'Region')).toMatchObject({
      result: 'failed',
      cures: [{ command: 'aws account enable-region --region-name me-south-1' }],
    });
    expect(checks.filter(({ about }) => about.includes('me-south-1'))).toHaveLength(1);
  });

  it('cannot tell of another account without a role there, and says what to allow', async () => {
    replicateTo([far]);
    const { code, checks } = await checksOf();
    expect(code).toBe(3);
    expect(named(checks, far, 'registry policy')).toMatchObject({
      result: 'could-not-tell',
      cures: [{ text: expect.stringContaining('ecr:GetRegistryPolicy') }],
    });
  });

  it('finds a registry policy that does not let the source in, by a role in the other account', async () => {
    replicateTo([far]);
    const { code, checks } = await checksOf('--read-role', 'monitor-read');
    expect(code).toBe(1);
    const check = named(checks, far, 'registry policy');
    expect(check).toMatchObject({ result: 'failed' });
    expect(check?.text).toContain(
      'does not grant ecr:ReplicateImage and ecr:CreateRepository to account 111122223333',
    );
    expect(check?.cures[0]?.command).toBe('aws ecr get-registry-policy --region eu-central-1');

    const statement = {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111122223333:root' },
      Action: ['ecr:ReplicateImage', 'ecr:CreateRepository'],
      Resource: '*',
    };
    call(far, 'PutRegistryPolicy', {
      policyText: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    });
    expect((await checksOf('--read-role', 'monitor-read')).code).toBe(0);
  });

  it('finds a creation template with a key and no role', async () => {
    const elsewhere: Registry = { account: source.account, region: 'eu-north-1' };
    replicateTo([elsewhere]);
    call(elsewhere, 'CreateRepositoryCreationTemplate', {
      prefix: 'ROOT',
      appliedFor: ['REPLICATION'],
      encryptionConfiguration: { encryptionType: 'KMS' },
    });
    const { code, checks } = await checksOf();
    expect(code).toBe(1);
    expect(named(checks, elsewhere, 'creation templates')).toMatchObject({
      result: 'failed',
      text: expect.stringContaining('names no customRoleArn'),
    });
  });

  it('finds tags that cannot move at a destination', async () => {
    call(ireland, 'PutImageTagMutability', { repositoryName: 'prod-api', imageTagMutability: 'IMMUTABLE' });
    const { code, checks } = await checksOf();
    call(ireland, 'PutImageTagMutability', { repositoryName: 'prod-api', imageTagMutability: 'MUTABLE' });
    expect(code).toBe(1);
    expect(named(checks, ireland, 'tag immutability')).toMatchObject({
      result: 'failed',
      cures: [{ command: expect.any(String) }],
    });
  });

  it.each([
    ['DescribeRegistry', source, 'rules'],
    ['DescribeRepositories', source, 'repositories'],
    ['DescribeImages', ireland, 'images'],
    ['DescribeImageReplicationStatus', source, 'replication status'],
  ])('cannot tell when %s is denied, and names the permission', async (operation, about, name) => {
    aws.ecr.faults.place({ region: about.region, operations: [operation], effect: { is: 'access-denied' } });
    const { code, checks } = await checksOf();
    expect(code).toBe(3);
    expect(named(checks, about, name)).toMatchObject({
      result: 'could-not-tell',
      text: 'could not be read (access-denied)',
      cures: [{ text: expect.stringContaining(`ecr:${operation}`) }],
    });
  });

  it('looks at what is deployed: the table, the heartbeat, who listens', async () => {
    const deployed = ['--table', 'incidents', '--topic', topic];
    const before = await checksOf(...deployed);
    expect(before.code).toBe(1);
    expect(named(before.checks, 'monitor', 'table')).toMatchObject({
      result: 'passed',
      text: 'can be read; 0 incidents open',
    });
    expect(named(before.checks, 'monitor', 'heartbeat')).toMatchObject({ result: 'failed' });
    expect(named(before.checks, 'monitor', 'topic')).toMatchObject({
      result: 'failed',
      text: 'nobody is subscribed: alerts reach no one',
    });

    const beat = { MetricName: 'Heartbeat', Timestamp: Date.now() / 1000 - 60, Value: 1, Unit: 'Count' };
    aws.cloudwatch.call(source, 'PutMetricData', { Namespace: 'ECR/ReplicationMonitor', MetricData: [beat] });
    const inbox = await aws.createQueue('inbox');
    await aws.subscribeQueue(topic, inbox.arn);
    const after = await checksOf(...deployed);
    expect(after.code).toBe(0);
    expect(named(after.checks, 'monitor', 'heartbeat')).toMatchObject({
      text: '1 run of the follow-up in 15 minutes',
    });
    expect(named(after.checks, 'monitor', 'topic')).toMatchObject({ text: '1 subscriber' });
  });

  it('says that what was named is not there', async () => {
    const { code, checks } = await checksOf('--table', 'nope', '--topic', `${topic}-nope`);
    expect(code).toBe(1);
    expect(named(checks, 'monitor', 'table')).toMatchObject({
      result: 'failed',
      text: 'there is no such table',
    });
    expect(named(checks, 'monitor', 'topic')).toMatchObject({
      result: 'failed',
      text: 'there is no such topic',
    });
  });

  it('refuses a topic that is none', async () => {
    const ended = await run('--topic', 'alerts');
    expect(ended).toMatchObject({ code: 2, out: '' });
    expect(ended.err).toContain('"alerts" is not the ARN of an SNS topic');
  });
});
