/** A sweep that is stopped at any page, or dies at any call, and goes on: the same results, and no incident twice. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registryKey } from '../../lib/image/registry.ts';
import { startSweep } from '../../lib/monitor/start-sweep.ts';
import { settleSweepMessages } from '../../lib/monitor/sweep-message.ts';
import type { Ports } from '../../lib/ports.ts';
import type { ListedResult } from '../../lib/sweep/run.ts';
import { digestOf, ireland, source, sydney } from '../samples.ts';
import { createSimulation, incidentsOf, type Simulation } from './simulation.ts';

const oregon = { ...source, region: 'us-west-2' };
const destinations = [ireland, sydney, oregon];
const day = 24 * 60 * 60;

/** Two repositories of 45 images, five pages each side; each destination lacks images of its own. */
async function begin(): Promise<Simulation> {
  const sim = createSimulation();
  sim.rules.set(registryKey(source), [{ destinations, prefixes: ['prod-'] }]);
  await startSweep(sim.ports, sim.config, {}, 'first');
  for (const repository of ['prod-a', 'prod-b']) {
    for (let n = 0; n < 45; n += 1) {
      const tag = `build-${n}`;
      const image = { repository, tag, digest: digestOf(`${repository}:${tag}`) };
      sim.shelve(source, image);
      for (const [at, destination] of destinations.entries()) {
        if ((n + at) % 9 !== 0)
          sim.shelve(destination, (n + at) % 10 === 0 ? { ...image, tag: undefined } : image);
      }
    }
  }
  sim.clock.turn(day);
  return sim;
}

/** They touch nothing outside the process. */
const harmless = new Set(['now', 'chance', 'log']);

interface Outcome {
  readonly results: readonly string[];
  readonly incidents: readonly string[];
  readonly openings: number;
}

/**
 * Runs the sweep to its end. Each function lives for as many pages as `lives` says, then its time is up; or it dies
 * at the call of that number. When `lives` is used up, they live for ever.
 */
async function sweep(
  sim: Simulation,
  pages: readonly number[],
  deaths: ReadonlySet<number> = new Set(),
): Promise<Outcome> {
  const results = new Map<string, ListedResult>();
  const queue: { id: string; body: string; dueAt: number }[] = [];
  let sent = 0;
  let calls = 0;
  const lives = [...pages];
  const own: Partial<Ports> = {
    sendAgain: async (messages) => {
      for (const { body, delaySeconds } of messages) {
        sent += 1;
        queue.push({ id: `${sent}`, body, dueAt: sim.clock.now() + delaySeconds * 1000 });
      }
      return new Set();
    },
    saveResult: async (run, result) => {
      results.set(`${result.repository} ${registryKey(result.destination)}`, result);
      return sim.store.saveResult(run, result);
    },
  };
  const whole: Ports = { ...sim.ports, ...own };
  await startSweep(whole, sim.config, {}, 'second');
  for (let steps = 0; queue.length > 0; steps += 1) {
    expect(steps).toBeLessThan(500);
    const next = queue.shift();
    if (next === undefined) break;
    if (next.dueAt > sim.clock.now()) sim.clock.turn((next.dueAt - sim.clock.now()) / 1000);
    let left = lives.shift() ?? Number.POSITIVE_INFINITY;
    const mortal =
      (name: string, port: (...input: unknown[]) => unknown) =>
      (...input: unknown[]): unknown => {
        calls += 1;
        if (deaths.has(calls)) throw new Error('the process has died');
        if (name === 'readInventory') left -= 1;
        return port(...input);
      };
    const entries = Object.entries(whole).map(([name, port]) => [
      name,
      harmless.has(name) ? port : mortal(name, port as (...input: unknown[]) => unknown),
    ]);
    // The time that is left is measured in pages: after the last one it is up.
    const endsAt = sim.clock.now() + 1;
    const now = (): number => (left <= 0 ? endsAt : sim.clock.now());
    const unfinished = await settleSweepMessages(
      { ...(Object.fromEntries(entries) as Ports), now },
      sim.config.policies,
      [{ messageId: next.id, body: next.body }],
      endsAt,
    ).catch(() => new Set([next.id]));
    if (unfinished.has(next.id)) queue.push(next);
  }
  const incidents = await incidentsOf(sim);
  return {
    results: [...results.values()].map((result) => JSON.stringify(result)).sort(),
    incidents: incidents.map(({ id, state, kind }) => `${id} ${kind} ${state}`).sort(),
    openings: incidents.reduce((sum, { openings }) => sum + openings.length, 0),
  };
}

describe('a sweep', () => {
  it('that is stopped at any pages and goes on gives what one gives that is not', {
    timeout: 60_000,
  }, async () => {
    const undisturbed = await sweep(await begin(), []);
    expect(undisturbed.results).toHaveLength(6);
    expect(undisturbed.openings).toBe(undisturbed.incidents.length);
    expect(undisturbed.openings).toBeGreaterThan(40);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 6, max: 21 }), { maxLength: 6 }), async (pages) => {
        expect(await sweep(await begin(), pages)).toEqual(undisturbed);
      }),
      { numRuns: 40 },
    );
  });

  it('that dies at any call and is run again gives it as well', { timeout: 60_000 }, async () => {
    const undisturbed = await sweep(await begin(), []);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: 250 }), { maxLength: 4 }), async (deaths) => {
        expect(await sweep(await begin(), [], new Set(deaths))).toEqual(undisturbed);
      }),
      { numRuns: 60 },
    );
  });

  it('goes on with one destination at a time when there is not enough for all, and is given up at last', async () => {
    const sim = await begin();
    // Enough for the source and a page: no destination is ever through.
    const { results, incidents } = await sweep(sim, Array(200).fill(6));
    expect(incidents).toEqual([]);
    expect(results).toHaveLength(6);
    expect(results.every((result) => result.includes('"reading":"throttled"'))).toBe(true);
  });

  it('has done with what was through: nothing of it is read again', async () => {
    const sim = await begin();
    const asked: string[] = [];
    const readInventory: Ports['readInventory'] = async (registry, repository, from) => {
      if (repository === 'prod-a') asked.push(registry.region);
      const isFirst = asked.filter((region) => region === sydney.region).length === 1;
      if (registry.region === sydney.region && isFirst) return { is: 'unreadable', why: 'service-error' };
      return sim.ports.readInventory(registry, repository, from);
    };
    await sweep({ ...sim, ports: { ...sim.ports, readInventory } }, []);
    const pages = (region: string): number => asked.filter((one) => one === region).length;
    // The source was listed again for Sydney; of Oregon's four pages each, one listing was to compare, one to confirm
    // what is missing, and one to confirm the tags.
    expect([pages(source.region), pages(oregon.region)]).toEqual([10, 12]);
  });
});
