/** What destinations report, arrivals and failures: it wakes a look at once, and is never believed by itself. */

import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { incidentItem } from '../../lib/aws/items.ts';
import type { Registry } from '../../lib/image/registry.ts';
import { groupKey, groupOf } from '../../lib/incident/incident.ts';
import { sampleManifest } from '../../lib/local/manifest.ts';
import { settleImageActions } from '../../lib/monitor/image-actions.ts';
import { ireland, source, sydney } from '../samples.ts';
import { inShort, reportEvent, startWorld, type World } from '../world.ts';

const halfAnHour = 30 * 60;

async function startReportWorld(...options: Parameters<typeof startWorld>): Promise<World> {
  const world = await startWorld(...options);
  world.replicate(source, [{ prefixes: ['prod-'], to: [ireland] }]);
  return world;
}

/** A report that nobody but the test makes. */
function report(
  { clock, reports }: World,
  {
    to = ireland,
    ...reported
  }: { result: string; repository: string; digest: string; tag?: string; to?: Registry },
): void {
  reports.put(reportEvent({ ...reported, to, at: clock.now() }), 0);
}

describe('a reported failure', () => {
  it('is told at once, before the push itself has been looked at', async () => {
    const world = await startReportWorld();
    world.aws.ecr.orders.replication({ outcome: { is: 'fail', code: 'Broken' } });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(3);
    expect((await world.told()).map(inShort)).toEqual(['firing failed eu-west-1: prod-web:1.0']);
  });

  it.each(['FAILED', 'FAILURE', 'ERROR'])('is one whatever it is called: %s', async (result) => {
    const world = await startReportWorld();
    world.aws.ecr.orders.replication({ outcome: { is: 'fail', code: 'Broken', result } });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(3);
    expect(await world.told()).toHaveLength(1);
  });

  it('pages nobody while ECR tries again, and nobody when the image arrives', async () => {
    const world = await startReportWorld();
    world.aws.ecr.orders.replication({ outcome: { is: 'fail', code: 'Slow', retry: { afterMs: 300_000 } } });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(2 * halfAnHour);
    expect(await world.told()).toEqual([]);
    expect(world.pushes.waiting()).toEqual([]);
    expect(world.reports.waiting()).toEqual([]);
  });

  it('is overdue at the deadline when ECR is still trying by then', async () => {
    const world = await startReportWorld();
    world.aws.ecr.orders.replication({
      outcome: { is: 'fail', code: 'Slow', retry: { afterMs: 5_400_000 } },
    });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(halfAnHour + 10);
    expect((await world.told()).map(inShort)).toEqual(['firing overdue eu-west-1: prod-web:1.0']);
  });

  it.each([
    ['COMPLETE', 'COMPLETE'],
    ['NONE', 'no-entry'],
  ] as const)('is told as failed when the image is not there and ECR claims %s', async (claim, ecrSays) => {
    const world = await startReportWorld();
    world.aws.ecr.orders.replication({ outcome: { is: 'lose', claim } });
    const digest = world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(5);
    report(world, { result: 'FAILED', repository: 'prod-web', digest, tag: '1.0' });
    await world.pass(1);
    const told = await world.told();
    expect(told.map(inShort)).toEqual(['firing failed eu-west-1: prod-web:1.0']);
    expect(told[0]?.incidents[0]?.evidence['ecrSays']).toBe(ecrSays);
  });

  it('is nothing when the image is there after all', async () => {
    const world = await startReportWorld();
    const digest = world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(5);
    report(world, { result: 'FAILED', repository: 'prod-web', digest, tag: '1.0' });
    await world.pass(halfAnHour);
    expect(await world.told()).toEqual([]);
    expect(world.reports.waiting()).toEqual([]);
  });

  it('is nothing when the image is gone at its source', async () => {
    const world = await startReportWorld();
    report(world, { result: 'FAILED', repository: 'prod-web', digest: 'sha256:0123', tag: '1.0' });
    await world.pass(halfAnHour);
    expect(await world.told()).toEqual([]);
    expect(world.reports.waiting()).toEqual([]);
  });

  it('is nothing to us when no rule covers the repository', async () => {
    const world = await startReportWorld();
    report(world, { result: 'FAILED', repository: 'sandbox', digest: 'sha256:0123' });
    await world.pass(halfAnHour);
    expect(await world.told()).toEqual([]);
    expect(world.reports.waiting()).toEqual([]);
    expect(world.metric('PushesSeen')).toBe(0);
  });
});

describe('a reported arrival', () => {
  it('resolves what was open, at once and with its lateness', async () => {
    const world = await startReportWorld({ delayMs: 40 * 60_000 });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(halfAnHour + 1);
    expect((await world.told()).map(inShort)).toEqual(['firing overdue eu-west-1: prod-web:1.0']);
    await world.pass(10 * 60);
    const [told, ...others] = await world.told();
    expect(others).toEqual([]);
    expect(told).toMatchObject({
      notice: 'clear',
      status: 'resolved',
      kind: 'overdue',
      open: 0,
      incidents: [{ image: 'prod-web:1.0', state: 'resolved', latenessSeconds: 600 }],
    });
    expect(world.metric('ReplicasRecovered', { DestinationRegion: ireland.region })).toBe(1);
  });

  it('is an all-clear, though the index of open incidents may still show what was resolved a moment ago', async () => {
    const world = await startReportWorld({ delayMs: 40 * 60_000 });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(halfAnHour + 1);
    await world.told();
    const client = new DynamoDBClient({});
    onTestFinished(() => client.destroy());
    await world.pass(10 * 60, {
      saveIncident: async (incident) => {
        const saved = await world.ports.saveIncident(incident);
        // DynamoDB updates an index after the item: for a moment it has the keys of the incident that was open.
        const stale = { openIn: { S: groupKey(groupOf(incident)) }, lookAt: { N: '0' } };
        const Item = { ...incidentItem(incident), ...stale };
        await client.send(new PutItemCommand({ TableName: 'incidents', Item }));
        return saved;
      },
    });
    expect((await world.told()).map(({ notice, open }) => [notice, open])).toEqual([['clear', 0]]);
  });

  it('that is not true resolves nothing, and is reported once at the deadline', async () => {
    const world = await startReportWorld();
    world.aws.ecr.orders.replication({ outcome: { is: 'lose', claim: 'COMPLETE', announced: true } });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(2 * halfAnHour);
    expect((await world.told()).map(inShort)).toEqual(['firing contradicted eu-west-1: prod-web:1.0']);
    expect(world.metric('ReplicasOverdue')).toBe(1);
    expect(world.reports.waiting()).toEqual([]);
  });

  it('that is not true leaves an open incident open', async () => {
    const world = await startReportWorld({ delayMs: 7_200_000 });
    const digest = world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(halfAnHour + 1);
    await world.told();
    report(world, { result: 'SUCCESS', repository: 'prod-web', digest, tag: '1.0' });
    await world.pass(halfAnHour + 600);
    expect(await world.told()).toEqual([]);
    await world.followUp();
    expect(world.metric('OpenIncidents', { DestinationRegion: ireland.region })).toBe(1);
  });

  it('is checked by tag as well as by digest', async () => {
    const world = await startReportWorld();
    world.aws.ecr.orders.replication({ stripTag: true });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(halfAnHour + 10);
    expect((await world.told()).map(inShort)).toEqual(['firing tag-mismatch eu-west-1: prod-web:1.0']);
  });
});

describe('the same replica, reported again', () => {
  it('opens one incident and sends one alert, whoever reports it: push, failure, arrival', async () => {
    const world = await startReportWorld();
    world.aws.ecr.orders.replication({ outcome: { is: 'fail', code: 'Broken' } });
    world.aws.ecr.orders.events({ of: 'push', effect: { is: 'double' } });
    world.aws.ecr.orders.events({ of: 'replication', effect: { is: 'double' } });
    const digest = world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(20);
    report(world, { result: 'SUCCESS', repository: 'prod-web', digest, tag: '1.0' });
    await world.pass(2 * halfAnHour);
    await world.followUp();
    expect((await world.told()).map(inShort)).toEqual(['firing failed eu-west-1: prod-web:1.0']);
    expect(world.metric('ReplicasFailed')).toBe(1);
    expect(world.metric('ReplicasOverdue')).toBe(0);
    expect(world.metric('OpenIncidents')).toBe(1);
  });

  it('opens one incident when two functions find it at the same moment', async () => {
    const world = await startReportWorld({ environment: { DEADLINE_MINUTES: '0.25' } });
    world.aws.ecr.orders.replication({ outcome: { is: 'lose', claim: 'NONE' } });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(1);
    const body = world.pushes.waiting()[0]?.record.body ?? '';
    world.clock.turn(30);
    const { policies } = world.config;
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((messageId) =>
        settleImageActions(world.ports, policies, [{ messageId, body }]),
      ),
    );
    expect(answers.map(({ size }) => size)).toEqual([0, 0, 0, 0]);
    expect((await world.told()).map(inShort)).toEqual(['firing not-started eu-west-1: prod-web:1.0']);
    expect(world.metric('ReplicasOverdue')).toBe(1);
  });

  it('is one incident when one digest is pushed under two tags', async () => {
    const world = await startReportWorld();
    world.aws.ecr.orders.replication({ outcome: { is: 'lose', claim: 'IN_PROGRESS' } });
    world.push({ repository: 'prod-web', tag: '1.0', build: 'same' });
    world.push({ repository: 'prod-web', tag: 'latest', build: 'same' });
    await world.pass(halfAnHour + 1);
    const told = await world.told();
    expect(told).toHaveLength(1);
    expect(told[0]?.open).toBe(1);
  });
});

describe('two source accounts', () => {
  it('do not mix: the same image of another registry is another replica', async () => {
    const world = await startReportWorld();
    const other = { account: source.account, region: 'us-west-2' };
    world.replicate(other, [{ prefixes: ['prod-'], to: [sydney] }]);
    world.aws.ecr.orders.replication({ outcome: { is: 'fail', code: 'Broken' } });
    const manifest = sampleManifest('prod-web:1.0');
    for (const registry of [source, other]) {
      world.aws.ecr.pushImage(registry, { repository: 'prod-web', manifest, tag: '1.0' });
    }
    await world.pass(20);
    expect((await world.told()).map(inShort).sort()).toEqual([
      'firing failed ap-southeast-2: prod-web:1.0',
      'firing failed eu-west-1: prod-web:1.0',
    ]);
  });
});
