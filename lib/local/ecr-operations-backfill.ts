/** The operations on replication backfills, and on whose pulls leave no trace. */

import * as v from 'valibot';
import type { Registry } from '../image/registry.ts';
import { type Backfill, isOver, startBackfill, stopBackfill } from './ecr-backfill.ts';
import { EcrError, invalidParameter } from './ecr-error.ts';
import { type Operations, paging, parseInput, readPage, scopeOf, seconds } from './ecr-input.ts';
import { type EcrState, registryOf } from './ecr-state.ts';

const startInput = v.object({ destination: v.object({ region: v.string(), registryId: v.string() }) });
const named = { replicationBackfillId: v.string() };
const listInput = v.object(paging);
const resultsInput = v.object({
  ...named,
  ...paging,
  resultStatusFilter: v.optional(v.picklist(['COMPLETE', 'FAILED'])),
});

/** ECR API Reference, ListReplicationBackfills: what has ended is kept this long. */
const keptMs = 90 * 24 * 60 * 60 * 1000;

export const backfillOperations: Operations = {
  StartReplicationBackfill: (state, registry, input) => {
    const { destination } = parseInput(startInput, input);
    const target = { account: destination.registryId, region: destination.region };
    const backfill = startBackfill(state, registry, target);
    return shown(backfill, ['replicationBackfillId', 'destination', 'status', 'startedAt', 'registryId']);
  },

  StopReplicationBackfill: (state, registry, input) => {
    const { replicationBackfillId } = parseInput(v.object(named), input);
    const backfill = backfillOf(state, registry, replicationBackfillId);
    stopBackfill(state, backfill);
    return shown(backfill, ['replicationBackfillId', 'destination', 'status', 'startedAt', 'registryId']);
  },

  ListReplicationBackfills: (state, registry, input) => {
    const { maxResults = 25, nextToken } = parseInput(listInput, input);
    if (maxResults > 50) throw invalidParameter('maxResults', 'Member must be between 1 and 50');
    const { backfills } = registryOf(state, registry);
    const isKept = ({ endedAt }: Backfill): boolean =>
      endedAt === undefined || endedAt > state.now() - keptMs;
    const { entries, ...next } = readPage(
      { maxResults, nextToken },
      scopeOf('ListReplicationBackfills', registry),
      (from, limit) => backfills.page(from, limit, (backfill) => (isKept(backfill) ? [backfill] : [])),
    );
    const keys = [
      'replicationBackfillId',
      'destination',
      'status',
      'failureCode',
      'progress',
      'startedAt',
      'endedAt',
    ];
    return { backfills: entries.map((backfill) => shown(backfill, keys)), ...next };
  },

  DescribeReplicationBackfillResults: (state, registry, input) => {
    const { replicationBackfillId, resultStatusFilter, ...page } = parseInput(resultsInput, input);
    const backfill = backfillOf(state, registry, replicationBackfillId);
    const wanted = isOver(backfill)
      ? backfill.results.filter(({ status }) => status === (resultStatusFilter ?? status))
      : [];
    const { entries, ...next } = readPage(
      page,
      scopeOf('BackfillResults', registry, backfill.id),
      (from, limit) => {
        const found = wanted.slice(from.slot, from.slot + limit);
        const end = from.slot + limit;
        return { entries: found, next: end < wanted.length ? { slot: end, entry: 0 } : undefined };
      },
    );
    return {
      ...shown(backfill),
      results: entries.map(({ repository, digest, tag, status, failureCode }) => ({
        repositoryName: repository,
        imageId: { imageDigest: digest, imageTag: tag },
        status,
        failureCode,
      })),
      ...next,
    };
  },
};

export const pullTimeOperations: Operations = {
  RegisterPullTimeUpdateExclusion: (state, registry, input) => {
    const { principalArn } = parseInput(v.object({ principalArn: v.string() }), input);
    const { pullTimeExclusions } = registryOf(state, registry);
    if (pullTimeExclusions.has(principalArn)) {
      throw new EcrError(
        'ExclusionAlreadyExistsException',
        `The pull time update exclusion for '${principalArn}' already exists`,
      );
    }
    pullTimeExclusions.add(principalArn);
    return { principalArn, createdAt: seconds(state.now()) };
  },

  ListPullTimeUpdateExclusions: (state, registry) => ({
    pullTimeUpdateExclusions: [...registryOf(state, registry).pullTimeExclusions],
  }),
};

function backfillOf(state: EcrState, registry: Registry, id: string): Backfill {
  const backfill = registryOf(state, registry).backfills.get(id);
  if (backfill !== undefined) return backfill;
  throw new EcrError(
    'ReplicationBackfillNotFoundException',
    `The replication backfill with id '${id}' does not exist in the registry with id '${registry.account}'`,
  );
}

/** As it goes on the wire; with `keys` only those. */
function shown(backfill: Backfill, keys?: readonly string[]): object {
  const { id, source, destination, status, failureCode, total, results, startedAt, endedAt } = backfill;
  const failed = results.filter((result) => result.status === 'FAILED');
  const all = {
    registryId: source.account,
    replicationBackfillId: id,
    destination: { region: destination.region, registryId: destination.account },
    status,
    failureCode,
    progress:
      total === undefined
        ? undefined
        : {
            totalReplicationCount: total,
            completedReplicationCount: results.length - failed.length,
            failedReplicationCount: failed.length,
            failureCodes: [...new Set(failed.flatMap((result) => result.failureCode ?? []))],
          },
    startedAt: seconds(startedAt),
    endedAt: endedAt === undefined ? undefined : seconds(endedAt),
  };
  if (keys === undefined) return all;
  return Object.fromEntries(Object.entries(all).filter(([key]) => keys.includes(key)));
}
