/** One replica as a person asks about it: what was seen, what ECR says, how late it came, and why it is not there. */

import { type Cause, causeOf } from '../alert/cause.ts';
import { type Registry, sameRegistry } from '../image/registry.ts';
import { evidenceOf, type Finding, open } from '../incident/transition.ts';
import type { Claim } from '../replication/claim.ts';
import { decide } from '../replication/decision.ts';
import { lagSeconds } from '../replication/lag.ts';
import type { Replica } from '../replication/rules.ts';
import type { Verdict } from '../replication/verdict.ts';
import type { MoreEvidence } from './evidence.ts';
import type { SourceImage } from './source-image.ts';

export interface ReplicaStatus {
  readonly destination: Registry;
  readonly verdict: Verdict;
  /** Absent when nobody asked ECR. */
  readonly claim?: Claim;
  /** Seconds from push to arrival, as far as both registries tell. */
  readonly lag?: number;
  /** Why it is not verified; absent when it is, or when it need not be any more. */
  readonly cause?: Cause;
}

export function replicaStatus(
  image: SourceImage,
  destination: Registry,
  verdict: Verdict,
  more: MoreEvidence,
  now: number,
): ReplicaStatus {
  const arrivedAt = verdict.is === 'verified' ? verdict.arrivedAt : undefined;
  const lag = image.pushedAt === undefined ? undefined : lagSeconds(image.pushedAt, arrivedAt);
  const cause = causeOfReplica(image, destination, verdict, more, now);
  return {
    destination,
    verdict,
    ...(more.claim === undefined ? {} : { claim: more.claim }),
    ...(lag === undefined ? {} : { lag }),
    ...(cause === undefined ? {} : { cause }),
  };
}

/** As if its deadline were over: whoever asks now wants to know what stands in the way now. */
function causeOfReplica(
  { pushedAt = 0, ...image }: SourceImage,
  destination: Registry,
  verdict: Verdict,
  more: MoreEvidence,
  now: number,
): Cause | undefined {
  const replica: Replica = { ...image, destination };
  const decision = decide(replica, { verdict, ...more, ageSeconds: 0, deadlineSeconds: 0 });
  if (decision.do !== 'report' && decision.do !== 'report-destination') return undefined;
  const finding: Finding = {
    kind: decision.do === 'report' ? decision.kind : 'unreadable',
    replica,
    pushedAt,
    deadlineSeconds: 0,
    evidence: evidenceOf(verdict, more.claim, more.tagImmutable),
  };
  return causeOf(open(finding, undefined, now));
}

export function isVerified({ verdict }: ReplicaStatus): boolean {
  return verdict.is === 'verified';
}

/** Whether a destination is meant by what somebody wrote: a Region, or `ACCOUNT/REGION`. */
export function isMeantBy(destination: Registry, written: string): boolean {
  const [account = '', region] = written.split('/');
  return region === undefined
    ? account === destination.region
    : sameRegistry({ account, region }, destination);
}
