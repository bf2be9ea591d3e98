/** The life of an incident after its first notice: looked at again, ended, reminded of, given up; by a turned clock. */

import { beforeEach, describe, expect, it } from 'vitest';
import { type Registry, registryKey } from '../../lib/image/registry.ts';
import { followUp } from '../../lib/monitor/follow-up.ts';
import { ireland, source, sydney } from '../samples.ts';
import { inShort, morning, startWorld } from '../world.ts';
import { createSimulation, type Image, incidentsOf, minutesOf, type Simulation } from './simulation.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const deadline = 30 * minute;

let sim: Simulation;
beforeEach(() => {
  sim = createSimulation();
});

/** An image that is overdue in Ireland, told of at the deadline, and everywhere else as it must be. */
async function startOverdue(repository = 'prod-web', tag = '1.0'): Promise<Image> {
  const image = sim.push(repository, tag);
  sim.arrive(image, sydney);
  sim.claim(image, { destination: ireland, status: 'IN_PROGRESS' });
  await sim.pass(deadline + 1);
  return image;
}

const last = () => sim.told.at(-1);

describe('an open incident', () => {
  it('is resolved when the image is seen, without any event, and its lateness is kept', async () => {
    const image = await startOverdue();
    sim.later(10 * minute - 1, () => sim.arrive(image, ireland));
    await sim.pass(20 * minute);
    expect(sim.told.map(inShort)).toEqual([
      'firing overdue eu-west-1: prod-web:1.0',
      'clear overdue eu-west-1: prod-web:1.0',
    ]);
    expect(last()).toMatchObject({
      status: 'resolved',
      open: 0,
      news: { resolved: 1 },
      incidents: [{ state: 'resolved', latenessSeconds: 10 * minute }],
    });
    const [incident] = await incidentsOf(sim);
    expect(incident).toMatchObject({ state: 'resolved', latenessSeconds: 600 });
    expect(sim.sum('ReplicasRecovered')).toBe(1);
  });

  it('is looked at after a minute first, then after a tenth of its age, and at least each hour', async () => {
    const looks: number[] = [];
    await startOverdue();
    const opened = morning + deadline * 1000;
    await sim.pass(day, {
      followUp: (ports) =>
        followUp(
          {
            ...ports,
            readImages: (read) => {
              looks.push((sim.clock.now() - opened) / 60_000);
              return ports.readImages(read);
            },
          },
          sim.config,
        ),
    });
    expect(looks.slice(0, 14)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    const gaps = looks.slice(1).map((at, n) => at - (looks[n] ?? 0));
    expect(Math.max(...gaps)).toBe(60);
    expect(looks.length).toBeLessThan(75);
  });

  it.each([
    ['its image is deleted at the source', (image: Image) => sim.remove(image, source)],
    ['no rule names the destination any more', () => sim.rules.set(registryKey(source), [])],
  ])('is withdrawn, and its conversation closed, when %s', async (_, happens) => {
    const image = await startOverdue();
    happens(image);
    await sim.pass(10 * minute);
    expect(minutesOf(sim, morning)).toEqual(['30 firing', '35 clear']);
    expect(last()?.news).toMatchObject({ resolved: 0, withdrawn: 1 });
    expect((await incidentsOf(sim)).map(({ state }) => state)).toEqual(['withdrawn']);
  });

  it('is withdrawn when its image is deleted at the source, however many others are open', async () => {
    const images = Array.from({ length: 600 }, (_, n) => sim.push(`prod-${n % 3}`, String(n)));
    for (const image of images) {
      sim.arrive(image, sydney);
      sim.claim(image, { destination: ireland, status: 'IN_PROGRESS' });
    }
    await sim.pass(deadline + 1);
    for (const image of images.slice(300)) sim.remove(image, source);
    await sim.pass(2 * hour);
    const states = (await incidentsOf(sim)).map(({ state }) => state);
    expect(states.filter((state) => state === 'open')).toHaveLength(300);
    expect(states.filter((state) => state === 'withdrawn')).toHaveLength(300);
  });

  it('is withdrawn when its tag has moved on at the source', async () => {
    const image = sim.push('prod-web', 'latest');
    sim.arrive({ ...image, tag: undefined }, ireland);
    sim.arrive(image, sydney);
    await sim.pass(deadline + 1);
    expect(sim.told.map(inShort)).toEqual(['firing tag-mismatch eu-west-1: prod-web:latest']);
    sim.arrive({ ...image, tag: undefined }, source);
    await sim.pass(10 * minute);
    expect((await incidentsOf(sim)).map(({ state }) => state)).toEqual(['withdrawn']);
    expect(last()?.notice).toBe('clear');
  });

  it('is withdrawn by nothing that could not be read', async () => {
    await startOverdue();
    sim.blind.set(registryKey(source), 'throttled');
    await sim.pass(hour);
    expect((await incidentsOf(sim)).map(({ state }) => state)).toEqual(['open']);
  });

  it('is reminded of each day, and after a week given up with a last word', async () => {
    await startOverdue();
    await sim.pass(8 * day);
    const days = Array.from({ length: 7 }, (_, n) => `${30 + 1440 * (n + 1)} reminder`);
    expect(minutesOf(sim, morning).slice(0, -1)).toEqual(['30 firing', ...days]);
    expect(last()?.notice).toBe('clear');
    expect((last()?.at ?? 0) - morning).toBeLessThan((7 * day + 2 * hour) * 1000);
    expect(last()?.news).toMatchObject({ givenUp: 1 });
    expect(last()?.email).toContain('Given up');
    expect((await incidentsOf(sim)).map(({ state }) => state)).toEqual(['given-up']);
    const before = sim.told.length;
    await sim.pass(3 * day);
    expect(sim.told).toHaveLength(before);
  });

  it('keeps what ECR said of it when ECR cannot be asked again', async () => {
    const image = sim.push('prod-web', '1.0');
    sim.arrive(image, sydney);
    sim.claim(image, { destination: ireland, status: 'FAILED', failureCode: 'Broken' });
    await sim.pass(minute);
    await sim.pass(10 * minute, {
      followUp: (ports) =>
        followUp({ ...ports, readClaims: async () => ({ is: 'unreadable', why: 'throttled' }) }, sim.config),
    });
    const [incident] = await incidentsOf(sim);
    expect(incident?.evidence).toMatchObject({ ecrSays: 'FAILED', failureCode: 'Broken' });
  });
});

describe('more open incidents than ECR is asked about in a round', () => {
  it('keep the claims that are known of those it was not asked about', async () => {
    for (let n = 0; n < 300; n += 1) {
      const image = sim.push('prod-web', `build-${n}`);
      sim.arrive(image, sydney);
      sim.claim(image, { destination: ireland, status: 'FAILED', failureCode: 'Broken' });
    }
    await sim.pass(10 * minute);
    const codes = (await incidentsOf(sim)).map(({ evidence }) => evidence.failureCode);
    expect(codes).toEqual(Array(300).fill('Broken'));
  });
});

describe('a destination that cannot be read', () => {
  const blind = (registry: Registry) => sim.blind.set(registryKey(registry), 'region-unavailable');

  it('is found by the follow-up, is one incident, and silences those of its images', async () => {
    await startOverdue('prod-web');
    await startOverdue('prod-api');
    const before = sim.told.length;
    blind(ireland);
    await sim.pass(25 * hour);
    const notices = sim.told.slice(before).map(({ notice, kind }) => `${notice} ${kind}`);
    // The image's reminder of the day is held back: while nobody can look, there is nothing to say of it.
    expect(notices).toEqual(['firing unreadable', 'reminder unreadable']);
    expect(sim.gauge('OpenIncidents', ireland.region)).toBe(3);
  });

  it('is told when it can be read again, and what became of its images is told then', async () => {
    const image = await startOverdue();
    blind(ireland);
    await sim.pass(20 * minute);
    sim.arrive(image, ireland);
    await sim.pass(20 * minute);
    sim.blind.clear();
    await sim.pass(20 * minute);
    const notices = sim.told.map(({ notice, kind }) => `${notice} ${kind}`);
    expect(notices.slice(0, 2)).toEqual(['firing overdue', 'firing unreadable']);
    expect(notices.slice(2).sort()).toEqual(['clear overdue', 'clear unreadable']);
    expect(sim.gauge('OpenIncidents', ireland.region)).toBe(0);
  });

  it('does not silence other destinations', async () => {
    blind(ireland);
    const image = sim.push('prod-web', '1.0');
    sim.claim(image, { destination: sydney, status: 'FAILED' });
    await sim.pass(deadline + minute);
    expect(sim.told.map(({ kind, destination }) => `${kind} ${destination.region}`)).toEqual([
      'failed ap-southeast-2',
      'unreadable eu-west-1',
    ]);
  });
});

describe('a replica that comes and goes', () => {
  it('is told of three times a day, stays on record, and is told again when it has calmed down and is still gone', async () => {
    const image = sim.push('prod-web', '1.0');
    sim.arrive(image, ireland, sydney);
    await sim.pass(minute);
    for (let n = 0; n < 10; n += 1) {
      sim.remove(image, ireland);
      sim.claim(image, { destination: ireland, status: 'FAILED' });
      sim.report(image, ireland, 'FAILED');
      await sim.pass(hour);
      if (n === 9) break;
      sim.arrive(image, ireland);
      await sim.pass(hour);
    }
    const opened = () => sim.told.reduce((sum, { news }) => sum + news.opened, 0);
    expect(opened()).toBe(3);
    expect(sim.sum('ReplicasFailed')).toBe(10);
    expect(sim.gauge('OpenIncidents', ireland.region)).toBe(1);
    await sim.pass(2 * day);
    expect(opened()).toBe(4);
    // It is told of anew; that it failed is counted once.
    expect(sim.sum('ReplicasFailed')).toBe(10);
    expect((await incidentsOf(sim)).map(({ state }) => state)).toEqual(['open']);
  });
});

describe('the gauges', () => {
  it('are published each minute for every destination of the rules, zeros included', async () => {
    await sim.pass(5 * minute);
    for (const { region } of [ireland, sydney]) {
      expect(sim.gauge('OpenIncidents', region)).toBe(0);
      expect(sim.gauge('OldestIncidentAge', region)).toBe(0);
    }
    expect(sim.sum('Heartbeat')).toBe(5);
  });

  it('say how many are open and how old the oldest is, and go back to zero', async () => {
    const image = await startOverdue();
    await sim.pass(10 * minute);
    expect(sim.gauge('OpenIncidents', ireland.region)).toBe(1);
    expect(sim.gauge('OldestIncidentAge', ireland.region)).toBe(10 * minute);
    expect(sim.gauge('OpenIncidents', sydney.region)).toBe(0);
    sim.arrive(image, ireland);
    await sim.pass(5 * minute);
    expect(sim.gauge('OpenIncidents', ireland.region)).toBe(0);
    expect(sim.gauge('OldestIncidentAge', ireland.region)).toBe(0);
  });

  it('keep a destination that no rule names any more as long as something was open there', async () => {
    await startOverdue();
    sim.rules.set(registryKey(source), []);
    await sim.pass(10 * minute);
    expect(sim.gauge('OpenIncidents', ireland.region)).toBe(0);
  });
});

describe('two follow-ups at the same time', () => {
  it('tell each notice once', async () => {
    const image = await startOverdue();
    sim.arrive(image, ireland);
    await sim.pass(10 * minute, {
      followUp: async (ports) => {
        await Promise.all([followUp(ports, sim.config), followUp(ports, sim.config)]);
      },
    });
    expect(minutesOf(sim, morning)).toEqual(['30 firing', '35 clear']);
    expect(sim.sum('ReplicasRecovered')).toBe(1);
  });
});

describe('on the local AWS, a follow-up', () => {
  it('looks at many incidents in batches, never one call an incident', async () => {
    const world = await startWorld();
    world.replicate(source, [{ prefixes: ['prod-'], to: [ireland] }]);
    const digests = world.pushMany('prod-web', 250, []);
    world.clock.turn(deadline);
    await world.pass(0);
    expect((await world.told()).map(({ kind, open }) => [kind, open])).toEqual([['not-started', 250]]);
    const arrived = digests.slice(1).map((digest) => ({ digest }));
    world.aws.ecr.seed(ireland, 'prod-web', arrived);
    world.clock.turn(5 * minute);
    world.aws.ecr.calls.reset();
    await world.followUp();
    // 3 batches, of which one has to be divided once; the claim of the missing one; the rules.
    expect(world.aws.ecr.calls.count()).toBe(3 + 1 + 1 + 1);
    const told = await world.told();
    expect(told.map(({ notice, open, news }) => [notice, open, news.resolved])).toEqual([['update', 1, 249]]);
    expect(world.metric('ReplicasRecovered')).toBe(249);
  });
});
