/** A run of the sweep over one registry: what it set out to do, what each repository gave, and what it comes to. */

import { type Registry, registryKey } from '../image/registry.ts';
import type { ReadFault } from '../replication/verdict.ts';
import type { DriftCounts } from './comparison.ts';
import type { ListedDrift } from './listing.ts';

/** Times in epoch milliseconds. */
export interface SweepRun {
  /** The same when the function that starts it is run again for the same order. */
  readonly id: string;
  readonly source: Registry;
  readonly startedAt: number;
  /** Only repositories whose name begins so: such a run says nothing of the whole registry. */
  readonly prefix?: string;
  readonly repositories: number;
  /** Repositories times their destinations: how many results make it complete. */
  readonly results: number;
  readonly over?: { readonly at: number; readonly as: 'complete' | 'given-up' };
}

/** One repository at one destination. */
export interface SweepResult {
  readonly repository: string;
  readonly destination: Registry;
  /** `gone`: deleted at the source since it was listed. */
  readonly reading: 'read' | 'gone' | ReadFault;
  /** Of what could not be read nothing is in sync: `expected` is what the source has, as far as that is known. */
  readonly counts: DriftCounts;
}

/** A result with what was found, as it is kept. */
export interface ListedResult extends SweepResult {
  readonly listed: readonly ListedDrift[];
  /** How many more there were than are listed. */
  readonly notListed: number;
}

/** All repositories of a registry at one destination. */
export interface RouteSummary {
  readonly destination: Registry;
  readonly repositories: number;
  readonly repositoriesUnreadable: number;
  /** Repositories with images of the past that are not there. */
  readonly repositoriesWithHistory: number;
  readonly counts: DriftCounts;
  /** At the sweep before this one, in percent. */
  readonly coverageBefore?: number;
}

export interface SweepSummary {
  readonly run: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly routes: readonly RouteSummary[];
}

export const noCounts: DriftCounts = {
  expected: 0,
  inSync: 0,
  missing: 0,
  history: 0,
  tagMismatch: 0,
  archived: 0,
  extra: 0,
  young: 0,
};

/** Replicas in sync ÷ replicas expected, in percent. Where nothing is expected, nothing lacks; where nothing could be read, all does. */
export function coverageOf({ counts, repositories, repositoriesUnreadable }: RouteSummary): number {
  if (counts.expected > 0) return (100 * counts.inSync) / counts.expected;
  return repositoriesUnreadable > 0 && repositoriesUnreadable === repositories ? 0 : 100;
}

/** `endedAt`: when its last result was seen. `named`: destinations of the rules, each with zeros at least. `before`: what coverage is set against. */
export function summarize(
  run: SweepRun,
  results: Iterable<SweepResult>,
  endedAt: number,
  named: readonly Registry[],
  before: SweepSummary | undefined,
): SweepSummary {
  const routes = new Map<string, RouteSummary>(
    named.map((destination) => [registryKey(destination), emptyRoute(destination)]),
  );
  for (const result of results) {
    const key = registryKey(result.destination);
    routes.set(key, withResult(routes.get(key), result));
  }
  const known = new Map(before?.routes.map((route) => [registryKey(route.destination), coverageOf(route)]));
  return {
    run: run.id,
    startedAt: run.startedAt,
    endedAt,
    routes: [...routes].map(([key, route]) => {
      const coverageBefore = known.get(key);
      return { ...route, ...(coverageBefore === undefined ? {} : { coverageBefore }) };
    }),
  };
}

function emptyRoute(destination: Registry): RouteSummary {
  return {
    destination,
    repositories: 0,
    repositoriesUnreadable: 0,
    repositoriesWithHistory: 0,
    counts: noCounts,
  };
}

function withResult(route: RouteSummary | undefined, result: SweepResult): RouteSummary {
  const { destination, reading, counts } = result;
  const sum = route ?? emptyRoute(destination);
  const isUnreadable = reading !== 'read' && reading !== 'gone';
  return {
    destination,
    repositories: sum.repositories + (reading === 'gone' ? 0 : 1),
    repositoriesUnreadable: sum.repositoriesUnreadable + (isUnreadable ? 1 : 0),
    repositoriesWithHistory: sum.repositoriesWithHistory + (counts.history > 0 ? 1 : 0),
    counts: addCounts(sum.counts, counts),
  };
}

export function addCounts(a: DriftCounts, b: DriftCounts): DriftCounts {
  return {
    expected: a.expected + b.expected,
    inSync: a.inSync + b.inSync,
    missing: a.missing + b.missing,
    history: a.history + b.history,
    tagMismatch: a.tagMismatch + b.tagMismatch,
    archived: a.archived + b.archived,
    extra: a.extra + b.extra,
    young: a.young + b.young,
  };
}
