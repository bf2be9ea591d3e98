/** What is kept of sweeps in the table, and how it is read back: parsed, like anything from outside. */

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { registryKey } from '../image/registry.ts';
import { readFaults } from '../replication/verdict.ts';
import type { ListedResult, SweepResult, SweepRun, SweepSummary } from '../sweep/run.ts';
import type { WatchedRegistry } from '../sweep/watched.ts';
import { type Item, number, readJson, registrySchema, rulesSchema, seconds } from './items.ts';

/** Runs and their results stay for two weeks: long enough to see what changed, and when. */
const keptSeconds = 14 * 24 * 60 * 60;

const counts = v.object({
  expected: v.number(),
  inSync: v.number(),
  missing: v.number(),
  history: v.number(),
  tagMismatch: v.number(),
  archived: v.number(),
  extra: v.number(),
  young: v.number(),
});

const summarySchema: v.GenericSchema<unknown, SweepSummary> = v.object({
  run: v.string(),
  startedAt: v.number(),
  endedAt: v.number(),
  routes: v.array(
    v.object({
      destination: registrySchema,
      repositories: v.number(),
      repositoriesUnreadable: v.number(),
      repositoriesWithHistory: v.number(),
      counts,
      coverageBefore: v.exactOptional(v.number()),
    }),
  ),
});

const watchedSchema: v.GenericSchema<unknown, WatchedRegistry> = v.object({
  source: registrySchema,
  revision: v.number(),
  since: v.number(),
  rules: v.array(v.object({ since: v.number(), rules: rulesSchema })),
  latest: v.exactOptional(summarySchema),
});

const runSchema: v.GenericSchema<unknown, SweepRun> = v.object({
  id: v.string(),
  source: registrySchema,
  startedAt: v.number(),
  prefix: v.exactOptional(v.string()),
  repositories: v.number(),
  results: v.number(),
  over: v.exactOptional(v.object({ at: v.number(), as: v.picklist(['complete', 'given-up']) })),
});

const resultSchema: v.GenericSchema<unknown, SweepResult> = v.object({
  repository: v.string(),
  destination: registrySchema,
  reading: v.picklist(['read', 'gone', ...readFaults]),
  counts,
});

export const watchedPartition: AttributeValue = { S: 'watched' };
export const runsPartition: AttributeValue = { S: 'sweeps' };
export const resultsPartition = (run: string): AttributeValue => ({ S: `sweep ${run}` });

export function watchedItem(registry: WatchedRegistry): Item {
  return {
    pk: watchedPartition,
    sk: { S: registryKey(registry.source) },
    revision: number(registry.revision),
    watched: { S: JSON.stringify(registry) },
  };
}

export function readWatchedItem(item: Item): WatchedRegistry {
  return readJson(item, 'watched', watchedSchema);
}

export function runItem(run: SweepRun): Item {
  return {
    pk: runsPartition,
    sk: { S: run.id },
    run: { S: JSON.stringify(run) },
    expiresAt: seconds(run.startedAt, keptSeconds),
  };
}

export function readRunItem(item: Item): SweepRun {
  return readJson(item, 'run', runSchema);
}

/** What was found stands beside the counts, so that adding up need not read it. */
export function resultItem(run: string, result: ListedResult, now: number): Item {
  const { listed, notListed, ...counted } = result;
  return {
    pk: resultsPartition(run),
    sk: { S: `${result.repository} ${registryKey(result.destination)}` },
    counted: { S: JSON.stringify(counted) },
    ...(listed.length === 0 ? {} : { listed: { S: JSON.stringify(listed) }, notListed: number(notListed) }),
    expiresAt: seconds(now, keptSeconds),
  };
}

export function readResultItem(item: Item): SweepResult {
  return readJson(item, 'counted', resultSchema);
}
