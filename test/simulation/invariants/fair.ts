/** 2. Nothing is told as wrong that a fair look at the same time would have found right, and what is told is what was so. */

import { type Registry, registryKey, sameRegistry } from '../../../lib/image/registry.ts';
import type { Incident } from '../../../lib/incident/incident.ts';
import { givenUpAfterSeconds } from '../../../lib/incident/transition.ts';
import type { ClaimsReading } from '../../../lib/replication/claim.ts';
import { placeKey } from '../../../lib/replication/reads.ts';
import { imageKey } from '../ecr.ts';
import type { FaultKind } from '../story.ts';
import type { Sight } from '../truth.ts';
import type { Invariant, Run, Seen } from '../watch.ts';
import { clockSeconds, rulesKeptSeconds } from './bounds.ts';
import { inWords } from './words.ts';

const sightOf = { missing: 'absent', archived: 'archived', 'tag-mismatch': 'without-tag' } as const;
const readFaults: readonly FaultKind[] = [
  'throttled',
  'access-denied',
  'service-error',
  'region-unreachable',
  'half-answer',
];

export const fair: Invariant = {
  name: 'told fairly',
  watch: (seen) => ({
    saved: (incident, before, run) => {
      const { state, kind } = incident;
      if (state === 'open' && before?.state !== 'open') checkOpening(seen, incident, run);
      if (state === 'open' && kind !== 'unreadable' && incident.lastLookAt !== before?.lastLookAt)
        checkEvidence(seen, incident, run);
      if (state !== 'open') checkEnd(seen, incident, run);
    },
  }),
};

function isStruck({ faults }: Run): boolean {
  return readFaults.some((fault) => faults.has(fault));
}

function checkOpening({ now, setting, truth, fail }: Seen, incident: Incident, run: Run): void {
  const { kind, replica, pushedAt, deadlineSeconds, evidence } = incident;
  if (kind === 'unreadable') {
    if (!isStruck(run))
      fail(`${registryKey(replica.destination)} is reported unreadable, and every call was answered`);
    return;
  }
  const ageSeconds = (now() + run.process.clockAheadMs - pushedAt) / 1000;
  if (deadlineSeconds !== setting.deadlineMinutes * 60)
    fail(`${inWords(replica)}: deadline ${deadlineSeconds} s`);
  if (kind !== 'failed' && ageSeconds < deadlineSeconds - clockSeconds)
    fail(`${inWords(replica)} is reported ${kind} after ${ageSeconds} s`);
  const needs = truth.needs(replica, run.startedAt, now());
  // What is gone, or has moved on, at a source that could not be read: pessimistic, and withdrawn at the next look.
  const isExcused = isStruck(run) && (evidence.seen === 'tag-mismatch' || evidence.ecrSays === 'unreadable');
  if (![...needs].some((need) => need !== 'met' && need !== 'void') && !isExcused) {
    // Rules may have changed within the minute that they are kept.
    const old = truth.needs(replica, run.startedAt - rulesKeptSeconds * 1000, now());
    if (![...old].some((need) => need !== 'met' && need !== 'void'))
      fail(`${inWords(replica)} is reported ${kind}, and was ${[...needs].join(', ')}`);
  }
  const expected = {
    overdue: ['IN_PROGRESS', 'unreadable'],
    'not-started': ['no-entry'],
    contradicted: ['COMPLETE'],
  };
  const says = evidence.ecrSays ?? 'unreadable';
  if (kind in expected && !expected[kind as keyof typeof expected].includes(says))
    fail(`${inWords(replica)} is reported ${kind}, and ECR says ${says}`);
  if (kind === 'failed' && says !== 'FAILED' && !run.messages.some(({ body }) => body.includes('"FAILED"')))
    fail(`${inWords(replica)} is reported failed, and nobody said so`);
}

function checkEvidence({ now, truth, ecr, fail }: Seen, { replica, evidence }: Incident, run: Run): void {
  const { source, repository, digest, destination } = replica;
  const { seen, ecrSays } = evidence;
  if (seen !== undefined && seen !== 'unreadable') {
    const sights: ReadonlySet<Sight> = truth.sights(replica, run.startedAt, now());
    if (!sights.has(sightOf[seen]))
      fail(`${inWords(replica)}: seen as ${seen}, and was ${[...sights].join(', ')}`);
  }
  if (ecrSays === undefined || ecrSays === 'unreadable' || ecrSays === 'source-gone') return;
  const claims = ecr.claims
    .during(imageKey(source, repository, digest), run.startedAt, now())
    .map((reading) => saidOf(reading, destination));
  // What ECR last said stands while it cannot be read.
  if (!claims.includes(ecrSays) && !isStruck(run))
    fail(`${inWords(replica)}: ECR is quoted with ${ecrSays}, and said ${claims.join(', ')}`);
}

/** What ECR said of one destination; that it said nothing is not that all is well. */
function saidOf(reading: ClaimsReading, destination: Registry): string {
  if (reading.is !== 'read') return reading.is;
  const entry = reading.entries.find((one) => sameRegistry(one.destination, destination));
  return entry?.status ?? 'no-entry';
}

function checkEnd(
  { now, truth, ecr, fail }: Seen,
  { state, kind, replica, openedAt }: Incident,
  run: Run,
): void {
  if (kind === 'unreadable') return;
  if (state === 'given-up' && now() - openedAt < (givenUpAfterSeconds - clockSeconds) * 1000)
    fail(`${inWords(replica)} is given up after ${(now() - openedAt) / 1000} s`);
  if (state === 'resolved') {
    const sights = truth.sights(replica, run.startedAt, now());
    if (!sights.has('whole')) fail(`${inWords(replica)} is resolved, and was ${[...sights].join(', ')}`);
  }
  if (state === 'withdrawn') {
    const needs = truth.needs(replica, run.startedAt, now(), run.startedAt - rulesKeptSeconds * 1000);
    // Of an image that is gone at its source nobody waits for the destination to be read again.
    const { source, repository, digest } = replica;
    const atSource = ecr.shelves.during(placeKey(source, repository), run.startedAt, now());
    const isGone = isStruck(run) && atSource.some((shelf) => shelf?.get(digest) === undefined);
    if (!needs.has('void') && !isGone)
      fail(`${inWords(replica)} is withdrawn, and was ${[...needs].join(', ')}`);
  }
}
