/** From a pushed image to what people are told, on the local AWS: the decision table of the design, row by row. */

import { describe, expect, it } from 'vitest';
import type { Digest } from '../../lib/image/digest.ts';
import { sampleIndex, sampleManifest } from '../../lib/local/manifest.ts';
import { digestOf, ireland, source, sydney } from '../samples.ts';
import { inShort, morning, startWorld, usualRules, type World } from '../world.ts';

const halfAnHour = 30 * 60;
const lostReports = { of: 'replication', effect: { is: 'lose' } } as const;

/** A registry whose prod- images go to Ireland and Sydney; only its pushes are heard of. */
async function startPushWorld(...options: Parameters<typeof startWorld>): Promise<World> {
  const world = await startWorld(...options);
  world.replicate(source, usualRules);
  world.aws.ecr.orders.events(lostReports);
  return world;
}

const claimsAsked = ({ aws }: World): number =>
  aws.ecr.calls.count({ operation: 'DescribeImageReplicationStatus' });

describe('a pushed image that arrives', () => {
  it('is verified everywhere with its lag, without a word to anybody and without a question to spare', async () => {
    const world = await startPushWorld({ delayMs: 3_000 });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(60);
    expect(world.metric('PushesSeen', { SourceRegion: source.region })).toBe(1);
    expect(world.metric('ReplicasVerified')).toBe(2);
    expect(world.metric('ReplicationLag', { DestinationRegion: sydney.region })).toBe(3);
    expect(world.pushes.waiting()).toEqual([]);
    expect(await world.told()).toEqual([]);
    expect(world.aws.ecr.calls.count()).toBe(3 + 1); // The test's own PutReplicationConfiguration among them.
  });

  it('is looked at until it is there, and counted once', async () => {
    const world = await startPushWorld({ delayMs: 10 * 60_000 });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(halfAnHour);
    expect(world.metric('PushesSeen')).toBe(1);
    expect(world.metric('ReplicasVerified')).toBe(2);
    expect(world.metric('ReplicationLag', { DestinationRegion: ireland.region })).toBe(600);
    expect(await world.told()).toEqual([]);
  });
});

describe('a replica that is not there', () => {
  it('is reported as failed at once when ECR says FAILED, with the code as ECR gave it', async () => {
    const world = await startPushWorld();
    world.aws.ecr.orders.replication({
      region: ireland.region,
      outcome: { is: 'fail', code: 'InternalReplicationFailure' },
    });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(20);
    const [told, ...others] = await world.told();
    expect(others).toEqual([]);
    expect(told && inShort(told)).toBe('firing failed eu-west-1: prod-web:1.0');
    expect(told?.incidents[0]?.evidence).toMatchObject({
      ecrSays: 'FAILED',
      failureCode: 'InternalReplicationFailure',
    });
    expect(told?.email).toContain('InternalReplicationFailure');
    expect(world.metric('ReplicasFailed', { DestinationRegion: ireland.region })).toBe(1);
    expect(world.metric('ReplicasVerified', { DestinationRegion: sydney.region })).toBe(1);
    expect(world.pushes.waiting()).toEqual([]);
  });

  it.each([
    ['overdue', 'IN_PROGRESS', { is: 'lose', claim: 'IN_PROGRESS' }],
    ['not-started', 'no-entry', { is: 'lose', claim: 'NONE' }],
    ['contradicted', 'COMPLETE', { is: 'lose', claim: 'COMPLETE' }],
  ] as const)(
    'is reported as %s at its deadline, and not before, when ECR says %s',
    async (kind, ecrSays, outcome) => {
      const world = await startPushWorld();
      world.aws.ecr.orders.replication({ region: ireland.region, outcome });
      world.push({ repository: 'prod-web', tag: '1.0' });
      await world.pass(halfAnHour - 1);
      expect(await world.told()).toEqual([]);
      await world.pass(2);
      const told = await world.told();
      expect(told.map(inShort)).toEqual([`firing ${kind} eu-west-1: prod-web:1.0`]);
      expect(told[0]?.incidents[0]).toMatchObject({
        openedAt: new Date(morning + halfAnHour * 1000).toISOString(),
        evidence: { seen: 'missing', ecrSays },
      });
      expect(world.metric('ReplicasOverdue', { DestinationRegion: ireland.region })).toBe(1);
      expect(world.pushes.waiting()).toEqual([]);
    },
  );

  it('is reported as overdue when ECR does not answer for it, and the claim is called unreadable', async () => {
    const world = await startPushWorld({ environment: { DEADLINE_MINUTES: '0.25' } });
    world.aws.ecr.orders.replication({ outcome: { is: 'lose', claim: 'COMPLETE' } });
    world.aws.ecr.faults.place({
      operations: ['DescribeImageReplicationStatus'],
      effect: { is: 'access-denied' },
    });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(20);
    const told = await world.told();
    expect(told.map(inShort).sort()).toEqual([
      'firing overdue ap-southeast-2: prod-web:1.0',
      'firing overdue eu-west-1: prod-web:1.0',
    ]);
    expect(told[0]?.incidents[0]?.evidence['ecrSays']).toBe('unreadable');
  });

  it('is reported without a repository where ECR could not make one', async () => {
    const world = await startPushWorld();
    world.aws.ecr.orders.replication({ outcome: { is: 'no-repository', code: 'RepositoryCreationFailed' } });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(20);
    const [told] = await world.told();
    expect(told?.incidents[0]).toMatchObject({
      evidence: { repositoryAbsent: true, failureCode: 'RepositoryCreationFailed' },
      cause: 'repository-not-created',
    });
  });

  it('is withdrawn without a word when the image is deleted at its source', async () => {
    const world = await startPushWorld({ delayMs: 3_600_000 });
    const imageDigest = world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(60);
    world.aws.ecr.call(source, 'BatchDeleteImage', {
      repositoryName: 'prod-web',
      imageIds: [{ imageDigest }],
    });
    await world.pass(3_600);
    expect(world.metric('PushesWithdrawn')).toBe(1);
    expect(world.pushes.waiting()).toEqual([]);
    expect(await world.told()).toEqual([]);
  });

  it('has the deadline of its repository prefix', async () => {
    const world = await startPushWorld({
      delayMs: 3_600_000,
      environment: { DEADLINES_BY_PREFIX: 'prod-=20,prod-fast=5' },
    });
    world.push({ repository: 'prod-fast', tag: '1' });
    world.push({ repository: 'prod-web', tag: '1' });
    await world.pass(301);
    expect((await world.told()).map(inShort).sort()).toEqual([
      'firing overdue ap-southeast-2: prod-fast:1',
      'firing overdue eu-west-1: prod-fast:1',
    ]);
    await world.pass(900);
    // The groups were told of a quarter of an hour ago, so this is news to them.
    expect((await world.told()).map(({ notice, open }) => [notice, open])).toEqual([
      ['update', 2],
      ['update', 2],
    ]);
  });
});

describe('an image that is there, but not as it must be', () => {
  /** Ireland keeps its tags where they are, and has this one already. */
  function holdTag({ aws: { ecr } }: World): Digest {
    ecr.call(ireland, 'CreateRepository', { repositoryName: 'prod-web', imageTagMutability: 'IMMUTABLE' });
    const digest = digestOf('an older build');
    ecr.seed(ireland, 'prod-web', [{ digest, tags: ['1.0'] }]);
    return digest;
  }

  it('is reported as a tag mismatch at its deadline, with the digest that holds the tag', async () => {
    const world = await startPushWorld();
    const held = holdTag(world);
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(halfAnHour - 1);
    expect(await world.told()).toEqual([]);
    await world.pass(2);
    const told = await world.told();
    expect(told.map(inShort)).toEqual(['firing tag-mismatch eu-west-1: prod-web:1.0']);
    expect(told[0]?.incidents[0]).toMatchObject({ evidence: { found: held }, cause: 'tag-immutable' });
  });

  it('is reported as a tag mismatch when the tag is on nothing there', async () => {
    const world = await startPushWorld();
    world.aws.ecr.orders.replication({ region: ireland.region, stripTag: true });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(halfAnHour + 1);
    const told = await world.told();
    expect(told.map(inShort)).toEqual(['firing tag-mismatch eu-west-1: prod-web:1.0']);
    expect(told[0]?.incidents[0]?.cause).toBe('tag-absent');
  });

  it('is superseded, and nobody is told, when the tag has moved on at the source as well', async () => {
    const world = await startPushWorld({ delayMs: 20_000 });
    world.push({ repository: 'prod-web', tag: 'latest', build: 'first' });
    await world.pass(5);
    world.push({ repository: 'prod-web', tag: 'latest', build: 'second' });
    await world.pass(2 * halfAnHour);
    expect(world.metric('ReplicasVerified')).toBe(2);
    expect(world.pushes.waiting()).toEqual([]);
    expect(await world.told()).toEqual([]);
  });

  it('is reported when the tag at the source cannot be read: unreadable is not moved', async () => {
    const world = await startPushWorld({ environment: { DEADLINE_MINUTES: '0.25' } });
    holdTag(world);
    world.aws.ecr.faults.place({
      region: source.region,
      operations: ['DescribeImages'],
      effect: { is: 'access-denied' },
    });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(20);
    expect((await world.told()).map(inShort)).toEqual(['firing tag-mismatch eu-west-1: prod-web:1.0']);
  });

  it('is reported as archived at its deadline', async () => {
    const world = await startPushWorld();
    const imageDigest = world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(5);
    world.aws.ecr.call(ireland, 'UpdateImageStorageClass', {
      repositoryName: 'prod-web',
      imageId: { imageDigest },
      targetStorageClass: 'ARCHIVE',
    });
    await world.pass(halfAnHour);
    expect((await world.told()).map(inShort)).toEqual(['firing archived eu-west-1: prod-web:1.0']);
  });
});

describe('an image that nothing is expected of', () => {
  it('is exempt, counted and nothing else, when no rule covers its repository', async () => {
    const world = await startPushWorld();
    world.push({ repository: 'sandbox-tools', tag: 'latest' });
    await world.pass(20);
    expect(world.metric('PushesExempt', { SourceRegion: source.region })).toBe(1);
    expect(world.metric('PushesSeen')).toBe(1);
    expect(world.aws.ecr.calls.count({ operation: 'DescribeImages' })).toBe(0);
    expect(world.pushes.waiting()).toEqual([]);
  });

  it('is exempt, without a question to ECR, when its prefix is ignored', async () => {
    const world = await startPushWorld({ environment: { DEADLINES_BY_PREFIX: 'prod-scratch=ignore' } });
    world.push({ repository: 'prod-scratch/tools', tag: 'latest' });
    await world.pass(20);
    expect(world.metric('PushesExempt')).toBe(1);
    expect(world.aws.ecr.calls.count({ operation: 'DescribeImages' })).toBe(0);
    expect(world.pushes.waiting()).toEqual([]);
  });

  it('stays in the source itself: a rule that names it expects nothing there', async () => {
    const world = await startPushWorld();
    world.replicate(source, [{ prefixes: [], to: [source, ireland] }]);
    world.push({ repository: 'anything', tag: '1' });
    await world.pass(20);
    expect(world.metric('ReplicasVerified')).toBe(1);
    expect(world.aws.ecr.calls.count({ registry: source, operation: 'DescribeImages' })).toBe(0);
  });
});

describe('an image that is restored at its source', () => {
  it('is looked at like a push, since ECR replicates it like one', async () => {
    const world = await startPushWorld({ quirks: { restoreMs: 15 * 60_000 } });
    world.replicate(source, []);
    const imageDigest = world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(20);
    const to = async (targetStorageClass: string): Promise<void> => {
      const imageId = { imageDigest };
      const input = { repositoryName: 'prod-web', imageId, targetStorageClass };
      world.aws.ecr.call(source, 'UpdateImageStorageClass', input);
      await world.pass(20);
    };
    await to('ARCHIVE');
    expect(world.pushes.waiting()).toEqual([]);
    world.replicate(source, usualRules);
    world.aws.ecr.orders.replication({ region: sydney.region, outcome: { is: 'lose', claim: 'NONE' } });
    await to('STANDARD');
    await world.pass(halfAnHour);
    expect(world.metric('ReplicasVerified', { DestinationRegion: ireland.region })).toBe(1);
    expect((await world.told()).map(inShort)).toEqual(['firing not-started ap-southeast-2: prod-web:1.0']);
  });
});

describe('rules that change', () => {
  /** A quiet image, so that the rules have just been read when it is over. */
  async function readRulesOnce(world: World): Promise<void> {
    world.push({ repository: 'sandbox-tools', tag: 'latest' });
    await world.pass(20);
  }

  it('hold for what is pushed after the change, though they were read a moment before it', async () => {
    const world = await startPushWorld();
    await readRulesOnce(world);
    world.replicate(source, [{ prefixes: ['sandbox-'], to: [ireland] }]);
    world.push({ repository: 'sandbox-tools', tag: 'latest', build: 'second' });
    await world.pass(20);
    expect(world.metric('PushesExempt')).toBe(1);
    expect(world.metric('ReplicasVerified', { DestinationRegion: ireland.region })).toBe(1);
  });

  it('hold for what is reported after the change', async () => {
    const world = await startWorld();
    world.aws.ecr.orders.events({ of: 'push', effect: { is: 'lose' } });
    world.replicate(source, usualRules);
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(20);
    world.replicate(source, [{ prefixes: [], to: [ireland] }]);
    world.aws.ecr.orders.replication({ outcome: { is: 'fail', code: 'Broken' } });
    world.push({ repository: 'sandbox-tools', tag: 'latest' });
    await world.pass(5);
    expect((await world.told()).map(inShort)).toEqual(['firing failed eu-west-1: sandbox-tools:latest']);
  });

  it('end the wait for a destination that they no longer name', async () => {
    const world = await startPushWorld();
    world.aws.ecr.orders.replication({ outcome: { is: 'lose', claim: 'IN_PROGRESS' } });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(120);
    world.replicate(source, [{ prefixes: ['prod-'], to: [sydney] }]);
    await world.pass(2 * halfAnHour);
    expect((await world.told()).map(inShort)).toEqual(['firing overdue ap-southeast-2: prod-web:1.0']);
    expect(world.pushes.waiting()).toEqual([]);
  });

  it('are read once for all that waits', async () => {
    const world = await startPushWorld({ delayMs: 50_000 });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(60);
    expect(world.aws.ecr.calls.count({ operation: 'DescribeRegistry' })).toBe(1);
  });
});

describe('a message that has to wait', () => {
  it('is sent again with the same body and only the destinations that are still open', async () => {
    const world = await startPushWorld();
    world.aws.ecr.orders.replication({ region: sydney.region, delayMs: 3_600_000 });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(1);
    const before = world.pushes.waiting()[0]?.record.body;
    await world.pass(20);
    const [again, ...others] = world.pushes.waiting();
    expect(others).toEqual([]);
    expect(again?.record).toMatchObject({ body: before, waitingFor: [sydney] });
    world.aws.ecr.calls.reset();
    await world.pass(60);
    expect(world.aws.ecr.calls.count({ registry: sydney })).toBeGreaterThan(0);
    expect(world.aws.ecr.calls.count({ registry: ireland })).toBe(0);
  });

  it('comes back after growing pauses, and once exactly at the deadline', async () => {
    const world = await startPushWorld({ delayMs: 3_600_000 });
    world.push({ repository: 'prod-web', tag: '1.0' });
    const times = new Set<number>();
    await world.pass(2 * halfAnHour, {
      readImages: (read) => {
        times.add((world.clock.now() - morning) / 1000);
        return world.ports.readImages(read);
      },
    });
    const looks = [...times];
    expect(looks).toHaveLength(14);
    expect(looks.slice(0, 5)).toEqual([15, 25, 38, 57, 86]);
    expect(looks.at(-1)).toBe(halfAnHour);
    const pauses = looks.slice(1).map((at, n) => at - (looks[n] ?? 0));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(300);
  });
});

describe('an image of several architectures', () => {
  function pushIndex(world: World): void {
    const { ecr } = world.aws;
    const children = ['amd64', 'arm64'].map((name) => sampleManifest(`prod-web ${name}`));
    for (const manifest of children) ecr.pushImage(source, { repository: 'prod-web', manifest });
    ecr.pushImage(source, { repository: 'prod-web', manifest: sampleIndex(children), tag: '1.0' });
  }

  it('is verified with each of its children, which have no tag', async () => {
    const world = await startPushWorld();
    pushIndex(world);
    await world.pass(20);
    expect(world.metric('PushesSeen')).toBe(3);
    expect(world.metric('ReplicasVerified')).toBe(6);
    expect(world.aws.ecr.calls.count({ operation: 'DescribeImages' })).toBe(2);
    expect(claimsAsked(world)).toBe(0);
  });

  it('is told by the digest of the child that is missing', async () => {
    const world = await startPushWorld();
    const digest = digestOf(sampleManifest('prod-web arm64'));
    world.aws.ecr.orders.replication({
      region: ireland.region,
      digest,
      outcome: { is: 'lose', claim: 'NONE' },
    });
    pushIndex(world);
    await world.pass(halfAnHour + 1);
    expect((await world.told()).map(inShort)).toEqual([`firing not-started eu-west-1: prod-web@${digest}`]);
  });
});

describe('another account', () => {
  const elsewhere = { account: '444455556666', region: 'eu-central-1' };

  it('is looked at as a destination', async () => {
    const world = await startPushWorld();
    world.replicate(source, [{ prefixes: [], to: [elsewhere, ireland] }]);
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(20);
    expect(world.metric('ReplicasVerified', { DestinationRegion: elsewhere.region })).toBe(1);
    expect(world.aws.ecr.calls.count({ registry: elsewhere, operation: 'DescribeImages' })).toBe(1);
  });

  it('has its own cause when it refuses images', async () => {
    const world = await startPushWorld();
    world.replicate(source, [{ prefixes: [], to: [elsewhere] }]);
    world.aws.ecr.call(elsewhere, 'CreateRepository', { repositoryName: 'prod-web' });
    world.aws.ecr.orders.replication({ outcome: { is: 'fail', code: 'AccessDenied' } });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(20);
    const [told] = await world.told();
    expect(told).toMatchObject({ destination: elsewhere, incidents: [{ cause: 'cross-account-refused' }] });
    expect(told?.email).toContain('444455556666');
  });

  it('as a source whose rules the monitor may not read is one incident of that registry, not one an image', async () => {
    const world = await startPushWorld({ environment: { DEADLINE_MINUTES: '0.25' } });
    for (const tag of ['1', '2', '3']) world.push({ repository: 'prod-web', tag, from: elsewhere });
    await world.pass(20);
    const told = await world.told();
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ kind: 'unreadable', destination: elsewhere, open: 1 });
    expect(world.pushes.waiting()).toHaveLength(3);
  });
});
