/** The closed list of causes: how each is told from the evidence, and one sentence of explanation. */

import type { Incident } from '../incident/incident.ts';
import type { ReadFault } from '../replication/verdict.ts';
import { type Step, stepsFor } from './cure.ts';

export interface Cause {
  /** A stable name for machines. */
  readonly id: CauseId;
  readonly sentence: string;
  readonly steps: readonly Step[];
}

export const causes = {
  'repository-not-created':
    'ECR reported a failure, and the destination has no repository of this name: perhaps ECR could not create it.',
  'cross-account-refused':
    'ECR reported a failure. Between accounts the cause is most often the registry policy of the destination, which must ' +
    'allow ecr:ReplicateImage and ecr:CreateRepository to the source account.',
  'failed-unknown':
    'ECR reported a failure. What its failure codes mean is not published, so the cause is unknown.',
  'still-in-progress': 'ECR says that it is still copying: the image may yet arrive.',
  'claim-unreadable': 'The image is not there, and ECR did not say what became of it: the cause is unknown.',
  'never-started':
    'ECR has no record of copying it: the image was pushed before the rule existed, or replication never began.',
  'claimed-but-absent':
    'ECR says that it copied the image, and it is not there: something deleted it, a lifecycle policy perhaps, or ' +
    'it never arrived.',
  'tag-immutable':
    'The image is there, but its tag is on another image: a pull by this tag gets the wrong one. The repository there ' +
    'keeps this tag where it is (tag immutability).',
  'tag-held': 'The image is there, but its tag is on another image: a pull by this tag gets the wrong one.',
  'tag-absent': 'The image is there, but without its tag: a pull by this tag fails.',
  archived: 'The image is there, but archived: a pull fails until it is restored.',
  'access-denied': 'The monitor may not read this registry: whether images arrived is unknown until it may.',
  'region-unavailable':
    'The Region does not answer: whether images arrived is unknown, and a failover to it may fail as well.',
  throttled: 'ECR throttles the calls: whether images arrived is unknown until it answers again.',
  'service-error': 'ECR answers with errors: whether images arrived is unknown until it recovers.',
} as const;
export type CauseId = keyof typeof causes;

/** The cause of an incident as far as its evidence shows it. */
export function causeOf(incident: Incident): Cause {
  const id = causeIdOf(incident);
  return { id, sentence: causes[id], steps: stepsFor(id, incident) };
}

/** What the last look saw and what ECR says now go before what it was reported as. */
function causeIdOf(incident: Incident): CauseId {
  const { kind, evidence } = incident;
  if (kind === 'unreadable') return unreadableCause[evidence.unreadable ?? 'service-error'];
  switch (evidence.seen ?? kind) {
    case 'tag-mismatch':
      return tagCauseOf(evidence);
    case 'archived':
      return 'archived';
    default:
      return causeOfMissing(incident);
  }
}

function causeOfMissing({ kind, evidence, replica }: Incident): CauseId {
  if (evidence.ecrSays === 'IN_PROGRESS') return 'still-in-progress';
  if (kind === 'failed' || evidence.ecrSays === 'FAILED') {
    if (evidence.repositoryAbsent) return 'repository-not-created';
    return replica.source.account === replica.destination.account
      ? 'failed-unknown'
      : 'cross-account-refused';
  }
  switch (evidence.ecrSays) {
    case 'COMPLETE':
      return 'claimed-but-absent';
    case 'no-entry':
      return 'never-started';
    default:
      return 'claim-unreadable';
  }
}

function tagCauseOf({ found, tagImmutable }: Incident['evidence']): CauseId {
  if (found === undefined) return 'tag-absent';
  return tagImmutable === true ? 'tag-immutable' : 'tag-held';
}

const unreadableCause: { readonly [F in ReadFault]: CauseId } = {
  throttled: 'throttled',
  'access-denied': 'access-denied',
  'region-unavailable': 'region-unavailable',
  'repository-not-found': 'service-error',
  'service-error': 'service-error',
};
