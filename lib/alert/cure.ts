/** What to do next about each cause: steps that can be followed at night, each with its command where there is one. */

import { type Registry, sameRegistry } from '../image/registry.ts';
import type { Incident } from '../incident/incident.ts';
import type { Replica } from '../replication/rules.ts';
import type { CauseId } from './cause.ts';
import * as commands from './commands.ts';

export interface Step {
  readonly say: string;
  readonly command?: string;
}

export function stepsFor(id: CauseId, { replica }: Incident): readonly Step[] {
  const { source, destination, tag } = replica;
  const look: Step = {
    say: 'See what the destination has:',
    command: commands.describeAtDestination(replica),
  };
  const claim: Step = { say: 'See what ECR says now:', command: commands.describeReplicationStatus(replica) };
  const copy: Step = {
    say: 'Copy what is missing there (needs a recent AWS CLI), or push the image again:',
    command: commands.startBackfill(replica),
  };
  const lifecycle = (does: string): Step => ({
    say: `See whether a lifecycle policy ${does} it there:`,
    command: commands.getLifecyclePolicy(replica),
  });
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
      return [
        { say: `In account ${source.account}, check the rules:`, command: commands.describeRegistry(source) },
        copy,
      ];
    case 'claimed-but-absent':
      return [look, lifecycle('deletes'), copy];
    case 'tag-immutable':
    case 'tag-held':
    case 'tag-absent':
      return tag === undefined ? [look] : stepsForTag(id, { ...replica, tag });
    case 'archived':
      return [{ say: 'Restore it:', command: commands.restoreImage(replica) }, lifecycle('archives')];
    case 'access-denied':
    case 'region-unavailable':
    case 'throttled':
    case 'service-error':
      return stepsForRegistry(id, replica);
  }
}

/** Registries whose rules are shown by a command of their own. */
const mostShown = 3;

/** A destination that may not be one: whose rules say so, and the two ways to end it. */
export function stepsForSovereignty(sources: readonly Registry[]): readonly Step[] {
  return [
    ...sources.slice(0, mostShown).map((source) => ({
      say: `In account ${source.account}, see the rules:`,
      command: commands.describeRegistry(source),
    })),
    {
      say: 'If images must not go there, take the destination out of the rules; what has arrived there stays until it is deleted.',
    },
    { say: 'If they may, add it to the parameter allowedDestinations and deploy the monitor again.' },
  ];
}

/** Images that ECR will not copy by itself, since they are older than their rule. */
export function stepsForHistory(sources: readonly Registry[], destination: Registry): readonly Step[] {
  return [
    ...sources.slice(0, mostShown).map((source) => ({
      say: `Copy what ${source.region} of account ${source.account} has and this does not (needs a recent AWS CLI):`,
      command: commands.startBackfill({ source, destination }),
    })),
    { say: 'Or leave them, if nobody will pull them there: this is told once a week.' },
  ];
}

function stepsForTag(
  id: 'tag-immutable' | 'tag-held' | 'tag-absent',
  replica: commands.TaggedReplica,
): readonly Step[] {
  const put: Step = { say: 'Put the tag on the right image there:', command: commands.putTag(replica) };
  if (id === 'tag-absent') {
    return [{ say: 'See which tags it has there:', command: commands.describeAtDestination(replica) }, put];
  }
  const held: Step = {
    say: 'See what the tag is on there:',
    command: commands.describeTagAtDestination(replica),
  };
  if (id === 'tag-held') return [held, put];
  return [
    held,
    {
      say: 'If that image is not needed, free the tag; an image that loses its last tag is deleted:',
      command: commands.deleteTag(replica),
    },
    put,
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
    say: `${isSource ? `In account ${source.account}, see` : 'See'} whether you can read it:`,
    command: isSource ? commands.describeRegistry(source) : commands.describeAtDestination(replica),
  };
  switch (id) {
    case 'access-denied': {
      const action = isSource ? 'ecr:DescribeRegistry' : 'ecr:DescribeImages';
      return [
        {
          say: `Allow the monitor ${action} in ${destination.region} of account ${destination.account}: its own role, or, where that is another account, the read role of spoke.yml (parameter readRoleName). A service control policy may deny it, too.`,
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
        {
          ...look,
          say: `If it lasts, see${isSource ? `, in account ${source.account},` : ''} whether you can read it:`,
        },
      ];
  }
}
