/** Findings of an audit: each difference with its cause and cures, in the words that notices use. */

import { type CauseId, causeOf } from '../alert/cause.ts';
import { startBackfill } from '../alert/commands.ts';
import type { Step } from '../alert/cure.ts';
import { type Registry, registryKey } from '../image/registry.ts';
import { evidenceOf, type Finding, open } from '../incident/transition.ts';
import type { Claim } from '../replication/claim.ts';
import { decide } from '../replication/decision.ts';
import type { Replica } from '../replication/rules.ts';
import type { ReadFault, Verdict } from '../replication/verdict.ts';
import type { DestinationComparison, Drift } from '../sweep/comparison.ts';
import type { Part } from '../sweep/part.ts';
import type { AuditFinding } from './document.ts';

/** Where a difference was found. */
export interface Place {
  readonly source: Registry;
  readonly repository: string;
  readonly destination: Registry;
}

/** Causes that only an audit knows; all others are those of incidents. */
const ownCauses = {
  'not-asked':
    'The image is not there. So many are missing that ECR was not asked about this one: its neighbours tell.',
  'older-than-rule':
    'Pushed before replication of its repository began: ECR copies nothing that was there before its rule.',
  'only-there': 'At the destination only: it was deleted at the source, or pushed there by somebody else.',
  'source-unreadable': 'The images of the source could not be read: nothing is known of its replicas.',
} as const;

type AuditCause = CauseId | keyof typeof ownCauses;

/** `claim`: what ECR says of a missing one; absent where nobody asked. `tagImmutable`: of a tag's repository. */
export function driftFinding(
  place: Place,
  { repositoryAbsent }: Pick<DestinationComparison, 'repositoryAbsent'>,
  drift: Drift,
  part: Part,
  more: { readonly claim?: Claim; readonly tagImmutable?: boolean } = {},
): AuditFinding {
  const { digest, tags, pushedAt } = drift.image;
  const tag = drift.is === 'tag-mismatch' ? drift.tag : tags[0];
  const about = {
    source: registryKey(place.source),
    destination: registryKey(place.destination),
    repository: place.repository,
    digest,
    ...(tag === undefined ? {} : { tag }),
    part,
    ...(pushedAt === undefined ? {} : { pushedAt: new Date(pushedAt).toISOString() }),
  };
  if (drift.is === 'extra') return { kind: 'extra', severity: 'info', ...about, ...own('only-there', []) };
  if (drift.is === 'history') {
    const copy = { say: copyWords, command: startBackfill(place) };
    return { kind: 'history', severity: 'info', ...about, ...own('older-than-rule', [copy]) };
  }
  const verdict = verdictOf(drift, repositoryAbsent);
  const replica: Replica = { ...place, digest, ...(tag === undefined ? {} : { tag }) };
  const { claim } = more;
  const says = claim === undefined ? {} : { ecrSays: claim.says };
  const code = claim?.says === 'FAILED' && claim.failureCode !== undefined ? claim.failureCode : undefined;
  const head = {
    kind: drift.is,
    severity: drift.is === 'missing' ? ('critical' as const) : ('warning' as const),
    ...about,
    ...says,
    ...(code === undefined ? {} : { failureCode: code }),
  };
  const cause = causeOf(open(incidentFinding(replica, pushedAt, verdict, more), undefined, 0));
  if (drift.is === 'missing' && claim === undefined) return { ...head, ...own('not-asked', cause.steps) };
  return { ...head, ...worded(cause.id, cause.sentence, cause.steps) };
}

const copyWords = 'Copy what is missing there (needs a recent AWS CLI), or push the image again:';

function verdictOf(drift: Drift, repositoryAbsent: true | undefined): Verdict {
  if (drift.is === 'archived') return { is: 'archived' };
  if (drift.is === 'tag-mismatch') {
    return { is: 'tag-mismatch', ...(drift.found === undefined ? {} : { found: drift.found }) };
  }
  return { is: 'missing', ...(repositoryAbsent ? { repository: 'absent' } : {}) };
}

function incidentFinding(
  replica: Replica,
  pushedAt = 0,
  verdict: Verdict,
  { claim, tagImmutable }: { readonly claim?: Claim; readonly tagImmutable?: boolean },
): Finding {
  const evidence = { verdict, ageSeconds: 0, deadlineSeconds: 0, ...(claim === undefined ? {} : { claim }) };
  const decision = decide(replica, evidence);
  return {
    kind: decision.do === 'report' ? decision.kind : 'overdue',
    replica,
    pushedAt,
    deadlineSeconds: 0,
    evidence: evidenceOf(verdict, claim, tagImmutable),
  };
}

/** One repository at one destination that could not be read. */
export function unreadableFinding(place: Place, why: ReadFault): AuditFinding {
  // The commands of an incident name an image; of a whole repository there is none to name.
  const sample = causeOf(
    open(
      {
        kind: 'unreadable',
        replica: { ...place, digest: noDigest },
        pushedAt: 0,
        deadlineSeconds: 0,
        evidence: { unreadable: why },
      },
      undefined,
      0,
    ),
  );
  return {
    kind: 'unreadable',
    severity: 'critical',
    source: registryKey(place.source),
    destination: registryKey(place.destination),
    repository: place.repository,
    ...worded(
      sample.id,
      sample.sentence,
      sample.steps.filter(({ command }) => command === undefined),
    ),
  };
}

const noDigest = 'sha256:0' as Replica['digest'];

/** A repository of the source, or, without one, all of it. */
export function unreadableSource(source: Registry, why: ReadFault, repository?: string): AuditFinding {
  const place = `${source.region} of account ${source.account}`;
  const need =
    repository === undefined ? 'ecr:DescribeRegistry and ecr:DescribeRepositories' : 'ecr:DescribeImages';
  const say =
    why === 'access-denied' ? `Allow ${need} in ${place}.` : `Try again; in ${place}, ECR answered: ${why}.`;
  return {
    kind: 'unreadable',
    severity: 'critical',
    source: registryKey(source),
    ...(repository === undefined ? {} : { repository }),
    ...own('source-unreadable', [{ say }]),
  };
}

function own(cause: keyof typeof ownCauses, steps: readonly Step[]): Worded {
  return worded(cause, ownCauses[cause], steps);
}

type Worded = Pick<AuditFinding, 'cause' | 'explanation' | 'cures'>;

function worded(cause: AuditCause, explanation: string, steps: readonly Step[]): Worded {
  return {
    cause,
    explanation,
    cures: steps.map(({ say, command }) => ({ text: say, ...(command === undefined ? {} : { command }) })),
  };
}
