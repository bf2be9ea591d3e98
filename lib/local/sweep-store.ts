/** What is remembered of sweeps, in memory, as strict as the table. */

import { registryKey } from '../image/registry.ts';
import type { SweepStore } from '../ports.ts';
import type { ListedResult, SweepRun } from '../sweep/run.ts';
import type { WatchedRegistry } from '../sweep/watched.ts';

export function memorySweepStore(): SweepStore {
  const watched = new Map<string, WatchedRegistry>();
  const runs = new Map<string, SweepRun>();
  const results = new Map<string, Map<string, ListedResult>>();
  return {
    readWatched: async () => [...watched.values()],
    saveWatched: async (registry) => {
      const key = registryKey(registry.source);
      if ((watched.get(key)?.revision ?? 0) !== registry.revision - 1) return 'conflict';
      watched.set(key, registry);
      return 'saved';
    },
    beginRun: async (run) => {
      if (!runs.has(run.id)) runs.set(run.id, run);
    },
    endRun: async (run) => {
      runs.set(run.id, run);
    },
    readRuns: async () => [...runs.values()].filter(({ over }) => over === undefined),
    saveResult: async (run, result) => {
      const own = results.get(run) ?? new Map<string, ListedResult>();
      results.set(run, own);
      own.set(`${result.repository} ${registryKey(result.destination)}`, result);
    },
    countResults: async (run) => results.get(run)?.size ?? 0,
    readResults: async function* (run) {
      yield [...(results.get(run)?.values() ?? [])];
    },
  };
}
