/** What a change of rules means for the repositories that there are: who gains a destination, who loses one. */

import { type Registry, registryKey } from '../image/registry.ts';
import { destinationsOf, type ReplicationRule } from './rules.ts';

/** One destination before and after; numbers of repositories. */
export interface CoverageChange {
  readonly destination: Registry;
  readonly gained: readonly string[];
  readonly lost: readonly string[];
  readonly covered: number;
  /** Named by a rule after the change, whether or not a repository is covered. */
  readonly named: boolean;
}

/** Every destination that any rule names, before or after, and whose repositories or mention changed. */
export function coverageChanges(
  source: Registry,
  before: readonly ReplicationRule[],
  after: readonly ReplicationRule[],
  repositories: readonly string[],
): readonly CoverageChange[] {
  const was = coverage(source, before, repositories);
  const is = coverage(source, after, repositories);
  const destinations = new Map([...was, ...is].map(([key, { destination }]) => [key, destination]));
  return [...destinations].flatMap(([key, destination]): CoverageChange[] => {
    const old = was.get(key)?.repositories ?? none;
    const now = is.get(key)?.repositories ?? none;
    const gained = [...now].filter((name) => !old.has(name));
    const lost = [...old].filter((name) => !now.has(name));
    if (gained.length === 0 && lost.length === 0 && was.has(key) === is.has(key)) return [];
    return [{ destination, gained, lost, covered: now.size, named: is.has(key) }];
  });
}

const none: ReadonlySet<string> = new Set();

interface Covered {
  readonly destination: Registry;
  readonly repositories: Set<string>;
}

function coverage(
  source: Registry,
  rules: readonly ReplicationRule[],
  repositories: readonly string[],
): ReadonlyMap<string, Covered> {
  const named = rules.flatMap(({ destinations }) => destinations);
  const covered = new Map<string, Covered>(
    named.map((destination) => [registryKey(destination), { destination, repositories: new Set() }]),
  );
  for (const repository of repositories) {
    for (const destination of destinationsOf(rules, source, repository)) {
      covered.get(registryKey(destination))?.repositories.add(repository);
    }
  }
  return covered;
}
