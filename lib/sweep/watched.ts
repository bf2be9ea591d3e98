/** A source registry that is swept: since when it is watched, by which rules, and how it stood at its last sweep. */

import { type Registry, sameRegistry } from '../image/registry.ts';
import { destinationsOf, type ReplicationRule } from '../replication/rules.ts';
import type { SweepSummary } from './run.ts';

/** Times in epoch milliseconds. */
export interface WatchedRegistry {
  readonly source: Registry;
  /** Grows by one with every write: the condition under which the next write is made. */
  readonly revision: number;
  /** What was pushed before was never this monitor's to follow. */
  readonly since: number;
  /** The rules as they were seen to change, oldest first. */
  readonly rules: readonly RulesSeen[];
  readonly latest?: SweepSummary;
}

interface RulesSeen {
  readonly since: number;
  readonly rules: readonly ReplicationRule[];
}

/** Rules of ten changes fit an item with room to spare; older ones count as never seen. */
const mostRulesKept = 10;

export function watchedFrom(source: Registry, now: number): WatchedRegistry {
  return { source, revision: 0, since: now, rules: [] };
}

/** The same value when the rules are those that were seen last. */
export function withRules(
  registry: WatchedRegistry,
  rules: readonly ReplicationRule[],
  now: number,
): WatchedRegistry {
  const last = registry.rules.at(-1);
  if (last !== undefined && JSON.stringify(last.rules) === JSON.stringify(rules)) return registry;
  return { ...registry, rules: [...registry.rules, { since: now, rules }].slice(-mostRulesKept) };
}

/**
 * Since when images of a repository are expected at a destination without interruption (epoch ms): what is older was
 * never going to be replicated. ECR does not tell how old a rule is, so it is as old as it was seen to be.
 */
export function expectedSince(registry: WatchedRegistry, repository: string, destination: Registry): number {
  let since = Number.POSITIVE_INFINITY;
  for (const seen of registry.rules.toReversed()) {
    const named = destinationsOf(seen.rules, registry.source, repository);
    if (!named.some((other) => sameRegistry(other, destination))) break;
    since = seen.since;
  }
  return since;
}
