/** What is to be done about one replica after one look: the one place where an image is called not replicated. */

import type { Digest } from '../image/digest.ts';
import type { Claim } from './claim.ts';
import type { ReadFault, Verdict } from './verdict.ts';

/** How things stand with a whole destination, which no incident speaks of: see lib/monitor/standing.ts. */
const standingKinds = ['not-allowed', 'history', 'settings', 'incomplete'] as const;
export type StandingKind = (typeof standingKinds)[number];

/** What people can be told of; `unreadable` and the standing kinds speak of a whole destination, the others of a replica. */
export const incidentKinds = [
  'failed',
  'overdue',
  'not-started',
  'contradicted',
  'tag-mismatch',
  'archived',
  'unreadable',
  ...standingKinds,
] as const;
export type IncidentKind = (typeof incidentKinds)[number];
export type ReplicaKind = Exclude<IncidentKind, 'unreadable' | StandingKind>;

export function isStanding(kind: IncidentKind): kind is StandingKind {
  return standingKinds.some((standing) => standing === kind);
}

/** What a reminder says may be other than what was said before: nobody is told of each change. */
export function isReadAnew(kind: IncidentKind): boolean {
  return kind === 'history' || kind === 'settings' || kind === 'incomplete';
}

export type Decision =
  | { readonly do: 'done'; readonly as: 'verified' | 'superseded'; readonly arrivedAt?: number }
  | { readonly do: 'withdraw' }
  | { readonly do: 'look-again' }
  | { readonly do: 'report'; readonly kind: ReplicaKind }
  | { readonly do: 'report-destination'; readonly why: ReadFault };

/** All that the decision rests on. `ageSeconds` is counted from the event's own time. */
export interface Evidence {
  readonly verdict: Verdict;
  /** Absent when nobody had to ask: the replica is verified. */
  readonly claim?: Claim;
  readonly ageSeconds: number;
  readonly deadlineSeconds: number;
  /** Which digest the replica's tag is on at the source now; asked only for a tag-mismatch. */
  readonly sourceTag?: SourceTag;
  /** A destination reported a failure: that counts as the claim FAILED until ECR's API answers otherwise. */
  readonly failureReported?: boolean;
}

export type SourceTag =
  | { readonly is: 'on'; readonly digest: Digest }
  | { readonly is: 'nowhere' }
  | { readonly is: 'unreadable' };

/** DESIGN: the table "Decision", row by row. */
export function decide(replica: { readonly digest: Digest }, evidence: Evidence): Decision {
  const { verdict, claim } = evidence;
  if (verdict.is === 'verified') {
    return {
      do: 'done',
      as: 'verified',
      ...(verdict.arrivedAt === undefined ? {} : { arrivedAt: verdict.arrivedAt }),
    };
  }
  if (claim?.says === 'source-gone') return { do: 'withdraw' };
  const due = evidence.ageSeconds >= evidence.deadlineSeconds;
  switch (verdict.is) {
    case 'missing':
      return decideOnMissing(claim, due, evidence.failureReported === true);
    case 'tag-mismatch':
      if (tagMovedOn(replica.digest, evidence.sourceTag)) return { do: 'done', as: 'superseded' };
      return due ? { do: 'report', kind: 'tag-mismatch' } : { do: 'look-again' };
    case 'archived':
      return due ? { do: 'report', kind: 'archived' } : { do: 'look-again' };
    case 'unreadable':
      return due ? { do: 'report-destination', why: verdict.why } : { do: 'look-again' };
  }
}

function decideOnMissing(claim: Claim | undefined, due: boolean, failureReported: boolean): Decision {
  if (claim?.says === 'FAILED') return { do: 'report', kind: 'failed' };
  // A failure event and an image that is not there: two witnesses. Only "ECR is trying again" speaks against them.
  if (failureReported && claim?.says !== 'IN_PROGRESS') return { do: 'report', kind: 'failed' };
  if (!due) return { do: 'look-again' };
  switch (claim?.says) {
    case 'no-entry':
      return { do: 'report', kind: 'not-started' };
    case 'COMPLETE':
      return { do: 'report', kind: 'contradicted' };
    default:
      return { do: 'report', kind: 'overdue' };
  }
}

/** True when the tag no longer names this digest at the source. Unreadable is not "moved". */
export function tagMovedOn(digest: Digest, sourceTag: SourceTag | undefined): boolean {
  if (sourceTag === undefined || sourceTag.is === 'unreadable') return false;
  return sourceTag.is === 'nowhere' || sourceTag.digest !== digest;
}
