/** Destinations outside the allow-list: told at once, reminded of, and told again when no rule names them any more. */

import { type Registry, registryKey } from '../image/registry.ts';
import type { NoticePolicy } from '../incident/notice.ts';
import type { Ports } from '../ports.ts';
import { coverageInWords, disallowedDestinations } from '../replication/allowed.ts';
import type { ReplicationRule } from '../replication/rules.ts';
import { type StandingPorts, tellStanding } from './standing.ts';

export type SovereigntyPorts = StandingPorts &
  Pick<Ports, 'readRules' | 'readKnownRules' | 'readKnownRegistries'>;

interface Named {
  readonly destination: Registry;
  readonly about: string[];
  readonly sources: Registry[];
}

/**
 * Holds every known registry's rules against the allow-list; `registries`: further ones, not known yet.
 * No silence holds this back. Answers the destinations that are named and not allowed.
 */
export async function watchSovereignty(
  ports: SovereigntyPorts,
  policy: NoticePolicy,
  allowed: readonly string[] | undefined,
  registries: readonly Registry[],
): Promise<readonly Registry[]> {
  const named = new Map<string, Named>();
  let isWholeKnown = true;
  for (const source of await everyRegistry(ports, registries)) {
    const rules = await rulesOf(ports, source);
    if (rules === undefined) {
      isWholeKnown = false;
      continue;
    }
    for (const destination of allowed === undefined ? [] : disallowedDestinations(source, rules, allowed)) {
      const known = named.get(registryKey(destination)) ?? { destination, about: [], sources: [] };
      named.set(registryKey(destination), known);
      known.sources.push(source);
      known.about.push(`${registryKey(source)} replicates ${coverageInWords(rules, destination)} to it`);
    }
  }
  const findings = [...named.values()].map((one) => ({ ...one, count: 1 }));
  // A registry that nobody could read yet may name what is not named here.
  await tellStanding(ports, policy, 'not-allowed', findings, isWholeKnown ? 'all' : 'some');
  return [...named.values()].map(({ destination }) => destination);
}

async function everyRegistry(
  ports: Pick<Ports, 'readKnownRegistries'>,
  more: readonly Registry[],
): Promise<readonly Registry[]> {
  const known = await ports.readKnownRegistries();
  return [...new Map([...known, ...more].map((registry) => [registryKey(registry), registry])).values()];
}

/** Rules that cannot be read now are taken to be as they were last seen: silence is no all-clear. Undefined: never seen. */
async function rulesOf(
  ports: Pick<Ports, 'readRules' | 'readKnownRules'>,
  source: Registry,
): Promise<readonly ReplicationRule[] | undefined> {
  const reading = await ports.readRules(source);
  if (reading.is === 'read') return reading.rules;
  return (await ports.readKnownRules(source))?.rules;
}
