/** Runs `status IMAGE`: one look at every destination, and what it shows. */

import { clockTime } from '../alert/words.ts';
import { type ImageReference, referenceName } from '../image/image-reference.ts';
import { type Registry, registryKey } from '../image/registry.ts';
import { type ImageStatus, readImageStatus } from '../monitor/image-status.ts';
import { isVerified, type ReplicaStatus } from '../monitor/replica-status.ts';
import { exitCodes, UserFault } from './fault.ts';
import { imageDocument, printReplicas, replicaDocument } from './image-view.ts';
import { openSession } from './session.ts';
import type { StatusOptions } from './status.ts';
import type { Terminal } from './terminal.ts';
import { bold } from './text.ts';
import { troubleLine } from './trouble.ts';

export async function runStatusOfImage(
  terminal: Terminal,
  reference: ImageReference,
  options: StatusOptions,
): Promise<number> {
  const { source, ports } = await openSession(terminal, options, reference.registry);
  const status = await readImageStatus({ ...ports, now: Date.now }, source, reference);
  if (options.json) terminal.printJson(documentOf(status));
  if (status.is !== 'looked') throw faultOf(status, source, reference);
  const { image, replicas } = status;
  if (!options.json) {
    const pushed = image.pushedAt === undefined ? '' : `, pushed ${clockTime(image.pushedAt)}`;
    terminal.print([bold(referenceName(reference)), ` in ${registryKey(source)}${pushed}`]);
    terminal.print(image.digest);
    terminal.print('');
    printReplicas(terminal, image, replicas);
  }
  return exitCodeOf(replicas);
}

function documentOf(status: ImageStatus): object {
  return {
    version: '1',
    outcome: outcomeOf(status),
    ...('image' in status ? { image: imageDocument(status.image) } : {}),
    destinations: status.is === 'looked' ? status.replicas.map(replicaDocument) : [],
  };
}

function outcomeOf(status: ImageStatus): string {
  if (status.is !== 'looked') return status.is;
  if (status.replicas.every(isVerified)) return 'verified';
  return status.replicas.some(isKnownNotVerified) ? 'not-verified' : 'could-not-tell';
}

function isKnownNotVerified({ verdict }: ReplicaStatus): boolean {
  return verdict.is !== 'verified' && verdict.is !== 'unreadable';
}

function exitCodeOf(replicas: readonly ReplicaStatus[]): number {
  if (replicas.every(isVerified)) return exitCodes.clean;
  return replicas.some(isKnownNotVerified) ? exitCodes.notClean : exitCodes.couldNotTell;
}

function faultOf(
  status: Exclude<ImageStatus, { is: 'looked' }>,
  source: Registry,
  reference: ImageReference,
): UserFault {
  const name = referenceName(reference);
  const { repository, tag } = reference;
  const { notClean, couldNotTell } = exitCodes;
  switch (status.is) {
    case 'unreadable':
      return new UserFault(troubleLine('source', source, status.why), couldNotTell);
    case 'rules-unreadable':
      return new UserFault(troubleLine('rules', source, status.why), couldNotTell);
    case 'absent': {
      const nor = status.repository === 'absent' ? ', nor is the repository' : '';
      return new UserFault(`there is no ${name} in ${registryKey(source)}${nor}`, notClean);
    }
    case 'tag-elsewhere': {
      const where = status.found === undefined ? 'on no image' : `on ${status.found}`;
      return new UserFault(`the tag ${tag} of ${repository} is not on this digest: it is ${where}`, notClean);
    }
    case 'uncovered':
      return new UserFault(
        `no rule covers ${repository} in ${registryKey(source)}: it is not replicated. \`explain ${repository}\` says why`,
        notClean,
      );
  }
}
