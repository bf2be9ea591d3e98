/** Registries that cannot be read: unreadable is not missing; one incident a destination, and the images wait. */

import { describe, expect, it } from 'vitest';
import { ireland, source, sydney } from '../samples.ts';
import { inShort, secondsFor, startWorld, usualRules, type World } from '../world.ts';

const deadlineSeconds = 15;

async function startBlindWorld(): Promise<World> {
  const world = await startWorld({ environment: { DEADLINE_MINUTES: String(deadlineSeconds / 60) } });
  world.replicate(source, usualRules);
  world.aws.ecr.orders.events({ of: 'replication', effect: { is: 'lose' } });
  return world;
}

describe('a destination that cannot be read', () => {
  it.each([
    ['region-unavailable', { is: 'unreachable', how: 'reset' }],
    ['access-denied', { is: 'access-denied' }],
    ['throttled', { is: 'throttle' }],
    ['service-error', { is: 'server-error' }],
  ] as const)('is one incident at the deadline: %s', async (why, effect) => {
    const world = await startBlindWorld();
    world.aws.ecr.faults.place({ region: ireland.region, effect });
    for (const tag of ['1', '2', '3']) world.push({ repository: 'prod-web', tag });
    world.push({ repository: 'prod-api', tag: '1' });
    await secondsFor(() => world.pass(deadlineSeconds));
    const [told, ...others] = await world.told();
    expect(others).toEqual([]);
    expect(told).toMatchObject({ notice: 'firing', kind: 'unreadable', destination: ireland, open: 1 });
    expect(told?.incidents[0]?.evidence['unreadable']).toBe(why);
    expect(world.metric('ReplicasUnreadable', { DestinationRegion: ireland.region, Reason: why })).toBe(4);
    expect(world.metric('ReplicasVerified', { DestinationRegion: sydney.region })).toBe(4);
    // The images themselves are not judged: their messages go on.
    expect(world.pushes.waiting().map(({ record }) => record.waitingFor)).toEqual(Array(4).fill([ireland]));
  });

  it('is not called so before the deadline: what is readable again by then was nothing', async () => {
    const world = await startWorld();
    world.replicate(source, usualRules);
    const end = world.aws.ecr.faults.place({ region: ireland.region, effect: { is: 'access-denied' } });
    world.push({ repository: 'prod-web', tag: '1' });
    await world.pass(120);
    end();
    await world.pass(1_800);
    expect(await world.told()).toEqual([]);
    expect(world.metric('ReplicasVerified', { DestinationRegion: ireland.region })).toBe(1);
  });

  it('resolves when it can be read again, and its images are judged then', async () => {
    const world = await startBlindWorld();
    world.aws.ecr.orders.replication({
      region: ireland.region,
      repository: 'prod-api',
      outcome: { is: 'lose', claim: 'NONE' },
    });
    const end = world.aws.ecr.faults.place({ region: ireland.region, effect: { is: 'access-denied' } });
    world.push({ repository: 'prod-web', tag: '1' });
    world.push({ repository: 'prod-api', tag: '1' });
    await world.pass(deadlineSeconds);
    expect((await world.told()).map(({ kind }) => kind)).toEqual(['unreadable']);
    end();
    await world.pass(400);
    await world.followUp();
    const told = await world.told();
    expect(told.map(({ kind, notice }) => `${notice} ${kind}`).sort()).toEqual([
      'clear unreadable',
      'firing not-started',
    ]);
    expect(world.metric('ReplicasVerified', { DestinationRegion: ireland.region })).toBe(1);
    expect(world.pushes.waiting()).toEqual([]);
  });

  it('lets an image go after a day: the sweep finds it', async () => {
    const world = await startBlindWorld();
    world.aws.ecr.faults.place({ region: ireland.region, effect: { is: 'access-denied' } });
    world.push({ repository: 'prod-web', tag: '1' });
    await world.pass(60);
    world.clock.turn(24 * 60 * 60);
    await world.pass(600);
    expect(world.pushes.waiting()).toEqual([]);
  });

  it('is asked once and not once a batch when it does not answer', async () => {
    const world = await startBlindWorld();
    world.aws.ecr.faults.place({ region: ireland.region, effect: { is: 'unreachable' } });
    world.pushMany('prod-web', 1_000, [sydney]);
    await world.pass(deadlineSeconds);
    // Ten batches, of which four may be under way when the first one fails, each tried three times by the SDK.
    expect(world.aws.ecr.calls.count({ registry: ireland, operation: 'DescribeImages' })).toBeLessThanOrEqual(
      12,
    );
    expect((await world.told()).map(({ kind, open }) => [kind, open])).toEqual([['unreadable', 1]]);
    expect(world.pushes.waiting()).toHaveLength(1_000);
  });
});

describe('a source that cannot be read', () => {
  it('has its messages wait as they came, and judges them when its rules can be read', async () => {
    const world = await startWorld();
    world.replicate(source, usualRules);
    const end = world.aws.ecr.faults.place({
      operations: ['DescribeRegistry'],
      effect: { is: 'access-denied' },
    });
    world.push({ repository: 'prod-web', tag: '1' });
    world.push({ repository: 'sandbox', tag: '1' });
    await world.pass(60);
    expect(world.metric('PushesSeen')).toBe(0);
    expect(world.pushes.waiting().map(({ record }) => record.waitingFor)).toEqual([undefined, undefined]);
    end();
    await world.pass(120);
    expect(world.metric('PushesSeen')).toBe(2);
    expect(world.metric('PushesExempt')).toBe(1);
    expect(world.metric('ReplicasVerified')).toBe(2);
    expect(await world.told()).toEqual([]);
  });

  it('is one incident at the deadline, resolved by the follow-up', async () => {
    const world = await startBlindWorld();
    const end = world.aws.ecr.faults.place({
      operations: ['DescribeRegistry'],
      effect: { is: 'access-denied' },
    });
    for (const tag of ['1', '2', '3']) world.push({ repository: 'prod-web', tag });
    await world.pass(deadlineSeconds);
    const told = await world.told();
    expect(told.map(({ kind, destination, open }) => [kind, destination, open])).toEqual([
      ['unreadable', source, 1],
    ]);
    end();
    await world.pass(400);
    await world.followUp();
    expect((await world.told()).map(inShort)).toEqual(['clear unreadable us-east-1: prod-web:3']);
    expect(world.metric('ReplicasVerified')).toBe(6);
    expect(world.pushes.waiting()).toEqual([]);
  });

  it('is asked for few claims when it does not answer', async () => {
    const world = await startBlindWorld();
    world.pushMany('prod-web', 100, []);
    world.aws.ecr.faults.place({
      region: source.region,
      operations: ['DescribeImageReplicationStatus'],
      effect: { is: 'unreachable' },
    });
    await world.pass(deadlineSeconds);
    const operation = 'DescribeImageReplicationStatus';
    // Eight side by side, each tried three times by the SDK; after that it is known.
    expect(world.aws.ecr.calls.count({ operation })).toBeLessThanOrEqual(24);
    const told = await world.told();
    expect(told.map(({ kind, open }) => [kind, open])).toEqual([
      ['overdue', 100],
      ['overdue', 100],
    ]);
  });
});
