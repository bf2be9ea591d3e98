/** How much people hear: one conversation for a whole Region, and nothing of what somebody silenced. */

import { beforeEach, describe, expect, it } from 'vitest';
import { registryKey } from '../../lib/image/registry.ts';
import type { Silence } from '../../lib/incident/silence.ts';
import { ireland, sydney } from '../samples.ts';
import { morning } from '../world.ts';
import { createSimulation, type Image, incidentsOf, minutesOf, type Simulation } from './simulation.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

let sim: Simulation;
beforeEach(() => {
  sim = createSimulation();
});

/** An image that failed in Ireland, as ECR says, and arrived in Sydney. */
function pushFailing(repository: string, tag: string): Image {
  const image = sim.push(repository, tag);
  sim.arrive(image, sydney);
  sim.claim(image, { destination: ireland, status: 'FAILED', failureCode: 'Broken' });
  return image;
}

const opened = () => sim.told.reduce((sum, { news }) => sum + news.opened, 0);
/** Seconds between any notice and the next; with one conversation only. */
const shortestPause = () =>
  Math.min(...sim.told.slice(1).map(({ at }, n) => (at - (sim.told[n]?.at ?? 0)) / 1000));
const resolved = () => sim.told.reduce((sum, { news }) => sum + news.resolved, 0);

describe('a Region that fails with 10,000 images within an hour', () => {
  it('is one conversation: 13 notices at most in its first hour, every image on record, and one all-clear', {
    timeout: 300_000,
  }, async () => {
    const images: Image[] = [];
    for (let batch = 0; batch < 20; batch += 1) {
      sim.later(batch * 3 * minute, () => {
        for (let n = 0; n < 500; n += 1) images.push(pushFailing(`prod-${n % 50}`, `${batch}-${n}`));
      });
    }
    await sim.pass(hour + 15);
    expect(sim.told.length).toBeLessThanOrEqual(13);
    expect(shortestPause()).toBeGreaterThanOrEqual(5 * minute);
    await sim.pass(5 * minute);
    expect(opened()).toBe(10_000);
    expect(sim.told.at(-1)?.open).toBe(10_000);
    const incidents = await incidentsOf(sim);
    expect(incidents).toHaveLength(10_000);
    expect(new Set(incidents.map(({ id }) => id)).size).toBe(10_000);
    expect(incidents.every(({ state }) => state === 'open')).toBe(true);
    for (const { incidents: listed, openNotListed, open, email } of sim.told) {
      expect(listed.length).toBeLessThanOrEqual(20);
      expect(listed.length + openNotListed).toBe(open);
      expect(email.length).toBeLessThan(20_000);
    }

    const before = sim.told.length;
    for (const image of images) sim.arrive(image, ireland);
    await sim.pass(2 * hour);
    const after = sim.told.slice(before);
    expect(after.filter(({ notice }) => notice === 'clear')).toHaveLength(1);
    expect(after.at(-1)?.notice).toBe('clear');
    expect(resolved()).toBe(10_000);
    expect(sim.gauge('OpenIncidents', ireland.region)).toBe(0);
    expect(sim.pushes.waiting()).toEqual([]);
  });

  it('is one notice while it cannot be read at all, and one when it can', async () => {
    sim.blind.set(registryKey(ireland), 'region-unavailable');
    const images: Image[] = [];
    for (let n = 0; n < 2_000; n += 1) {
      const image = sim.push(`prod-${n % 50}`, `${n}`);
      sim.arrive(image, sydney);
      images.push(image);
    }
    await sim.pass(2 * hour);
    expect(minutesOf(sim, morning)).toEqual(['30 firing']);
    expect(sim.pushes.waiting()).toHaveLength(2_000);
    sim.blind.clear();
    for (const image of images) sim.arrive(image, ireland);
    await sim.pass(20 * minute);
    expect(sim.told.map(({ notice, kind }) => `${notice} ${kind}`)).toEqual([
      'firing unreadable',
      'clear unreadable',
    ]);
    expect(sim.pushes.waiting()).toEqual([]);
    expect(await incidentsOf(sim)).toHaveLength(1);
  });
});

describe('a conversation', () => {
  it('speaks at once, then of news at most each five minutes, and ends when nothing is open', async () => {
    const images = Array.from({ length: 12 }, (_, n) => {
      let image: Image | undefined;
      sim.later(n * minute, () => {
        image = pushFailing('prod-web', `${n}`);
      });
      return () => image;
    });
    sim.later(20 * minute, () => {
      for (const image of images) sim.arrive(image() as Image, ireland);
    });
    await sim.pass(hour);
    expect(minutesOf(sim, morning)).toEqual(['0 firing', '5 update', '10 update', '16 update', '21 clear']);
    expect(shortestPause()).toBeGreaterThanOrEqual(5 * minute);
    expect([opened(), resolved()]).toEqual([12, 12]);
  });
});

describe('a silence', () => {
  async function silence(change: Partial<Silence>, seconds: number): Promise<void> {
    const from = sim.clock.now();
    const whole = { id: 'maintenance', author: 'somebody', reason: 'a planned move', ...change };
    await sim.store.saveSilence({ ...whole, from, until: from + seconds * 1000 });
  }

  it.each([
    ['a destination', { destination: registryKey(ireland) }],
    ['a Region', { destination: ireland.region }],
    ['a repository prefix', { repositoryPrefix: 'prod-w' }],
    ['an image by tag', { image: 'prod-web:1.0' }],
    ['a prefix at a destination', { destination: ireland.region, repositoryPrefix: 'prod-web' }],
  ])(
    'of %s holds back notices, never records or metrics, and what it held back is told when it ends',
    async (_, scope) => {
      await silence(scope, 2 * hour);
      pushFailing('prod-web', '1.0');
      await sim.pass(2 * hour - minute);
      expect(sim.told).toEqual([]);
      expect((await incidentsOf(sim)).map(({ state }) => state)).toEqual(['open']);
      expect(sim.sum('ReplicasFailed')).toBe(1);
      expect(sim.gauge('OpenIncidents', ireland.region)).toBe(1);
      await sim.pass(3 * minute);
      expect(minutesOf(sim, morning)).toEqual(['120 firing']);
      expect(sim.told[0]).toMatchObject({ open: 1, news: { opened: 1 } });
    },
  );

  it.each([
    ['another Region', { destination: sydney.region }],
    ['another prefix', { repositoryPrefix: 'prod-x' }],
    ['another image', { image: 'prod-web:2.0' }],
    ['the same prefix somewhere else', { destination: sydney.region, repositoryPrefix: 'prod-web' }],
  ])('of %s holds nothing back', async (_, scope) => {
    await silence(scope, 2 * hour);
    pushFailing('prod-web', '1.0');
    await sim.pass(5 * minute);
    expect(minutesOf(sim, morning)).toEqual(['0 firing']);
  });

  it('of a prefix leaves the rest of the conversation, which neither names nor counts what is silent', async () => {
    await silence({ repositoryPrefix: 'prod-noisy' }, 2 * hour);
    for (let n = 0; n < 30; n += 1) pushFailing('prod-noisy', `${n}`);
    pushFailing('prod-web', '1.0');
    await sim.pass(hour);
    expect(sim.told.map(({ notice, open }) => [notice, open])).toEqual([['firing', 1]]);
    expect(sim.told[0]?.incidents.map(({ image }) => image)).toEqual(['prod-web:1.0']);
    expect(sim.gauge('OpenIncidents', ireland.region)).toBe(31);
    await sim.pass(hour + 5 * minute);
    expect(minutesOf(sim, morning)).toEqual(['0 firing', '120 update']);
    expect(sim.told[1]).toMatchObject({ open: 31, news: { opened: 30 } });
  });

  it('that comes while people are being told holds back the rest, even the end, until it is over', async () => {
    const image = pushFailing('prod-web', '1.0');
    await sim.pass(10 * minute);
    await silence({ destination: ireland.region }, 3 * hour);
    sim.arrive(image, ireland);
    await sim.pass(2 * hour);
    expect(minutesOf(sim, morning)).toEqual(['0 firing']);
    expect(sim.gauge('OpenIncidents', ireland.region)).toBe(0);
    await sim.pass(2 * hour);
    expect(minutesOf(sim, morning)).toEqual(['0 firing', '190 clear']);
    expect(sim.told[1]?.news.resolved).toBe(1);
  });

  it('that is over before anything happens is nothing', async () => {
    await silence({ destination: ireland.region }, minute);
    await sim.pass(2 * minute);
    pushFailing('prod-web', '1.0');
    await sim.pass(minute);
    expect(sim.told).toHaveLength(1);
  });

  it('holds back reminders too', async () => {
    pushFailing('prod-web', '1.0');
    await sim.pass(hour);
    await silence({ destination: ireland.region }, 2 * day);
    await sim.pass(2 * day - minute);
    expect(minutesOf(sim, morning)).toEqual(['0 firing']);
    await sim.pass(5 * minute);
    expect(sim.told.map(({ notice }) => notice)).toEqual(['firing', 'reminder']);
  });
});
