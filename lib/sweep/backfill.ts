/** Replication backfills: what ECR says of one, and what was seen of what it says that it copied. */

import type { Digest } from '../image/digest.ts';
import type { Registry } from '../image/registry.ts';
import type { Verdict } from '../replication/verdict.ts';

/** ECR's own words. */
export const backfillStatuses = [
  'PREPARING',
  'IN_PROGRESS',
  'COMPLETE',
  'FAILED',
  'STOPPING',
  'STOPPED',
] as const;
type BackfillStatus = (typeof backfillStatuses)[number];

/** One backfill as ListReplicationBackfills shows it. Times in epoch milliseconds. */
export interface Backfill {
  readonly id: string;
  readonly source: Registry;
  readonly destination: Registry;
  readonly status: BackfillStatus;
  /** Of the whole; a free string without published values. */
  readonly failureCode?: string;
  /** Not before it is prepared. Each pair of image and tag is one replication. */
  readonly progress?: {
    readonly total: number;
    readonly completed: number;
    readonly failed: number;
    readonly failureCodes: readonly string[];
  };
  readonly startedAt: number;
  readonly endedAt?: number;
}

/** One replication of a backfill that is over. */
export interface BackfillResult {
  readonly repository: string;
  readonly digest: Digest;
  readonly tag?: string;
  readonly failureCode?: string;
  /** Of the images that an index lists. */
  readonly childFailureCodes: readonly string[];
}

export function isOver({ status }: Backfill): boolean {
  return status === 'COMPLETE' || status === 'FAILED' || status === 'STOPPED';
}

/** 0 to 100: how much of a backfill is done, failed or not. One that is still being prepared has done nothing. */
export function percentDone({ status, progress }: Backfill): number {
  if (progress === undefined) return status === 'COMPLETE' ? 100 : 0;
  if (progress.total === 0) return 100;
  return Math.floor((100 * (progress.completed + progress.failed)) / progress.total);
}

/** What a look saw of the replications that ECR calls COMPLETE. */
export interface Verification {
  readonly seen: number;
  /** Not there, not under their tag, or archived. */
  readonly notSeen: number;
  /** Could not be told. */
  readonly unreadable: number;
  /** More than could be looked at in one run. */
  readonly notLookedAt: number;
  /** Some of those not seen. */
  readonly examples: readonly { readonly result: BackfillResult; readonly verdict: Verdict['is'] }[];
}

export const nothingLookedAt: Verification = {
  seen: 0,
  notSeen: 0,
  unreadable: 0,
  notLookedAt: 0,
  examples: [],
};

const mostExamples = 20;

export function tally(
  before: Verification,
  results: readonly BackfillResult[],
  verdicts: readonly Verdict[],
): Verification {
  let { seen, notSeen, unreadable } = before;
  const examples = [...before.examples];
  for (const [at, result] of results.entries()) {
    const verdict = verdicts[at]?.is ?? 'unreadable';
    if (verdict === 'verified') {
      seen += 1;
    } else if (verdict === 'unreadable') {
      unreadable += 1;
    } else {
      notSeen += 1;
      if (examples.length < mostExamples) examples.push({ result, verdict });
    }
  }
  return { ...before, seen, notSeen, unreadable, examples };
}

/** All that people are told of a backfill's end. */
export interface BackfillEnd {
  readonly backfill: Backfill;
  /** Who started it, as far as is known. */
  readonly by: 'monitor' | 'somebody else';
  /** Some of the replications that failed; the progress has their number. */
  readonly failures: readonly BackfillResult[];
  readonly verification: Verification;
}

/** True when everything was copied, and everything was seen. */
export function wentWell({ backfill, verification }: BackfillEnd): boolean {
  const { status, progress } = backfill;
  const { notSeen, unreadable, notLookedAt } = verification;
  if (status !== 'COMPLETE' || progress === undefined || notSeen + unreadable + notLookedAt > 0) return false;
  return progress.failed === 0 && progress.completed === progress.total;
}
