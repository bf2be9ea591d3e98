/** Whole registries swept on the local AWS, by the real SDK: what is found, told and measured. */

import { describe, expect, it } from 'vitest';
import type { Registry } from '../../lib/image/registry.ts';
import type { Incident } from '../../lib/incident/incident.ts';
import { memoryIncidentStore } from '../../lib/local/incident-store.ts';
import type { ListedResult } from '../../lib/sweep/run.ts';
import { ireland, source, sydney } from '../samples.ts';
import { startWorld } from '../world.ts';
import { digestOfNumber } from './many-incidents.ts';

const oregon: Registry = { ...source, region: 'us-west-2' };
const destinations = [ireland, sydney, oregon];
const minute = 60_000;

const hour = 3_600;

describe('a registry of 200 repositories with 500 images each and three destinations', () => {
  it('has each drift found once, nothing else, and the gauges right', { timeout: 180_000 }, async () => {
    const world = await startWorld({ keepCalls: 10 });
    const store = memoryIncidentStore();
    const results: ListedResult[] = [];
    const ports = {
      ...store,
      saveResult: async (run: string, result: ListedResult) => {
        results.push(result);
        return store.saveResult(run, result);
      },
    };
    world.replicate(source, [{ prefixes: ['prod-'], to: destinations }]);
    await world.followUp(ports);
    const pushedAt = world.clock.now() + minute;
    const expected = new Map<string, string>();
    for (let repository = 0; repository < 200; repository += 1) {
      const name = `prod-${repository}`;
      const all = Array.from({ length: 500 }, (_, n) => ({
        digest: digestOfNumber(repository * 1_000 + n),
        tags: [`build-${n}`],
        pushedAt,
      }));
      world.aws.ecr.seed(source, name, all);
      for (const [at, destination] of destinations.entries()) {
        // 1 % of each kind, other images at each destination.
        const kindOf = (n: number): number => (n - at * 7 - repository + 500) % 100;
        const there = all.filter((_, n) => kindOf(n) !== 0);
        world.aws.ecr.seed(
          destination,
          name,
          there.map((image, _, list) => {
            const n = image.digest === '' ? list.length : Number(image.tags[0]?.slice(6));
            if (kindOf(n) === 1) return { ...image, tags: [] };
            if (kindOf(n) === 2) return { ...image, status: 'ARCHIVED' as const };
            return image;
          }),
        );
        const extras = Array.from({ length: 5 }, (_, n) => ({
          digest: digestOfNumber(repository * 1_000 + 900 + at * 10 + n),
          pushedAt,
        }));
        world.aws.ecr.seed(destination, name, extras);
        for (let n = 0; n < 500; n += 1) {
          const is = ['missing', 'tag-mismatch', 'archived'][kindOf(n)];
          if (is !== undefined)
            expected.set(`${name} ${destination.region} ${digestOfNumber(repository * 1_000 + n)}`, is);
        }
        for (const { digest } of extras) expected.set(`${name} ${destination.region} ${digest}`, 'extra');
      }
    }
    world.clock.turn(24 * hour);
    world.aws.ecr.calls.reset();
    await world.sweep({}, ports);
    await world.followUp(ports);

    const found = results.flatMap(({ repository, destination, listed }) =>
      listed.map(({ is, digest }) => [`${repository} ${destination.region} ${digest}`, is] as const),
    );
    expect(found).toHaveLength(expected.size);
    expect(new Map(found)).toEqual(expected);
    for (const destination of destinations) {
      const gauge = (name: string) => world.gauge(name, destination);
      expect(gauge('SweepImages')).toBe(100_000);
      expect(gauge('SweepMissing')).toBe(1_000);
      expect(gauge('SweepTagMismatch')).toBe(1_000);
      expect(gauge('SweepArchived')).toBe(1_000);
      expect(gauge('SweepExtra')).toBe(1_000);
      expect(gauge('SweepHistory')).toBe(0);
      expect(gauge('SweepUnreadable')).toBe(0);
      expect(gauge('SweepCoverage')).toBe(97);
      expect(gauge('SweepCoverageDrop')).toBe(0);
    }
    // One summary a destination, of what is missing; tags are told when they have had their time.
    const missing = await world.told();
    expect(
      missing
        .map(({ kind, destination, open, notice }) => `${notice} ${kind} ${destination.region} ${open}`)
        .sort(),
    ).toEqual(destinations.map(({ region }) => `firing not-started ${region} 1000`).sort());
    world.clock.turn(15 * 60);
    await world.settleSweeps(ports);
    expect(await openOf(ports, 'tag-mismatch')).toBe(0);
    world.clock.turn(15 * 60);
    await world.settleSweeps(ports);
    expect(world.sweeps.waiting()).toEqual([]);
    expect(await openOf(ports, 'tag-mismatch')).toBe(3_000);
    expect(await openOf(ports, 'not-started')).toBe(3_000);
  });
});

async function openOf(
  ports: Pick<ReturnType<typeof memoryIncidentStore>, 'readOpen'>,
  kind: Incident['kind'],
) {
  let sum = 0;
  for (const destination of destinations) sum += (await ports.readOpen({ destination, kind }, 0)).ids.size;
  return sum;
}

describe('the first sweep of a registry with 50,000 images from before the rule', () => {
  it('opens no incident, sends one notice, and tells the coverage', { timeout: 60_000 }, async () => {
    const world = await startWorld();
    world.replicate(source, [{ prefixes: [], to: [ireland] }]);
    const old = Array.from({ length: 50_000 }, (_, n) => ({
      digest: digestOfNumber(n),
      tags: [`build-${n}`],
      pushedAt: world.clock.now() - 400 * 24 * hour * 1000 + n,
    }));
    world.aws.ecr.seed(source, 'prod-web', old);
    world.aws.ecr.seed(ireland, 'prod-web', old.slice(0, 12_500));
    world.aws.ecr.calls.reset();
    await world.sweep();
    expect(world.aws.ecr.calls.count({ operation: 'DescribeImages' })).toBe(50 + 13);
    expect(world.aws.ecr.calls.count({ operation: 'DescribeImageReplicationStatus' })).toBe(0);
    for (let minutes = 0; minutes < 5; minutes += 1) {
      await world.followUp();
      world.clock.turn(60);
    }
    const [told, ...more] = await world.told();
    expect(more).toEqual([]);
    expect(told).toMatchObject({
      kind: 'history',
      notice: 'firing',
      severity: 'warning',
      open: 37_500,
      incidents: [],
      summary: '37,500 images from before replication are not in eu-west-1 (111122223333)',
    });
    expect(told?.email).toContain('Coverage: 25.0 % of the 50,000 images');
    expect(told?.email).toContain(
      'aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1',
    );
    expect(world.gauge('SweepCoverage', ireland)).toBe(25);
    expect(world.gauge('SweepHistory', ireland)).toBe(37_500);
    expect(world.gauge('OpenIncidents', ireland)).toBe(0);
  });
});
