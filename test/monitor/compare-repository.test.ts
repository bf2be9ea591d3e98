/** One repository compared with its destinations, by the real SDK: what is found, in how many calls, and what if not all can be read. */

import { describe, expect, it } from 'vitest';
import { compareRepository } from '../../lib/monitor/compare-repository.ts';
import { listRepositoriesToSweep } from '../../lib/monitor/repositories-to-sweep.ts';
import { digestOf, ireland, source, sydney } from '../samples.ts';
import { yesterday } from '../sweep/pictures.ts';
import { startWorld, type World } from '../world.ts';

const repository = 'prod-web';
const destinations = [ireland, sydney];

function seed(world: World, registry: typeof source, from: number, to: number, change = {}): void {
  const images = Array.from({ length: to - from }, (_, at) => ({
    digest: digestOf(`${from + at}`),
    tags: [`build-${from + at}`],
    pushedAt: yesterday,
    ...change,
  }));
  world.aws.ecr.seed(registry, repository, images);
}

describe('a repository', () => {
  it('is read in pages of a thousand, each side once', async () => {
    const world = await startWorld();
    seed(world, source, 0, 3_500);
    seed(world, ireland, 0, 3_500);
    seed(world, sydney, 10, 3_500);
    world.aws.ecr.calls.reset();
    const pages: string[] = [];
    const { reading, destinations: compared } = await compareRepository(
      world.ports,
      world.config.policies,
      { source, repository, destinations },
      (progress) => pages.push(progress.is === 'page' ? progress.registry.region : `${progress.is}`),
    );
    expect(reading).toEqual({ is: 'read', images: 3_500 });
    expect(compared.map(({ counts }) => counts.inSync)).toEqual([3_500, 3_490]);
    expect(compared[1]?.drifts.map(({ is, image }) => `${is} ${image.tags[0]}`)).toEqual(
      Array.from({ length: 10 }, (_, n) => `missing build-${n}`),
    );
    expect(world.aws.ecr.calls.count()).toBe(12);
    expect(pages.slice(0, 4)).toEqual(Array(4).fill(source.region));
    expect(pages.filter((page) => page === 'compared')).toHaveLength(2);
  });

  it('tells archived images, extra ones, referrers and their media types', async () => {
    const world = await startWorld();
    const signature = {
      digest: digestOf('signature'),
      pushedAt: yesterday,
      artifactMediaType: 'application/vnd.cncf.notary.signature',
      subject: digestOf('0'),
    };
    seed(world, source, 0, 2);
    world.aws.ecr.seed(source, repository, [signature]);
    seed(world, ireland, 0, 1, { status: 'ARCHIVED' });
    seed(world, ireland, 1, 3);
    const [compared] = (
      await compareRepository(world.ports, world.config.policies, {
        source,
        repository,
        destinations: [ireland],
      })
    ).destinations;
    expect(compared?.counts).toEqual({
      expected: 3,
      inSync: 1,
      missing: 1,
      history: 0,
      tagMismatch: 0,
      archived: 1,
      extra: 1,
      young: 0,
    });
    expect(compared?.drifts.map(({ is }) => is)).toEqual(['archived', 'missing', 'extra']);
    expect(compared?.drifts[1]?.image).toEqual({
      digest: signature.digest,
      tags: [],
      storage: 'ACTIVE',
      pushedAt: yesterday,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactMediaType: signature.artifactMediaType,
      subject: digestOf('0'),
    });
  });

  it('is missing as a whole where it does not exist, and not judged where it cannot be read', async () => {
    const world = await startWorld();
    seed(world, source, 0, 5);
    const denied = { region: sydney.region, effect: { is: 'access-denied' as const } };
    world.aws.ecr.faults.place(denied);
    const { destinations: compared } = await compareRepository(world.ports, world.config.policies, {
      source,
      repository,
      destinations,
      historyBefore: () => yesterday + 1,
    });
    expect(compared[0]).toMatchObject({ repositoryAbsent: true, counts: { expected: 5, history: 5 } });
    expect(compared[1]).toMatchObject({
      reading: { is: 'unreadable', why: 'access-denied' },
      counts: { expected: 0, missing: 0 },
      drifts: [],
    });
  });

  it('is gone when it was deleted since it was listed, and not judged when its source cannot be read', async () => {
    const world = await startWorld();
    const wanted = { source, repository, destinations };
    const gone = await compareRepository(world.ports, world.config.policies, wanted);
    expect(gone).toMatchObject({ reading: { is: 'gone' }, destinations: [] });
    world.aws.ecr.faults.place({ region: source.region, effect: { is: 'access-denied' } });
    const unreadable = await compareRepository(world.ports, world.config.policies, wanted);
    expect(unreadable).toMatchObject({
      reading: { is: 'unreadable', why: 'access-denied' },
      destinations: [],
    });
  });

  it('hands over the destinations that were through when something is thrown', async () => {
    const world = await startWorld();
    seed(world, source, 0, 5);
    seed(world, ireland, 0, 5);
    const compared: string[] = [];
    const ports: Parameters<typeof compareRepository>[0] = {
      now: world.clock.now,
      readInventory: (registry, name, from) => {
        if (registry === sydney) throw new Error('time is up');
        return world.ports.readInventory(registry, name, from);
      },
    };
    const run = compareRepository(
      ports,
      world.config.policies,
      { source, repository, destinations },
      (progress) => {
        if (progress.is === 'compared') compared.push(progress.comparison.destination.region);
      },
    );
    await expect(run).rejects.toThrow('time is up');
    expect(compared).toEqual([ireland.region]);
  });
});

describe('what a sweep goes through', () => {
  it('are the repositories that rules cover and no deadline ignores, each with its destinations', async () => {
    const world = await startWorld({ environment: { DEADLINES_BY_PREFIX: 'prod-scratch=ignore' } });
    world.replicate(source, [
      { prefixes: ['prod-'], to: [ireland] },
      { prefixes: ['prod-web'], to: [sydney] },
    ]);
    for (const name of ['prod-web', 'prod-api', 'prod-scratch', 'other'])
      world.aws.ecr.seed(source, name, []);
    const list = (scope = {}) => listRepositoriesToSweep(world.ports, world.config.policies, source, scope);
    expect(await list()).toMatchObject({
      is: 'read',
      repositories: ['prod-web', 'prod-api', 'prod-scratch', 'other'],
      covered: [
        { repository: 'prod-web', destinations: [ireland, sydney] },
        { repository: 'prod-api', destinations: [ireland] },
      ],
    });
    expect(await list({ prefix: 'prod-a' })).toMatchObject({ covered: [{ repository: 'prod-api' }] });
    world.clock.turn(61);
    world.aws.ecr.faults.place({ effect: { is: 'access-denied' } });
    expect(await list()).toEqual({ is: 'unreadable', why: 'access-denied' });
  });
});
