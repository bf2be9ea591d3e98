/** The closed list of causes: how each is told from the evidence, one sentence of explanation, and what to do next. */

import { sameRegistry } from '../image/registry.ts';
import type { Incident } from '../incident/incident.ts';
import type { Replica } from '../replication/rules.ts';
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
    'ECR reported a failure, and the destination has no repository of this name: perhaps ECR could not create it.',
  'cross-account-refused':
    'ECR reported a failure. Between accounts it is most often the registry policy of the destination, which must ' +
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
  'tag-held':
    'The image is there, but its tag is on another image: a pull by this tag gets the wrong one. ECR moves no tag in ' +
    'a repository whose tags are immutable.',
  'tag-absent': 'The image is there, but without its tag: a pull by this tag fails.',
  archived: 'The image is there, but archived: a pull fails until it is restored.',
  'access-denied':
    'The monitor may not read this registry: until it may, nobody is told whether images arrive there.',
  'region-unavailable':
    'The Region does not answer: whether images arrived is unknown, and a failover to it may fail as well.',
  throttled: 'ECR refuses the calls as too many: until it answers, whether images arrived is unknown.',
  'service-error': 'ECR answers with errors: until it recovers, whether images arrived is unknown.',
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
      return evidence.found === undefined ? 'tag-absent' : 'tag-held';
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

const unreadableCause: { readonly [F in ReadFault]: CauseId } = {
  throttled: 'throttled',
  'access-denied': 'access-denied',
  'region-unavailable': 'region-unavailable',
  'repository-not-found': 'service-error',
  'service-error': 'service-error',
};

function stepsFor(id: CauseId, { replica }: Incident): readonly Step[] {
  const { source, destination, tag } = replica;
  const look: Step = {
    say: 'See what the destination has:',
    command: commands.describeAtDestination(replica),
  };
  const claim: Step = { say: 'See what ECR says now:', command: commands.describeReplicationStatus(replica) };
  const copy: Step = {
    say: 'Copy what is missing there (a recent AWS CLI can), or push the image again:',
    command: commands.startBackfill(replica),
  };
  const lifecycle: Step = {
    say: 'See whether a lifecycle policy does this:',
    command: commands.getLifecyclePolicy(replica),
  };
  const policy: Step = {
    say: `In account ${destination.account}, check the registry policy:`,
    command: commands.getRegistryPolicy(destination),
  };
  const templates: Step = {
    say: `In account ${destination.account}, check the creation templates; one with a KMS key or tags needs a customRoleArn:`,
    command: commands.describeCreationTemplates(destination),
  };
  switch (id) {
    case 'repository-not-created':
      return source.account === destination.account ? [templates, copy] : [policy, templates, copy];
    case 'cross-account-refused':
      return [policy, claim, copy];
    case 'failed-unknown':
      return [claim, copy];
    case 'still-in-progress':
    case 'claim-unreadable':
      return [look, claim, copy];
    case 'never-started':
      return [{ say: 'Check the rules:', command: commands.describeRegistry(source) }, copy];
    case 'claimed-but-absent':
      return [look, lifecycle, copy];
    case 'tag-held':
    case 'tag-absent':
      return tag === undefined ? [look] : stepsForTag(id, { ...replica, tag });
    case 'archived':
      return [{ say: 'Restore it:', command: commands.restoreImage(replica) }, lifecycle];
    case 'access-denied':
    case 'region-unavailable':
    case 'throttled':
    case 'service-error':
      return stepsForRegistry(id, replica);
  }
}

function stepsForTag(id: 'tag-held' | 'tag-absent', replica: commands.TaggedReplica): readonly Step[] {
  const put: readonly Step[] = [
    { say: 'Read the manifest of the right image:', command: commands.readManifest(replica) },
    { say: 'Put the tag on it:', command: commands.putTag(replica) },
  ];
  if (id === 'tag-absent') {
    return [
      { say: 'See which tags it has there:', command: commands.describeAtDestination(replica) },
      ...put,
    ];
  }
  return [
    { say: 'See what the tag is on there:', command: commands.describeTagAtDestination(replica) },
    {
      say: 'Only if tags are immutable there, take it off that image (its last tag gone, ECR deletes the image):',
      command: commands.deleteTag(replica),
    },
    ...put,
  ];
}

/** What cannot be read of a source are its rules; of any other registry, its images. */
function stepsForRegistry(
  id: 'access-denied' | 'region-unavailable' | 'throttled' | 'service-error',
  replica: Replica,
): readonly Step[] {
  const { source, destination } = replica;
  const isSource = sameRegistry(source, destination);
  const look: Step = {
    say: `See whether you can read it, in account ${destination.account}:`,
    command: isSource ? commands.describeRegistry(source) : commands.describeAtDestination(replica),
  };
  switch (id) {
    case 'access-denied': {
      const action = isSource ? 'ecr:DescribeRegistry' : 'ecr:DescribeImages';
      return [
        {
          say: `Allow the monitor's role ${action} in ${destination.region} of account ${destination.account}; a service control policy may deny it, too.`,
        },
        look,
      ];
    }
    case 'region-unavailable':
      return [
        { say: 'See the AWS Health Dashboard, and whether the Region is enabled in the account.' },
        look,
      ];
    case 'throttled':
    case 'service-error':
      return [
        { say: 'Wait: the monitor looks again by itself.' },
        { ...look, say: `If it lasts: ${look.say.charAt(0).toLowerCase()}${look.say.slice(1)}` },
      ];
  }
}
