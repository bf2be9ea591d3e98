/**
 * Whoever watches the rules dies: before and after every call, in a story in which a rule begins to name a destination
 * that is not allowed. Lambda tries again, the follow-up goes on each minute. Nobody is left untold, nothing is called
 * over that is not, and nothing is told twice, unless the death fell between telling and remembering it.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Registry, registryKey } from '../../lib/image/registry.ts';
import { rememberRules, watchConfig } from '../../lib/monitor/config-watch.ts';
import { followUp } from '../../lib/monitor/follow-up.ts';
import type { Ports } from '../../lib/ports.ts';
import { source, sydney } from '../samples.ts';
import { createDeaths, type Death, isUnconfirmed, writes } from './deaths.ts';
import { createSimulation } from './simulation.ts';

const elsewhere: Registry = { account: '444455556666', region: 'eu-central-1' };
const settings = { allowedDestinations: ['eu-west-1'] };
const sample = JSON.parse(
  readFileSync(new URL('../../events/registry-change-rules.json', import.meta.url), 'utf8'),
);

/** Lambda Developer Guide, "Error handling for a Lambda function with asynchronous invocation": after 1 and 2 minutes. */
const tries = [0, 1, 3];

/** `broken`: what fails each time that it is called by who watches the rules. */
async function play(registry: Registry, death?: Death, broken: Partial<Ports> = {}) {
  const sim = createSimulation();
  const { now, turn } = sim.clock;
  const config = { ...sim.config, ...settings };
  const ports = { ...sim.ports, readRepositories: async () => ['prod-api', 'prod-web'] };
  // The hub's own rules name Sydney too; here only the change does.
  sim.rules.set(registryKey(source), []);
  await rememberRules(ports, source);
  sim.rules.set(registryKey(registry), [{ destinations: [sydney], prefixes: ['prod-'] }]);
  const event = { ...sample, ...registry, time: new Date(now()).toISOString() };
  turn(2);

  const deaths = createDeaths(death === undefined ? [] : [death]);
  let isHandled = false;
  for (let minute = 0; minute < 12; minute += 1) {
    if (tries.includes(minute) && !isHandled) {
      const life = deaths.live({ ...ports, ...broken });
      isHandled = await watchConfig(life.ports, config, event).then(
        () => !life.isDead(),
        () => false,
      );
    }
    turn(30);
    await followUp(ports, config);
    turn(30);
  }
  return { told: sim.told, calls: deaths.calls, known: await ports.readKnownRules(registry) };
}

describe.each([
  ['the hub itself', source],
  ['a registry that nobody knew of', elsewhere],
])('a process that dies while it tells of a change of the rules of %s', (_, registry) => {
  it('nowhere tells both, once', async () => {
    const { told, known } = await play(registry);
    expect(told.map(({ kind, notice }) => `${notice ?? 'changed'} ${kind ?? ''}`)).toEqual([
      'firing not-allowed',
      'changed ',
    ]);
    expect(known?.rules).toEqual([{ destinations: [sydney], prefixes: ['prod-'] }]);
  });

  it('before or after any call leaves nobody untold, and calls nothing over', async () => {
    const { calls } = await play(registry);
    const faults: string[] = [];
    for (const [index, name] of calls.entries()) {
      for (const side of ['before', 'after'] as const) {
        if (side === 'after' && !writes.has(name)) continue;
        const { told, known } = await play(registry, { call: index + 1, side });
        const notAllowed = told.filter(({ kind }) => kind === 'not-allowed');
        const changes = told.filter(({ kind }) => kind === undefined);
        const firings = new Set(notAllowed.map(({ sequence }) => sequence)).size;
        const repeated = notAllowed.length - firings;
        if (
          firings !== 1 ||
          repeated > Number(isUnconfirmed(name, side)) ||
          notAllowed.some(({ notice }) => notice !== 'firing') ||
          changes.length < 1 ||
          changes.length > 2 ||
          known?.rules.length !== 1
        ) {
          const said = told.map(({ kind, notice }) => `${notice ?? 'changed'} ${kind ?? ''}`).join(', ');
          faults.push(`${side} call ${index + 1}, ${name}: ${said}`);
        }
      }
    }
    expect(faults).toEqual([]);
    expect(calls.length).toBeGreaterThan(8);
  });

  it('is told of by the follow-up, and not called over, when it can never be told in numbers', async () => {
    const unreadable = { readRepositories: () => Promise.reject(new Error('AccessDeniedException')) };
    const { told } = await play(registry, undefined, unreadable);
    expect(told.map(({ kind, notice }) => `${notice} ${kind}`)).toEqual(['firing not-allowed']);
  });
});
