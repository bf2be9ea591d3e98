/** Replication backfills as ECR makes them: prepared, copied pair by pair of image and tag, over; some of it fails, or is only said to be copied. */

import type { Digest } from '../../lib/image/digest.ts';
import { type Registry, registryKey, sameRegistry } from '../../lib/image/registry.ts';
import { destinationsOf } from '../../lib/replication/rules.ts';
import { type Backfill, type BackfillResult, isOver } from '../../lib/sweep/backfill.ts';
import type { RepairPorts } from '../../lib/sweep/backfill-ports.ts';
import type { EcrModel } from './ecr.ts';
import type { Random } from './random.ts';
import type { Timeline } from './timeline.ts';

export interface BackfillModel {
  readonly start: RepairPorts['startBackfill'] extends (...input: infer I) => Promise<infer A>
    ? (...input: I) => A
    : never;
  readonly stop: (id: string) => 'stopped' | 'over';
  readonly of: (source: Registry) => readonly Backfill[];
  readonly results: (id: string, status: 'COMPLETE' | 'FAILED') => readonly BackfillResult[];
}

interface Pair {
  readonly repository: string;
  readonly digest: Digest;
  readonly tag?: string;
}

/** ECR API Reference, StartReplicationBackfill. */
const mostAtOnce = 10;
const fails = 0.15;
/** Called copied, and it is not: ECR's word is a claim here as everywhere. */
const lies = 0.05;

/** `clockOf`: what the clock of a registry shows now. */
export function createBackfills(
  timeline: Pick<Timeline, 'now' | 'after'>,
  ecr: Pick<EcrModel, 'repositoriesOf' | 'shelfOf' | 'rulesOf' | 'put'>,
  clockOf: (registry: Registry) => number,
  random: Random,
): BackfillModel {
  const backfills = new Map<string, Backfill>();
  const results = new Map<string, { readonly result: BackfillResult; readonly isCopied: boolean }[]>();

  function change(id: string, changed: Partial<Backfill>): void {
    const known = backfills.get(id);
    if (known !== undefined) backfills.set(id, { ...known, ...changed });
  }

  function prepare(id: string): void {
    const { source, destination, status } = backfills.get(id) ?? {};
    if (source === undefined || destination === undefined) return;
    if (status === 'STOPPING') {
      end(id);
      return;
    }
    const pairs = pairsOf(source, destination);
    change(id, {
      status: 'IN_PROGRESS',
      progress: { total: pairs.length, completed: 0, failed: 0, failureCodes: [] },
    });
    copy(id, pairs, 0);
  }

  function pairsOf(source: Registry, destination: Registry): readonly Pair[] {
    return ecr.repositoriesOf(source).flatMap((repository) => {
      const named = destinationsOf(ecr.rulesOf(source), source, repository);
      if (!named.some((one) => sameRegistry(one, destination))) return [];
      return [...(ecr.shelfOf(source, repository)?.entries() ?? [])].flatMap(
        ([digest, { tags, storage }]) => {
          if (storage !== 'ACTIVE') return [];
          return tags.length === 0
            ? [{ repository, digest }]
            : tags.map((tag) => ({ repository, digest, tag }));
        },
      );
    });
  }

  function copy(id: string, pairs: readonly Pair[], at: number): void {
    const pair = pairs[at];
    if (pair === undefined || backfills.get(id)?.status !== 'IN_PROGRESS') {
      end(id);
      return;
    }
    timeline.after(random.between(1, 20), () => {
      const { source, destination, progress } = backfills.get(id) ?? {};
      if (source === undefined || destination === undefined || progress === undefined) return;
      const isCopied = !random.happens(fails);
      const failureCode = isCopied ? {} : { failureCode: 'Broken' };
      results.set(id, [
        ...(results.get(id) ?? []),
        { isCopied, result: { ...pair, ...failureCode, childFailureCodes: [] } },
      ]);
      if (isCopied && !random.happens(lies)) arrive(source, destination, pair);
      change(id, {
        progress: {
          ...progress,
          completed: progress.completed + (isCopied ? 1 : 0),
          failed: progress.failed + (isCopied ? 0 : 1),
          failureCodes: isCopied ? progress.failureCodes : ['Broken'],
        },
      });
      copy(id, pairs, at + 1);
    });
  }

  /** Nothing is copied that is not at the source any more, and no tag that has moved on there. */
  function arrive(source: Registry, destination: Registry, { repository, digest, tag }: Pair): void {
    const original = ecr.shelfOf(source, repository)?.get(digest);
    if (original === undefined) return;
    const isTagged = tag !== undefined && original.tags.includes(tag);
    ecr.put({ registry: destination, repository, digest, ...(isTagged ? { tag } : {}) });
  }

  function end(id: string): void {
    const known = backfills.get(id);
    if (known === undefined || isOver(known)) return;
    const { status, progress } = known;
    const isBroken = progress !== undefined && progress.total > 0 && progress.failed * 2 >= progress.total;
    change(id, {
      status: status === 'STOPPING' ? 'STOPPED' : isBroken ? 'FAILED' : 'COMPLETE',
      endedAt: clockOf(known.source),
    });
  }

  const of: BackfillModel['of'] = (source) =>
    [...backfills.values()].filter((one) => sameRegistry(one.source, source));

  return {
    of,
    start: (source, destination) => {
      const running = of(source).filter((one) => !isOver(one));
      if (running.some((one) => one.destination.region === destination.region))
        return { is: 'one-is-running' };
      if (running.length >= mostAtOnce) return { is: 'too-many' };
      const id = `backfill-${registryKey(source)}-${backfills.size + 1}`;
      backfills.set(id, { id, source, destination, status: 'PREPARING', startedAt: clockOf(source) });
      timeline.after(random.between(5, 120), () => prepare(id));
      return { is: 'started', id };
    },
    stop: (id) => {
      const known = backfills.get(id);
      if (known === undefined || isOver(known)) return 'over';
      change(id, { status: 'STOPPING' });
      return 'stopped';
    },
    results: (id, status) =>
      (results.get(id) ?? [])
        .filter(({ isCopied }) => isCopied === (status === 'COMPLETE'))
        .map(({ result }) => result),
  };
}
