/** Who would hide a failure, or drown people in false ones, by what they may do: add a silence, cause events. */

import { describe, expect, it } from 'vitest';
import { memoryIncidentStore } from '../../lib/local/incident-store.ts';
import { watchSovereignty } from '../../lib/monitor/sovereignty.ts';
import { defaultPolicies } from '../../lib/policies.ts';
import type { Publication } from '../../lib/ports.ts';
import { digestOf, ireland, source } from '../samples.ts';
import { inShort, pushEvent, reportEvent, startWorld } from '../world.ts';

describe('a silence of everything', () => {
  it('holds back no word of a destination that is not allowed', async () => {
    const store = memoryIncidentStore();
    const silence = { id: 's', from: 0, until: Number.MAX_SAFE_INTEGER, author: 'mallory', reason: 'x' };
    await store.saveSilence(silence);
    const told: Publication[] = [];
    const ports = {
      ...store,
      now: () => 1_000,
      log: () => {},
      readRules: async () => ({ is: 'read' as const, rules: [{ destinations: [ireland], prefixes: [] }] }),
      publish: async (publication: Publication) => void told.push(publication),
    };
    await watchSovereignty(ports, defaultPolicies.notices, ['eu-central-1'], [source]);
    expect(told.map(({ attributes }) => attributes['kind'])).toEqual(['not-allowed']);
  });
});

describe('events that are not true', () => {
  it('of arrivals and pushes that never were conclude nothing, tell nobody, and cost a few calls each', async () => {
    const world = await startWorld();
    world.replicate(source, [{ prefixes: ['prod-'], to: [ireland] }]);
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(60);
    world.aws.ecr.calls.reset();
    const count = 300;
    const at = world.clock.now();
    for (let n = 0; n < count; n += 1) {
      const image = { repository: 'prod-web', digest: digestOf(`forged ${n}`), at };
      world.reports.put(
        reportEvent({ ...image, to: ireland, result: n % 2 === 0 ? 'SUCCESS' : 'FAILED' }),
        0,
      );
      world.pushes.put(pushEvent(image), 0);
    }
    await world.pass(60);
    await world.followUp();
    expect(await world.told()).toEqual([]);
    expect(world.metric('ReplicasVerified')).toBe(1);
    expect(world.metric('PushesWithdrawn')).toBe(count);
    // Two events an image: a claim each, and a share of the calls that look for a hundred at once.
    expect(world.aws.ecr.calls.count()).toBeLessThan(4 * count);
    // None of them is waited for any longer.
    expect(world.pushes.waiting().length + world.reports.waiting().length).toBe(0);
  });

  it('of an arrival do not hide that the image is missing', async () => {
    const world = await startWorld({ environment: { DEADLINE_MINUTES: '1' } });
    world.replicate(source, [{ prefixes: ['prod-'], to: [ireland] }]);
    world.aws.ecr.orders.replication({ outcome: { is: 'lose', claim: 'COMPLETE' } });
    const digest = world.push({ repository: 'prod-web', tag: '1.0' });
    for (let n = 0; n < 10; n += 1) {
      const image = { repository: 'prod-web', digest, tag: '1.0', at: world.clock.now() };
      world.reports.put(reportEvent({ ...image, to: ireland, result: 'SUCCESS' }), 0);
      await world.pass(10);
    }
    expect((await world.told()).map(inShort)).toEqual(['firing contradicted eu-west-1: prod-web:1.0']);
    expect(world.metric('ReplicasVerified')).toBe(0);
  });
});
