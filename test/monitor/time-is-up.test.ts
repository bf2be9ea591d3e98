/** Runs that have too little time for all that they are asked: what was not looked at is looked at by another one. */

import { describe, expect, it } from 'vitest';
import type { Registry } from '../../lib/image/registry.ts';
import { memoryIncidentStore } from '../../lib/local/incident-store.ts';
import { settleImageActions } from '../../lib/monitor/image-actions.ts';
import { settleReplicationActions } from '../../lib/monitor/replication-actions.ts';
import { leftMessage } from '../../lib/monitor/trace.ts';
import { defaultPolicies } from '../../lib/policies.ts';
import type { Ports } from '../../lib/ports.ts';
import type { ClaimsReading } from '../../lib/replication/claim.ts';
import type { Sighting } from '../../lib/replication/verdict.ts';
import { digestOf, ireland, source, sydney } from '../samples.ts';
import { createClock, createMailbox, pushEvent, reportEvent } from '../world.ts';

/** As serverless.yml has it. */
const timeoutSeconds = 60;
/** 40 ms a call, 8 at once. */
const secondsPerCall = 0.04 / 8;

const present: Sighting = { is: 'present', image: { storage: 'ACTIVE', tags: [] } };

interface SceneOptions {
  readonly destinations: readonly Registry[];
  readonly look?: (destination: Registry, repository: string) => Sighting;
  readonly secondsPerLook?: number;
  readonly claims?: ClaimsReading;
  readonly secondsPerClaim?: number;
}

/** A monitor and an ECR that takes its time, by the test's clock; nothing else takes any. */
function startScene({
  destinations,
  look = () => present,
  secondsPerLook = secondsPerCall,
  claims = { is: 'read', entries: [] },
  secondsPerClaim = secondsPerCall,
}: SceneOptions) {
  const clock = createClock();
  const pushes = createMailbox(clock, 'push');
  const reports = createMailbox(clock, 'report');
  const store = memoryIncidentStore();
  const looks: string[] = [];
  const opened: string[] = [];
  const logs: { message: string; fields: unknown }[] = [];
  const runSeconds: number[] = [];
  const sums = new Map<string, number>();
  const ports = {
    ...store,
    now: clock.now,
    chance: () => 0.5,
    log: (_, message, fields) => void logs.push({ message, fields }),
    readRules: async () => ({ is: 'read', rules: [{ destinations, prefixes: [] }] }),
    readImages: async ({ registry, repository, batches }) => {
      looks.push(`${repository} ${registry.region}`);
      clock.turn(secondsPerLook);
      const sighting = look(registry, repository);
      return new Map(batches.flat().map((digest) => [digest, sighting]));
    },
    readTags: async () => ({ is: 'unreadable', why: 'access-denied' }),
    readTagSettings: async () => undefined,
    readClaims: async () => {
      clock.turn(secondsPerClaim);
      return claims;
    },
    saveIncident: async (incident) => {
      opened.push(`${incident.kind} ${incident.replica.repository} ${incident.replica.destination.region}`);
      return store.saveIncident(incident);
    },
    publish: async () => {},
    putMetrics: async (series) => {
      for (const { name, dimensions, values, counts } of series) {
        if (dimensions.length === 0) continue;
        const sum = values.reduce((total, value, n) => total + value * (counts[n] ?? 1), 0);
        sums.set(name, (sums.get(name) ?? 0) + sum);
      }
    },
  } satisfies Partial<Ports>;

  /** One run of each function, with all that is due. */
  async function run(): Promise<void> {
    const begin = clock.now();
    const endsAt = begin + timeoutSeconds * 1000;
    await pushes.take((records) =>
      settleImageActions({ ...ports, sendAgain: pushes.sendAgain }, defaultPolicies, records, endsAt),
    );
    await reports.take((records) =>
      settleReplicationActions({ ...ports, sendAgain: reports.sendAgain }, defaultPolicies, records, endsAt),
    );
    runSeconds.push((clock.now() - begin) / 1000);
  }
  return {
    clock,
    pushes,
    reports,
    looks,
    opened,
    logs,
    runSeconds,
    run,
    sum: (name: string) => sums.get(name) ?? 0,
    push: (repository: string, ageSeconds = 20) => {
      const at = clock.now() - ageSeconds * 1000;
      pushes.put(pushEvent({ repository, digest: digestOf(repository), at }), 0);
    },
  };
}

const many = Array.from({ length: 25 }, (_, n): Registry => ({ ...source, region: `xx-north-${n + 1}` }));
const hour = 3_600;

describe('a full batch of 1,000 pushes to 1,000 repositories with 25 destinations', () => {
  it('is verified whole by runs that all end in time, each replica asked about once', async () => {
    const scene = startScene({ destinations: many });
    for (let n = 0; n < 1_000; n += 1) scene.push(`prod-${n}`);
    while (scene.pushes.waiting().length > 0) {
      await scene.run();
      // What is sent again is a new message: no run comes nearer to the dead letters.
      expect(Math.max(0, ...scene.pushes.waiting().map(({ receives }) => receives))).toBe(0);
    }
    expect(scene.looks).toHaveLength(25_000);
    expect(new Set(scene.looks).size).toBe(25_000);
    expect(scene.sum('ReplicasVerified')).toBe(25_000);
    expect(scene.sum('PushesSeen')).toBe(1_000);
    expect(scene.sum('ReplicasUnreadable')).toBe(0);
    // 125 s of calls, half a minute of them a run.
    expect(scene.runSeconds).toHaveLength(5);
    expect(Math.max(...scene.runSeconds)).toBeLessThan(timeoutSeconds / 2 + 1);
  });
});

describe('a run whose time is up', () => {
  it('sends what it has not begun with again as it came, and at once', async () => {
    const scene = startScene({ destinations: [ireland, sydney], secondsPerLook: 31 });
    scene.push('prod-a');
    scene.pushes.put(pushEvent({ repository: 'prod-b', digest: digestOf('b'), at: scene.clock.now() }), 0, [
      sydney,
    ]);
    scene.push('prod-c');
    await scene.run();
    // Reads that begin at one moment are not held back by each other; by the test's clock there is only one.
    expect(scene.looks).toEqual(['prod-a eu-west-1']);
    const [rest, ...others] = scene.pushes.waiting();
    expect(rest?.record.waitingFor).toEqual([sydney]);
    expect(others.map(({ record }) => record.waitingFor)).toEqual([undefined, [sydney]]);
    expect(scene.pushes.waiting().every(({ dueAt }) => dueAt === scene.clock.now())).toBe(true);
    expect(scene.logs).toContainEqual({ message: leftMessage, fields: { messages: 3, replicas: 4 } });
  });

  it('asks about those first who have waited longest, so that nobody is left again and again', async () => {
    const scene = startScene({ destinations: [ireland], secondsPerLook: 31 });
    scene.push('prod-new', 20);
    scene.push('prod-old', 900);
    await scene.run();
    expect(scene.looks).toEqual(['prod-old eu-west-1']);
    scene.push('prod-newer', 10);
    await scene.run();
    await scene.run();
    expect(scene.looks.map((look) => look.split(' ')[0])).toEqual(['prod-old', 'prod-new', 'prod-newer']);
  });

  it('goes on, however long one message takes, with what is left of it', async () => {
    const scene = startScene({ destinations: many, secondsPerLook: 10 });
    scene.push('prod-a');
    while (scene.pushes.waiting().length > 0) await scene.run();
    expect(new Set(scene.looks).size).toBe(25);
    expect(scene.looks).toHaveLength(25);
    expect([scene.sum('ReplicasVerified'), scene.sum('PushesSeen')]).toEqual([25, 1]);
  });

  it('judges nothing that ECR could not be asked about: a failure is not called overdue for want of time', async () => {
    const failed: ClaimsReading = {
      is: 'read',
      entries: [{ destination: ireland, status: 'FAILED', failureCode: 'KMS' }],
    };
    const scene = startScene({
      destinations: [ireland],
      look: () => ({ is: 'absent' }),
      claims: failed,
      secondsPerClaim: 31,
    });
    for (const repository of ['prod-a', 'prod-b', 'prod-c']) scene.push(repository, hour);
    await scene.run();
    expect(scene.opened).toEqual(['failed prod-a eu-west-1']);
    expect(scene.pushes.waiting()).toHaveLength(2);
    while (scene.pushes.waiting().length > 0) await scene.run();
    expect(scene.opened).toEqual(['a', 'b', 'c'].map((name) => `failed prod-${name} eu-west-1`));
    expect(scene.sum('PushesSeen')).toBe(3);
  });

  it('lets a push be whose image is gone at the source: it is withdrawn once', async () => {
    const scene = startScene({
      destinations: [ireland, sydney],
      look: () => ({ is: 'absent' }),
      claims: { is: 'source-gone' },
      secondsPerLook: 31,
    });
    scene.push('prod-a');
    await scene.run();
    expect(scene.pushes.waiting()).toEqual([]);
    expect(scene.sum('PushesWithdrawn')).toBe(1);
  });

  it('leaves reports of destinations to another run as well, and none of them is lost', async () => {
    const scene = startScene({
      destinations: [ireland],
      look: () => ({ is: 'absent' }),
      secondsPerLook: 31,
    });
    for (const repository of ['prod-a', 'prod-b']) {
      const at = scene.clock.now();
      const about = { repository, digest: digestOf(repository), to: ireland, result: 'FAILED', at };
      scene.reports.put(reportEvent(about), 0);
    }
    await scene.run();
    expect(scene.opened).toEqual(['failed prod-a eu-west-1']);
    await scene.run();
    expect(scene.opened).toEqual(['failed prod-a eu-west-1', 'failed prod-b eu-west-1']);
    expect(scene.reports.waiting()).toEqual([]);
  });
});
