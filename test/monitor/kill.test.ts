/**
 * The process dies: before and after every call that it makes of the world, one death a story, and each story goes on
 * with messages that come again and follow-ups that know nothing of the death. Nothing is lost, nothing opens twice,
 * and nothing is told twice, unless the death fell between sending a notice and confirming it.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followUp } from '../../lib/monitor/follow-up.ts';
import { settleImageActions } from '../../lib/monitor/image-actions.ts';
import { settleReplicationActions } from '../../lib/monitor/replication-actions.ts';
import type { Ports } from '../../lib/ports.ts';
import { ireland, sydney } from '../samples.ts';
import { createDeaths, type Death, type Deaths, isUnconfirmed, writes } from './deaths.ts';
import { createSimulation, incidentsOf, type Run, type Simulation } from './simulation.ts';

const minute = 60;

/** Functions as Lambda runs them: one that dies has answered nothing. */
function mortalRun({ config }: Simulation, { live }: Deaths): Run {
  async function run<T>(ports: Ports, work: (ports: Ports) => Promise<T>): Promise<T> {
    const life = live(ports);
    const answer = await work(life.ports);
    if (life.isDead()) throw new Error('the process has died');
    return answer;
  }
  const { policies } = config;
  return {
    pushes: (ports, records) => run(ports, (own) => settleImageActions(own, policies, records)),
    reports: (ports, records) => run(ports, (own) => settleReplicationActions(own, policies, records)),
    followUp: (ports) => run(ports, (own) => followUp(own, config)),
  };
}

/** Until here deaths happen; then there is time for whatever is left undone. */
const storySeconds = 11 * minute;
const restSeconds = 25 * minute;

/** One image arrives, one fails, one is late and reported when it comes, one comes without its tag; all end well. */
async function play(...planned: readonly Death[]) {
  const sim = createSimulation({ environment: { DEADLINE_MINUTES: '1' }, visibilitySeconds: minute });
  const deaths = createDeaths(planned);
  const run = mortalRun(sim, deaths);

  const fine = sim.push('prod-fine', '1');
  const failing = sim.push('prod-failing', '1');
  const late = sim.push('prod-late', '1');
  const untagged = sim.push('prod-untagged', '1');
  const bare = { ...untagged, tag: undefined };
  sim.arrive(fine, ireland, sydney);
  for (const image of [failing, late, untagged]) sim.arrive(image, sydney);
  sim.arrive(bare, ireland);
  sim.claim(failing, { destination: ireland, status: 'FAILED', failureCode: 'Broken' });
  sim.claim(late, { destination: ireland, status: 'IN_PROGRESS' });
  sim.later(5, () => sim.report(failing, ireland, 'FAILED'));
  sim.later(6 * minute, () => {
    sim.arrive(late, ireland);
    sim.report(late, ireland, 'SUCCESS');
  });
  sim.later(7 * minute, () => sim.arrive(untagged, ireland));
  sim.later(8 * minute, () => sim.arrive(failing, ireland));

  await sim.pass(storySeconds, run);
  const calls = [...deaths.calls];
  await sim.pass(restSeconds);
  return { sim, calls };
}

/** What is wrong after a story, in words; nothing, if all is as it must be. */
async function faultsAfter(
  { sim }: { readonly sim: Simulation },
  mostRepeated: number,
): Promise<readonly string[]> {
  const faults: string[] = [];
  const expectThat = (holds: boolean, what: string): void => {
    if (!holds) faults.push(what);
  };
  expectThat(sim.pushes.waiting().length + sim.reports.waiting().length === 0, 'messages are left');
  const incidents = await incidentsOf(sim);
  expectThat(
    incidents
      .map(({ id }) => id.split(' ')[1]?.split('@')[0])
      .toSorted()
      .join() === 'prod-failing,prod-late,prod-untagged:1',
    'not the incidents that there should be',
  );
  expectThat(
    incidents.every(({ state }) => state === 'resolved'),
    'an incident is not resolved',
  );
  expectThat(
    incidents.every(({ openings }) => openings.length === 1),
    'an incident was opened twice',
  );
  const distinct = [...new Map(sim.told.map((notice) => [notice.id, notice])).values()];
  const count = (of: 'opened' | 'resolved') => distinct.reduce((sum, { news }) => sum + news[of], 0);
  expectThat(count('opened') === incidents.length, `${count('opened')} openings were told`);
  expectThat(count('resolved') === incidents.length, `${count('resolved')} endings were told`);
  const repeated = sim.told.length - distinct.length;
  expectThat(repeated <= mostRepeated, `${repeated} notices were told twice`);
  return faults;
}

describe('a process that dies', () => {
  it('nowhere tells the whole story', async () => {
    const { sim, calls } = await play();
    expect(await faultsAfter({ sim }, 0)).toEqual([]);
    expect(sim.told.map(({ kind, notice }) => `${notice} ${kind}`).toSorted()).toEqual([
      'clear failed',
      'clear overdue',
      'clear tag-mismatch',
      'firing failed',
      'firing overdue',
      'firing tag-mismatch',
    ]);
    for (const name of ['saveIncident', 'claimNotice', 'publish', 'confirmNotice', 'sendAgain']) {
      expect(calls).toContain(name);
    }
  });

  it('before or after any call loses nothing and doubles nothing', { timeout: 300_000 }, async () => {
    const { calls } = await play();
    const faults: string[] = [];
    let deaths = 0;
    for (const [index, name] of calls.entries()) {
      for (const side of ['before', 'after'] as const) {
        if (side === 'after' && !writes.has(name)) continue;
        deaths += 1;
        const death = { call: index + 1, side };
        const found = await faultsAfter(await play(death), Number(isUnconfirmed(name, side)));
        faults.push(...found.map((fault) => `${side} call ${index + 1}, ${name}: ${fault}`));
      }
    }
    expect(faults).toEqual([]);
    expect(deaths).toBeGreaterThan(calls.length);
  });

  it('more than once loses nothing either', { timeout: 300_000 }, async () => {
    const { calls } = await play();
    const death = fc.record({
      call: fc.integer({ min: 1, max: calls.length }),
      side: fc.constantFrom<Death['side']>('before', 'after'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(death, { minLength: 2, maxLength: 4 }), async (planned) => {
        // After the first death calls have other numbers: any of the deaths may be one that doubles a notice.
        expect(await faultsAfter(await play(...planned), planned.length)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
