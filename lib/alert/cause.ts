/** The closed list of causes: how each is told from the evidence, one sentence of explanation, and what to do next. */

import { sameRegistry } from '../image/registry.ts';
import type { Incident } from '../incident/incident.ts';
import type { ReadFault } from '../replication/verdict.ts';
import * as commands from './commands.ts';

export interface Step {
  readonly say: string;
  readonly command?: string;
}

export interface Cause {
  /** A stable name for machines. */
  readonly id: CauseId;
  readonly sentence: string;
  readonly steps: readonly Step[];
}

export const causes = {
  'repository-not-created':
    'ECR says that it failed, and the destination has no repository of this name: ECR could not create it there.',
  'cross-account-refused':
    'ECR says that it failed. To another account this is most often the registry policy there, which must allow ' +
    'ecr:ReplicateImage (and ecr:CreateRepository) to the source account.',
  'failed-unknown':
    'ECR says that it failed; its failure code has no published meaning, so the cause is unknown.',
  'still-in-progress': 'ECR says that it is still copying, but the deadline has passed.',
  'claim-unreadable':
    'It is not there at its deadline, and ECR did not answer what became of it: the cause is unknown.',
  'never-started':
    'ECR has no record of copying it: the image was pushed before the rule existed, or replication never began.',
  'claimed-but-absent':
    'ECR says that it is there, and it is not: it was deleted after it arrived, or never did.',
  'tag-held':
    'The image is there, but its tag is on another image: a tag that exists at the destination of an immutable ' +
    'repository stays where it is.',
  'tag-absent': 'The image is there, but without its tag: a pull by this tag fails.',
  archived: 'The image is there, but archived: a pull fails until it is restored.',
  'access-denied': 'The monitor may not read this registry: whether images arrived is unknown until it may.',
  'region-unavailable':
    'The Region does not answer: whether images arrived is unknown, and a failover to it may fail as well.',
  throttled: 'ECR refuses too many calls there: whether images arrived is unknown until it answers again.',
  'service-error': 'ECR answers with errors there: whether images arrived is unknown until it recovers.',
} as const;
export type CauseId = keyof typeof causes;

/** The cause of an incident as far as its evidence shows it. */
export function causeOf(incident: Incident): Cause {
  const id = causeIdOf(incident);
  return { id, sentence: causes[id], steps: stepsFor(id, incident) };
}

function causeIdOf({ kind, evidence, replica }: Incident): CauseId {
  // What the last look saw goes before what it was reported as: an overdue image may have come without its tag.
  if (kind !== 'unreadable' && evidence.seen === 'tag-mismatch') {
    return evidence.found === undefined ? 'tag-absent' : 'tag-held';
  }
  if (kind !== 'unreadable' && evidence.seen === 'archived') return 'archived';
  switch (kind) {
    case 'failed':
      if (evidence.repositoryAbsent) return 'repository-not-created';
      return replica.source.account === replica.destination.account
        ? 'failed-unknown'
        : 'cross-account-refused';
    case 'overdue':
      return evidence.ecrSays === 'IN_PROGRESS' ? 'still-in-progress' : 'claim-unreadable';
    case 'not-started':
      return 'never-started';
    case 'contradicted':
      return 'claimed-but-absent';
    case 'tag-mismatch':
      return evidence.found === undefined ? 'tag-absent' : 'tag-held';
    case 'archived':
      return 'archived';
    case 'unreadable':
      return unreadableCause[evidence.unreadable ?? 'service-error'];
  }
}

const unreadableCause: { readonly [F in ReadFault]: CauseId } = {
  throttled: 'throttled',
  'access-denied': 'access-denied',
  'region-unavailable': 'region-unavailable',
  'repository-not-found': 'service-error',
  'service-error': 'service-error',
};

function stepsFor(id: CauseId, { replica }: Incident): readonly Step[] {
  const look: Step = {
    say: 'See what the destination has:',
    command: commands.describeAtDestination(replica),
  };
  const claim: Step = { say: 'See what ECR says:', command: commands.describeReplicationStatus(replica) };
  const copy: Step = {
    say: 'Copy again everything that is missing there (or push this image again):',
    command: commands.startBackfill(replica),
  };
  const policy: Step = {
    say: `In account ${replica.destination.account}, check the registry policy and the creation templates:`,
    command: commands.getRegistryPolicy(replica.destination),
  };
  switch (id) {
    case 'repository-not-created':
      return [
        policy,
        {
          say: 'A creation template with a KMS key or tags needs a customRoleArn, or creating the repository fails.',
        },
        copy,
      ];
    case 'cross-account-refused':
      return [policy, claim, copy];
    case 'failed-unknown':
      return [claim, copy];
    case 'still-in-progress':
    case 'claim-unreadable':
      return [look, claim, copy];
    case 'never-started':
      return [{ say: 'Check the rules:', command: commands.describeRegistry(replica.source) }, copy];
    case 'claimed-but-absent':
      return [look, copy];
    case 'tag-held':
    case 'tag-absent':
      return [
        { say: 'See what the tag is on there:', command: commands.describeTagAtDestination(replica) },
        ...(id === 'tag-held'
          ? [{ say: 'If that image is not needed, free the tag:', command: commands.deleteTag(replica) }]
          : []),
        copy,
      ];
    case 'archived':
      return [{ say: 'Restore it:', command: commands.restoreImage(replica) }];
    case 'access-denied':
      return [
        look,
        {
          say: sameRegistry(replica.source, replica.destination)
            ? "Allow the monitor's role ecr:DescribeRegistry and ecr:DescribeImages there."
            : `Allow the monitor's role ecr:DescribeImages in account ${replica.destination.account}.`,
        },
      ];
    case 'region-unavailable':
      return [
        { say: 'See the AWS Health Dashboard, and whether the Region is enabled in the account.' },
        look,
      ];
    case 'throttled':
    case 'service-error':
      return [look, { say: 'Nothing else: the monitor looks again by itself.' }];
  }
}
