/** What comes of a sweep, by the real SDK on the local AWS: incidents, endings, notices, gauges; and of one that is stopped. */

import { describe, expect, it } from 'vitest';
import type { Digest } from '../../lib/image/digest.ts';
import type { Registry } from '../../lib/image/registry.ts';
import { startSweep } from '../../lib/monitor/start-sweep.ts';
import type { Ports } from '../../lib/ports.ts';
import { digestOf, ireland, source, sydney } from '../samples.ts';
import { inShort, startWorld, usualRules, type World } from '../world.ts';

const minute = 60;
const day = 24 * 60 * minute;

/** A world that watched the rules before anything was pushed. */
async function startWatched(environment: Readonly<Record<string, string>> = {}): Promise<World> {
  const world = await startWorld({ environment });
  world.replicate(source, usualRules);
  await world.followUp();
  world.clock.turn(minute);
  return world;
}

function seed(
  world: World,
  registry: Registry,
  tags: readonly string[],
  repository = 'prod-web',
): readonly Digest[] {
  const images = tags.map((tag) => ({ digest: digestOf(`${repository} ${tag}`), tags: [tag] }));
  world.aws.ecr.seed(registry, repository, images);
  return images.map(({ digest }) => digest);
}

/** What subscribers get in so many minutes of follow-up, in short. */
async function toldIn(world: World, minutes: number): Promise<readonly string[]> {
  for (let n = 0; n < minutes; n += 1) {
    await world.followUp();
    world.clock.turn(minute);
  }
  return (await world.told()).map(inShort);
}

async function incidents(world: World): Promise<readonly string[]> {
  const groups = await world.ports.readGroups();
  const open = await Promise.all(groups.map((group) => world.ports.readOpen(group, 1_000)));
  return open
    .flatMap(({ oldest }) => oldest)
    .map(({ kind, replica }) => `${kind} ${replica.tag} ${replica.destination.region}`)
    .sort();
}

describe('an image whose push no event announced', () => {
  it('is found, told once with the others, and told again when it is there', async () => {
    const world = await startWatched();
    seed(world, source, ['1', '2', '3']);
    seed(world, ireland, ['1']);
    seed(world, sydney, ['1', '2', '3']);
    world.clock.turn(day);
    await world.sweep();
    expect(await toldIn(world, 3)).toEqual(['firing not-started eu-west-1: prod-web:2 prod-web:3']);
    expect(world.gauge('SweepMissing', ireland)).toBe(2);
    expect(world.gauge('SweepMissing', sydney)).toBe(0);
    expect(world.gauge('SweepCoverage', sydney)).toBe(100);
    expect(world.metric('ReplicasOverdue', { DestinationRegion: ireland.region })).toBe(2);

    seed(world, ireland, ['2', '3']);
    await world.sweep();
    expect(await incidents(world)).toEqual([]);
    expect(world.metric('ReplicasRecovered')).toBe(2);
    expect(await toldIn(world, 6)).toEqual(['clear not-started eu-west-1: prod-web:2 prod-web:3']);
    expect(world.gauge('SweepMissing', ireland)).toBe(0);
  });

  it('has the identity that the push path gives: told once, whoever finds it', async () => {
    const world = await startWatched();
    world.aws.ecr.orders.replication({ region: ireland.region, outcome: { is: 'lose', claim: 'COMPLETE' } });
    world.push({ repository: 'prod-web', tag: '1' });
    await world.pass(31 * minute);
    expect(await incidents(world)).toEqual(['contradicted 1 eu-west-1']);
    await world.sweep();
    await world.sweep();
    expect(await incidents(world)).toEqual(['contradicted 1 eu-west-1']);
    expect(await toldIn(world, 10)).toEqual(['firing contradicted eu-west-1: prod-web:1']);
  });

  it('is left alone while it is young', async () => {
    const world = await startWatched();
    seed(world, source, ['1']);
    world.clock.turn(29 * minute);
    await world.sweep();
    expect(await incidents(world)).toEqual([]);
    await world.followUp();
    expect(world.gauge('SweepImages', ireland)).toBe(0);
    world.clock.turn(minute);
    await world.sweep();
    expect(await incidents(world)).toEqual(['not-started 1 ap-southeast-2', 'not-started 1 eu-west-1']);
  });

  it("is nobody's business where a rule has gone since the sweep began", async () => {
    const world = await startWatched();
    seed(world, source, ['1']);
    world.clock.turn(day);
    const changed: Ports['readInventory'] = (...asked) => {
      world.replicate(source, [{ prefixes: ['prod-'], to: [sydney] }]);
      world.clock.turn(1);
      return world.ports.readInventory(...asked);
    };
    await world.sweep({}, { readInventory: changed });
    expect(await incidents(world)).toEqual(['not-started 1 ap-southeast-2']);
  });

  it('is told as ECR says', async () => {
    const world = await startWatched();
    seed(world, source, ['1']);
    world.clock.turn(day);
    const claims: Ports['readClaims'] = async () => ({
      is: 'read',
      entries: [
        { destination: ireland, status: 'FAILED', failureCode: 'X' },
        { destination: sydney, status: 'COMPLETE' },
      ],
    });
    await world.sweep({}, { readClaims: claims });
    expect(await incidents(world)).toEqual(['contradicted 1 ap-southeast-2', 'failed 1 eu-west-1']);
  });

  it('is withdrawn without a word when it was deleted while the sweep went on', async () => {
    const world = await startWatched();
    seed(world, source, ['1']);
    world.clock.turn(day);
    await world.sweep({}, { readClaims: async () => ({ is: 'source-gone' }) });
    expect(await incidents(world)).toEqual([]);
  });

  it('is not told when it arrived between the two looks', async () => {
    const world = await startWatched();
    seed(world, source, ['1']);
    seed(world, sydney, ['1']);
    world.clock.turn(day);
    let listings = 0;
    await world.sweep(
      {},
      {
        readInventory: async (registry, repository, from) => {
          const page = await world.ports.readInventory(registry, repository, from);
          if (registry.region === ireland.region && listings++ === 0) seed(world, ireland, ['1']);
          return page;
        },
      },
    );
    expect(listings).toBe(2);
    expect(await incidents(world)).toEqual([]);
  });
});

describe('a tag', () => {
  /** The image is in both places; at the destination the tag is on an older one. */
  async function startWithMovedTag(): Promise<World> {
    const world = await startWatched();
    const [old = '', latest = ''] = ['old', 'new'].map((build) => digestOf(build));
    for (const registry of [source, ireland, sydney]) {
      world.aws.ecr.seed(registry, 'prod-web', [{ digest: old, tags: ['latest'] }, { digest: latest }]);
    }
    for (const registry of [source, sydney]) {
      world.aws.ecr.seed(registry, 'prod-web', [{ digest: latest, tags: ['latest'] }]);
    }
    world.clock.turn(day);
    return world;
  }

  it('that is on another image there is told when it has had its time, since ECR does not date tags', async () => {
    const world = await startWithMovedTag();
    await world.sweep();
    await world.followUp();
    expect(world.gauge('SweepTagMismatch', ireland)).toBe(1);
    world.clock.turn(29 * minute);
    await world.settleSweeps();
    expect(await incidents(world)).toEqual([]);
    world.clock.turn(minute);
    await world.settleSweeps();
    expect(await incidents(world)).toEqual(['tag-mismatch latest eu-west-1']);
    expect(world.sweeps.waiting()).toEqual([]);
  });

  it('that is put right by then is never told', async () => {
    const world = await startWithMovedTag();
    await world.sweep();
    world.aws.ecr.seed(ireland, 'prod-web', [{ digest: digestOf('new'), tags: ['latest'] }]);
    world.clock.turn(15 * minute);
    await world.settleSweeps();
    world.clock.turn(15 * minute);
    await world.settleSweeps();
    expect(await incidents(world)).toEqual([]);
    expect(world.sweeps.waiting()).toEqual([]);
  });

  it('that moved on at its source by then is never told', async () => {
    const world = await startWithMovedTag();
    await world.sweep();
    world.aws.ecr.seed(source, 'prod-web', [{ digest: digestOf('newest'), tags: ['latest'] }]);
    world.clock.turn(15 * minute);
    await world.settleSweeps();
    world.clock.turn(15 * minute);
    await world.settleSweeps();
    expect(await incidents(world)).toEqual([]);
  });
});

describe('what is archived or extra', () => {
  it('is counted, and nobody is paged', async () => {
    const world = await startWatched();
    const images = ['1', '2'].map((tag) => ({ digest: digestOf(tag), tags: [tag] }));
    world.aws.ecr.seed(source, 'prod-web', images.slice(0, 1));
    for (const registry of [ireland, sydney]) {
      world.aws.ecr.seed(
        registry,
        'prod-web',
        images.slice(0, 1).map((image) => ({ ...image, status: 'ARCHIVED' as const })),
      );
      world.aws.ecr.seed(registry, 'prod-web', images.slice(1));
    }
    world.clock.turn(day);
    await world.sweep();
    expect(await toldIn(world, 2)).toEqual([]);
    expect([world.gauge('SweepArchived', ireland), world.gauge('SweepExtra', ireland)]).toEqual([1, 1]);
    expect(world.gauge('SweepCoverage', ireland)).toBe(0);
    expect(await incidents(world)).toEqual([]);
  });
});

describe('images of the past', () => {
  it('are those from before their rule was seen; a destination that is added later has a history of its own', async () => {
    const world = await startWorld();
    world.replicate(source, [{ prefixes: ['prod-'], to: [ireland] }]);
    await world.followUp();
    world.clock.turn(minute);
    seed(world, source, ['1', '2']);
    seed(world, ireland, ['1']);
    world.clock.turn(day);
    world.replicate(source, usualRules);
    await world.followUp();
    world.clock.turn(minute);
    seed(world, source, ['3']);
    seed(world, ireland, ['3']);
    world.clock.turn(day);
    await world.sweep();
    expect(await incidents(world)).toEqual(['not-started 2 eu-west-1', 'not-started 3 ap-southeast-2']);
    expect((await toldIn(world, 2)).toSorted()).toEqual([
      'firing history ap-southeast-2: ',
      'firing not-started ap-southeast-2: prod-web:3',
      'firing not-started eu-west-1: prod-web:2',
    ]);
    expect(world.gauge('SweepHistory', sydney)).toBe(2);
    expect(world.gauge('SweepMissing', sydney)).toBe(1);
  });

  it('are told of once a week while they last, and once when they are there', async () => {
    const world = await startWorld();
    world.replicate(source, [{ prefixes: ['prod-'], to: [ireland] }]);
    seed(world, source, ['1', '2']);
    world.clock.turn(minute);
    await world.sweep();
    world.clock.turn(day);
    await world.sweep();
    expect(await toldIn(world, 3)).toEqual(['firing history eu-west-1: ']);
    world.clock.turn(6 * day);
    expect(await toldIn(world, 2)).toEqual([]);
    world.clock.turn(day);
    expect(await toldIn(world, 2)).toEqual(['reminder history eu-west-1: ']);
    seed(world, ireland, ['1', '2']);
    await world.sweep();
    expect(await toldIn(world, 8)).toEqual(['clear history eu-west-1: ']);
    expect(world.gauge('SweepHistory', ireland)).toBe(0);
  });

  it('of the hour before their rule was seen are incidents if ECR knows of them', async () => {
    const world = await startWorld();
    await world.followUp();
    world.clock.turn(minute);
    seed(world, source, ['1', '2']);
    world.clock.turn(minute);
    world.replicate(source, [{ prefixes: ['prod-'], to: [ireland] }]);
    world.clock.turn(minute);
    await world.followUp();
    world.clock.turn(day);
    const readClaims: Ports['readClaims'] = async (_, __, digest) => ({
      is: 'read',
      entries: digest === digestOf('prod-web 1') ? [{ destination: ireland, status: 'FAILED' }] : [],
    });
    await world.sweep({}, { readClaims });
    expect(await incidents(world)).toEqual(['failed 1 eu-west-1']);
    await world.followUp();
    expect([world.gauge('SweepMissing', ireland), world.gauge('SweepHistory', ireland)]).toEqual([1, 1]);
  });
});

describe('a destination that cannot be read', () => {
  it('is waited for until the deadline, told once, and its images count as not there', async () => {
    const world = await startWatched();
    for (const repository of ['prod-a', 'prod-b']) {
      for (const registry of [source, ireland, sydney]) seed(world, registry, ['1'], repository);
    }
    world.clock.turn(day);
    const end = world.aws.ecr.faults.place({ region: ireland.region, effect: { is: 'access-denied' } });
    await world.sweep();
    expect(world.sweeps.waiting()).toHaveLength(2);
    expect(await incidents(world)).toEqual([]);
    for (let minutes = 0; minutes < 36; minutes += 1) {
      world.clock.turn(minute);
      await world.settleSweeps();
    }
    expect(world.sweeps.waiting()).toEqual([]);
    expect(await incidents(world)).toEqual(['unreadable undefined eu-west-1']);
    await world.followUp();
    expect(world.gauge('SweepUnreadable', ireland)).toBe(2);
    expect(world.gauge('SweepCoverage', ireland)).toBe(0);
    expect(world.gauge('SweepCoverageDrop', ireland)).toBe(0);
    expect(world.gauge('SweepCoverage', sydney)).toBe(100);
    end();
    await world.sweep();
    await world.followUp();
    expect(world.gauge('SweepCoverage', ireland)).toBe(100);
  });

  it('is nobody’s alarm when it can be read a minute later', async () => {
    const world = await startWatched();
    for (const registry of [source, ireland, sydney]) seed(world, registry, ['1']);
    world.clock.turn(day);
    const end = world.aws.ecr.faults.place({ region: ireland.region, effect: { is: 'access-denied' } });
    await world.sweep();
    end();
    world.clock.turn(minute);
    await world.settleSweeps();
    await world.followUp();
    expect(await incidents(world)).toEqual([]);
    expect(world.gauge('SweepUnreadable', ireland)).toBe(0);
  });
});

describe('a source that cannot be read', () => {
  it('is counted at every destination, and no image is judged', async () => {
    const world = await startWatched();
    for (const registry of [source, ireland, sydney]) seed(world, registry, ['1']);
    world.clock.turn(day);
    world.aws.ecr.faults.place({
      region: source.region,
      operations: ['DescribeImages'],
      effect: { is: 'access-denied' },
    });
    await world.sweep();
    for (let minutes = 0; minutes < 36; minutes += 1) {
      world.clock.turn(minute);
      await world.settleSweeps();
    }
    await world.followUp();
    expect(await incidents(world)).toEqual([]);
    expect([ireland, sydney].map((registry) => world.gauge('SweepUnreadable', registry))).toEqual([1, 1]);
    expect(world.gauge('SweepCoverage', ireland)).toBe(0);
    expect(world.logs.some(({ message }) => message === 'A repository cannot be read')).toBe(true);
  });

  it('whose rules cannot be read makes the start fail, in one line', async () => {
    const world = await startWatched();
    world.clock.turn(day);
    world.aws.ecr.faults.place({ effect: { is: 'access-denied' } });
    await expect(world.sweep()).rejects.toThrow(
      'not swept: 111122223333/us-east-1: its rules cannot be read (access-denied)',
    );
  });
});

describe('a run', () => {
  it('is begun for a prefix or a registry, and then says nothing of the whole', async () => {
    const world = await startWatched();
    seed(world, source, ['1'], 'prod-a');
    seed(world, source, ['1'], 'prod-b');
    world.clock.turn(day);
    await world.sweep({ registry: '111122223333/us-east-1', prefix: 'prod-a' });
    await world.followUp();
    expect(await incidents(world)).toHaveLength(2);
    expect(world.gauge('SweepMissing', ireland)).toBe(undefined);
    expect(world.gauge('SweepAge')).toBeGreaterThan(day);
    expect(await world.ports.readRuns()).toEqual([]);
    await expect(world.sweep({ registry: 'eu-west-1' })).rejects.toThrow('"eu-west-1" is not a registry');
  });

  it('is over when every repository has reported, and its age counts from its beginning', async () => {
    const world = await startWatched();
    for (const registry of [source, ireland, sydney]) seed(world, registry, ['1']);
    world.clock.turn(day);
    await world.sweep({}, { saveResult: async () => {} });
    world.clock.turn(minute);
    await world.followUp();
    expect(world.gauge('SweepImages', ireland)).toBe(undefined);
    await world.sweep();
    world.clock.turn(2 * minute);
    await world.followUp();
    expect(world.gauge('SweepImages', ireland)).toBe(1);
    expect(world.gauge('SweepAge')).toBe(120);
    expect(await world.ports.readRuns()).toHaveLength(1);
  });

  it('that is never complete is given up, and said to be', async () => {
    const world = await startWatched();
    seed(world, source, ['1']);
    await world.sweep({}, { saveResult: async () => {} });
    world.clock.turn(20 * 60 * minute);
    await world.followUp();
    expect(await world.ports.readRuns()).toEqual([]);
    expect(
      world.logs.some(({ level, message }) => level === 'ERROR' && message.startsWith('Sweep given up')),
    ).toBe(true);
    expect(world.gauge('SweepAge')).toBeGreaterThan(20 * 60 * minute);
  });

  it('is one run, however often its beginning is tried, and complete when all was sent twice', async () => {
    const world = await startWatched();
    for (const registry of [source, ireland, sydney]) seed(world, registry, ['1', '2']);
    world.clock.turn(day);
    const begin = (sendAgain: Ports['sendAgain']) =>
      startSweep({ ...world.ports, sendAgain }, world.config, {}, 'the same');
    const refuse: Ports['sendAgain'] = async (messages) => new Set(messages.map(({ id }) => id));
    await expect(begin(refuse)).rejects.toThrow('1 messages could not be sent');
    await begin(world.sweeps.sendAgain);
    await begin(world.sweeps.sendAgain);
    expect(world.sweeps.waiting()).toHaveLength(2);
    expect(await world.ports.readRuns()).toHaveLength(1);
    await world.settleSweeps();
    await world.followUp();
    expect(await world.ports.readRuns()).toEqual([]);
    expect(world.gauge('SweepImages', ireland)).toBe(2);
  });

  it('shows how far the coverage has fallen since the one before', async () => {
    const world = await startWatched();
    for (const registry of [source, ireland, sydney]) seed(world, registry, ['1', '2', '3', '4']);
    world.clock.turn(day);
    await world.sweep();
    await world.followUp();
    for (const digest of ['prod-web 1', 'prod-web 2'].map(digestOf)) {
      world.aws.ecr.call(ireland, 'BatchDeleteImage', {
        repositoryName: 'prod-web',
        imageIds: [{ imageDigest: digest }],
      });
    }
    world.clock.turn(day);
    await world.sweep();
    await world.followUp();
    expect(world.gauge('SweepCoverage', ireland)).toBe(50);
    expect(world.gauge('SweepCoverageDrop', ireland)).toBe(50);
    expect(world.gauge('SweepCoverageDrop', sydney)).toBe(0);
  });

  it('of a repository that was deleted meanwhile is complete without it', async () => {
    const world = await startWatched();
    seed(world, source, ['1']);
    world.clock.turn(day);
    const readRepositories: Ports['readRepositories'] = async () => ['prod-web', 'prod-gone'];
    await world.sweep({}, { readRepositories });
    await world.followUp();
    expect(await world.ports.readRuns()).toEqual([]);
    expect(world.gauge('SweepUnreadable', ireland)).toBe(0);
  });

  it('leaves a message that cannot be read in its queue', async () => {
    const world = await startWatched();
    world.sweeps.put('nonsense', 0);
    await world.settleSweeps();
    expect(world.sweeps.waiting()).toHaveLength(1);
    expect(world.metric('EventsUnparseable')).toBe(1);
  });
});
