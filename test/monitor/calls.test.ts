/** What looks cost in calls to ECR, counted by the local one: many images share few questions. */

import { beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../../lib/image/digest.ts';
import { inBatches } from '../../lib/replication/reads.ts';
import { digestOf, ireland, source, sydney } from '../samples.ts';
import { startWorld, usualRules, type World } from '../world.ts';

const replicas = 2_000;

describe('a batch of 1,000 pushes to one repository with two destinations', () => {
  /** Every so many images, one is at no destination. */
  async function callsWithMissing(every: number, quirks = {}): Promise<number> {
    const world = await startWorld({ quirks });
    world.replicate(source, usualRules);
    const digests = world.pushMany('prod-web', 1_000, []);
    const arrived = digests.filter((_, n) => n % every !== Math.floor(every / 2));
    for (const registry of [ireland, sydney]) {
      world.aws.ecr.seed(
        registry,
        'prod-web',
        arrived.map((digest) => ({ digest })),
      );
    }
    world.aws.ecr.calls.reset();
    await world.pass(15);
    expect(world.metric('ReplicasVerified')).toBe(2 * arrived.length);
    expect(world.pushes.waiting()).toHaveLength(1_000 - arrived.length);
    return world.aws.ecr.calls.count();
  }

  it('costs 21 calls when all have arrived', async () => {
    // A batch of 100 digests is one call, so 10 a destination, and one for the rules.
    expect(await callsWithMissing(Number.POSITIVE_INFINITY)).toBe(21);
  });

  it('costs at most one call in 20 replicas when 1 % is missing', async () => {
    expect((await callsWithMissing(100)) / replicas).toBeLessThanOrEqual(0.05);
  });

  it('costs at most one call in 10 replicas when 1 % is missing and ECR does not name the missing ones', async () => {
    const calls = await callsWithMissing(100, { missingIdHint: false });
    expect(calls / replicas).toBeLessThanOrEqual(0.1);
  });
});

describe('a look at one repository', () => {
  const present = Array.from({ length: 100 }, (_, n) => digestOf(`present ${n}`));

  async function startRepository(missingIdHint: boolean): Promise<World> {
    const world = await startWorld({ quirks: { missingIdHint } });
    world.aws.ecr.seed(
      ireland,
      'prod-web',
      present.map((digest) => ({ digest })),
    );
    return world;
  }

  async function lookFor(world: World, digests: readonly Digest[]) {
    world.aws.ecr.calls.reset();
    const batches = inBatches(digests, 100);
    const sightings = await world.ports.readImages({ registry: ireland, repository: 'prod-web', batches });
    const absent = digests.filter((digest) => sightings.get(digest)?.is === 'absent');
    const there = digests.filter((digest) => sightings.get(digest)?.is === 'present');
    expect(absent.length + there.length).toBe(digests.length);
    return { absent, calls: world.aws.ecr.calls.count() };
  }

  const unknown = digestOf('unknown');
  const withUnknownAt = (place: number): readonly Digest[] => present.with(place, unknown);

  it.each([0, 50, 99])('finds one unknown digest among 100 in two calls, at place %s', async (place) => {
    const world = await startRepository(true);
    expect(await lookFor(world, withUnknownAt(place))).toEqual({ absent: [unknown], calls: 2 });
  });

  it.each([0, 37, 50, 99])('finds it in at most 11 calls without a hint, at place %s', async (place) => {
    const world = await startRepository(false);
    const { absent, calls } = await lookFor(world, withUnknownAt(place));
    expect(absent).toEqual([unknown]);
    expect(calls).toBeLessThanOrEqual(11);
  });

  it.each([true, false])('finds 10,000 missing ones with listings (hints: %s)', async (hints) => {
    const world = await startRepository(hints);
    const others = Array.from({ length: 2_400 }, (_, n) => ({ digest: digestOf(`other ${n}`) }));
    world.aws.ecr.seed(ireland, 'prod-web', others);
    const missing = Array.from({ length: 10_000 }, (_, n) => digestOf(`missing ${n}`));
    const { absent, calls } = await lookFor(world, missing);
    expect(absent).toHaveLength(10_000);
    // 8 calls a batch before the repository is listed, and 2,500 images are three pages: 0.08 calls an image.
    expect(calls).toBeLessThanOrEqual(100 * 8 + 3);
    expect(world.aws.ecr.calls.count({ operation: 'ListImages' })).toBe(3);
  });

  it('asks once a batch where there is no repository', async () => {
    const world = await startWorld();
    const missing = Array.from({ length: 1_000 }, (_, n) => digestOf(`missing ${n}`));
    const batches = inBatches(missing, 100);
    await world.ports.readImages({ registry: ireland, repository: 'prod-web', batches });
    expect(world.aws.ecr.calls.count()).toBeLessThanOrEqual(10);
  });

  it('sees archived images, which ECR leaves out unless asked', async () => {
    const world = await startRepository(true);
    const digest = digestOf('archived');
    world.aws.ecr.seed(ireland, 'prod-web', [{ digest, status: 'ARCHIVED' }]);
    const sightings = await world.ports.readImages({
      registry: ireland,
      repository: 'prod-web',
      batches: [[digest]],
    });
    expect(sightings.get(digest)).toMatchObject({ is: 'present', image: { storage: 'ARCHIVED' } });
  });
});

describe('claims, which ECR tells one image a call', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
    world.replicate(source, usualRules);
  });
  const claims = (): number => world.aws.ecr.calls.count({ operation: 'DescribeImageReplicationStatus' });

  it('are asked once an image, not once a destination', async () => {
    world.pushMany('prod-web', 50, []);
    await world.pass(15);
    expect(claims()).toBe(50);
  });

  it('are asked for 200 images at most while it is too early to report any', async () => {
    world.pushMany('prod-web', 300, []);
    await world.pass(15);
    expect(claims()).toBe(200);
  });

  it('are asked for every image that is due', async () => {
    world.pushMany('prod-web', 300, []);
    world.clock.turn(30 * 60);
    await world.pass(0);
    expect(claims()).toBe(300);
    expect((await world.told()).map(({ kind, open }) => [kind, open])).toEqual([
      ['not-started', 300],
      ['not-started', 300],
    ]);
  });
});
