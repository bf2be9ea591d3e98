/** How an incident comes to be, goes on and ends. Each step takes the incident and answers the next one. */

import type { Claim } from '../replication/claim.ts';
import type { IncidentKind } from '../replication/decision.ts';
import type { Replica } from '../replication/rules.ts';
import type { Verdict } from '../replication/verdict.ts';
import { type Incident, type IncidentEvidence, incidentId } from './incident.ts';

/** What a look found out that is worth an incident. */
export interface Finding {
  readonly kind: IncidentKind;
  readonly replica: Replica;
  readonly pushedAt: number;
  readonly deadlineSeconds: number;
  readonly evidence: IncidentEvidence;
}

const daySeconds = 24 * 60 * 60;

/** The next look at an open incident comes after a tenth of its age, a minute at least, an hour at most. */
export function incidentGapSeconds(ageSeconds: number): number {
  return Math.min(Math.max(ageSeconds / 10, 60), 60 * 60);
}

/** A new incident, or a closed one that came back: same identity, one more opening. */
export function open(finding: Finding, previous: Incident | undefined, now: number): Incident {
  const openings = [...(previous?.openings ?? []), now].slice(-openingsKept);
  return {
    id: incidentId(finding.kind, finding.replica),
    revision: (previous?.revision ?? 0) + 1,
    state: 'open',
    kind: finding.kind,
    replica: finding.replica,
    pushedAt: finding.pushedAt,
    deadlineSeconds: finding.deadlineSeconds,
    openedAt: now,
    changedAt: now,
    lookAt: now + incidentGapSeconds(0) * 1000,
    lastLookAt: now,
    evidence: finding.evidence,
    openings,
    ...(flaps(openings, now) ? { muted: true } : {}),
  };
}

/** A replica that comes and goes is told of three times a day; after that it is only on record until it calms down. */
export const mostOpeningsADay = 3;

function flaps(openings: readonly number[], now: number): boolean {
  return openings.filter((at) => at > now - daySeconds * 1000).length > mostOpeningsADay;
}

// Enough to tell a replica that flaps; an item must not grow with every return.
const openingsKept = 10;

/** Seen verified at its destination. `arrivedAt` is when it arrived there, if the look could tell. */
export function resolve(incident: Incident, arrivedAt: number | undefined, now: number): Incident {
  const isTold = arrivedAt !== undefined && isPossible(incident, arrivedAt);
  const arrival = isTold ? arrivedAt : now;
  const lateness = (arrival - incident.pushedAt) / 1000 - incident.deadlineSeconds;
  return {
    ...closed(incident, 'resolved', now),
    arrivedAt: arrival,
    latenessSeconds: Math.max(0, Math.round(lateness)),
  };
}

/** How long a look may be under way, with all that it asks. */
const longestLookSeconds = 60;

/**
 * That a replica's `imagePushedAt` is its own arrival is not documented. What a look has missed cannot have been there
 * long before, and nothing arrives in the second in which it is pushed: then the time is the source's.
 */
function isPossible({ kind, evidence, lastLookAt, pushedAt }: Incident, arrivedAt: number): boolean {
  // ECR tells when an image came, not when its tag did: of a tag put right later the look's time is all we know.
  const wasUntagged = kind === 'tag-mismatch' || evidence.seen === 'tag-mismatch';
  if (wasUntagged && arrivedAt <= lastLookAt) return false;
  if (evidence.seen !== 'missing') return true;
  return arrivedAt >= lastLookAt - longestLookSeconds * 1000 && arrivedAt > pushedAt + 1000;
}

export function closed(
  incident: Incident,
  state: 'resolved' | 'withdrawn' | 'given-up',
  now: number,
): Incident {
  const { lookAt: _, ...rest } = incident;
  return { ...rest, state, revision: incident.revision + 1, changedAt: now, lastLookAt: now };
}

/** What a later look at an open incident found out. */
export interface LaterLook {
  /** False when no rule names the destination any more. */
  readonly expected: boolean;
  readonly verdict: Verdict;
  readonly claim?: Claim;
  readonly tagMovedOn: boolean;
  /** The least pause until the next look, in seconds: longer when very many are open. */
  readonly leastGapSeconds: number;
}

/** An incident that outlives this is given up, and people are told so. */
export const givenUpAfterSeconds = 7 * daySeconds;

/** An open incident after another look: ended, or kept with a growing gap and what is newly known. */
export function lookedAt(incident: Incident, look: LaterLook, now: number): Incident {
  const { verdict, claim } = look;
  if (!look.expected) return closed(incident, 'withdrawn', now);
  if (incident.kind === 'unreadable') {
    if (verdict.is !== 'unreadable') return closed(incident, 'resolved', now);
  } else {
    if (verdict.is === 'verified') return resolve(incident, verdict.arrivedAt, now);
    if (claim?.says === 'source-gone' || look.tagMovedOn) return closed(incident, 'withdrawn', now);
  }
  if (now - incident.openedAt >= givenUpAfterSeconds * 1000) return closed(incident, 'given-up', now);
  return kept(incident, look, now);
}

function kept(incident: Incident, { verdict, claim, leastGapSeconds }: LaterLook, now: number): Incident {
  const { muted, ...rest } = incident;
  const gap = Math.max(incidentGapSeconds((now - incident.openedAt) / 1000), leastGapSeconds);
  const looked = { ...rest, revision: incident.revision + 1, lookAt: now + gap * 1000 };
  // A look that could not tell knows nothing new of the image: what was seen last, and when, stands.
  const blind = verdict.is === 'unreadable' && incident.kind !== 'unreadable';
  const next = blind
    ? looked
    : { ...looked, lastLookAt: now, evidence: evidenceAfter(incident, verdict, claim) };
  if (!muted) return next;
  // It has calmed down, and is still not there: now people have to know.
  return flaps(incident.openings, now) ? { ...next, muted } : { ...next, changedAt: now };
}

/** An unreadable claim knows nothing new of what ECR says: what was known stands. */
function evidenceAfter({ evidence }: Incident, verdict: Verdict, claim?: Claim): IncidentEvidence {
  const { ecrSays, failureCode, tagImmutable } = evidence;
  const seen = evidenceOf(verdict, claim, tagImmutable);
  if (claim?.says !== 'unreadable' || ecrSays === undefined) return seen;
  return { ...seen, ecrSays, ...(failureCode === undefined ? {} : { failureCode }) };
}

/** The evidence that an incident keeps of the look that made or confirmed it. */
export function evidenceOf(
  verdict: Verdict,
  claim: Claim | undefined,
  tagImmutable?: boolean,
): IncidentEvidence {
  return {
    ...(verdict.is === 'verified' ? {} : { seen: verdict.is }),
    ...(claim === undefined ? {} : { ecrSays: claim.says }),
    ...(claim?.says === 'FAILED' && claim.failureCode !== undefined
      ? { failureCode: claim.failureCode }
      : {}),
    ...(verdict.is === 'tag-mismatch' && verdict.found !== undefined ? { found: verdict.found } : {}),
    ...(verdict.is === 'tag-mismatch' && tagImmutable !== undefined ? { tagImmutable } : {}),
    ...(verdict.is === 'missing' && verdict.repository === 'absent' ? { repositoryAbsent: true } : {}),
    ...(verdict.is === 'unreadable' ? { unreadable: verdict.why } : {}),
  };
}
