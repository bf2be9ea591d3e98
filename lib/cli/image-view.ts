/** One image and its destinations: as rows for people, and as the JSON of `status` and `wait`. */

import { duration } from '../alert/words.ts';
import { referenceName } from '../image/image-reference.ts';
import { type Registry, registryKey } from '../image/registry.ts';
import type { ReplicaStatus } from '../monitor/replica-status.ts';
import type { SourceImage } from '../monitor/source-image.ts';
import type { Claim } from '../replication/claim.ts';
import type { Verdict } from '../replication/verdict.ts';
import type { Terminal } from './terminal.ts';
import { bold, dim, green, type Piece, red, type Text, yellow } from './text.ts';

export function printReplicas(
  terminal: Terminal,
  image: SourceImage,
  replicas: readonly ReplicaStatus[],
): void {
  const columns = ['destination', 'verdict', 'ECR says', 'lag'].map((title) => ({ title }));
  terminal.printTable(
    columns,
    replicas.map((replica) => replicaRow(image.source, replica)),
  );
  for (const { destination, cause } of replicas) {
    if (cause === undefined) continue;
    terminal.print('');
    terminal.print([bold(placeName(image.source, destination)), `: ${cause.sentence}`]);
    for (const { say, command } of cause.steps) {
      terminal.print(`  ${say}`);
      if (command !== undefined) terminal.print(dim(`    ${command}`));
    }
  }
}

export function replicaRow(
  source: Registry,
  { destination, verdict, claim, lag }: ReplicaStatus,
): readonly Text[] {
  return [
    placeName(source, destination),
    verdictPiece(verdict),
    claim === undefined ? '' : claimText(claim),
    lag === undefined ? '' : duration(lag),
  ];
}

/** The Region; the account as well where it is another one. */
export function placeName(source: Registry, destination: Registry): string {
  return source.account === destination.account ? destination.region : registryKey(destination);
}

function verdictPiece(verdict: Verdict): Piece {
  switch (verdict.is) {
    case 'verified':
      return green('verified');
    case 'missing':
      return red(verdict.repository === 'absent' ? 'missing, no repository' : 'missing');
    case 'tag-mismatch':
      return red(
        verdict.found === undefined ? 'there without its tag' : `tag is on ${verdict.found.slice(0, 19)}`,
      );
    case 'archived':
      return red('archived');
    case 'unreadable':
      return yellow(`could not tell (${verdict.why})`);
  }
}

export function claimText(claim: Claim): string {
  switch (claim.says) {
    case 'FAILED':
      return claim.failureCode === undefined ? 'FAILED' : `FAILED (${claim.failureCode})`;
    case 'no-entry':
      return 'nothing';
    case 'source-gone':
      return 'no such image';
    case 'unreadable':
      return `could not tell (${claim.why})`;
    default:
      return claim.says;
  }
}

export function imageDocument(image: SourceImage): object {
  const { source, repository, tag, digest, pushedAt } = image;
  return {
    name: referenceName({ repository, ...(tag === undefined ? { digest } : { tag }) }),
    registry: registryKey(source),
    repository,
    ...(tag === undefined ? {} : { tag }),
    digest,
    ...(pushedAt === undefined ? {} : { pushedAt: new Date(pushedAt).toISOString() }),
  };
}

export function replicaDocument({ destination, verdict, claim, lag, cause }: ReplicaStatus): object {
  return {
    destination: registryKey(destination),
    verdict: verdict.is,
    ...(verdict.is === 'verified' && verdict.arrivedAt !== undefined
      ? { arrivedAt: new Date(verdict.arrivedAt).toISOString() }
      : {}),
    ...(verdict.is === 'missing' && verdict.repository === 'absent' ? { repositoryAbsent: true } : {}),
    ...(verdict.is === 'tag-mismatch' && verdict.found !== undefined ? { tagIsOn: verdict.found } : {}),
    ...(verdict.is === 'unreadable' ? { unreadable: verdict.why } : {}),
    ...(claim === undefined ? {} : { ecrSays: claim.says }),
    ...(claim?.says === 'FAILED' && claim.failureCode !== undefined
      ? { failureCode: claim.failureCode }
      : {}),
    ...(lag === undefined ? {} : { lagSeconds: lag }),
    ...(cause === undefined
      ? {}
      : {
          cause: cause.id,
          explanation: cause.sentence,
          cures: cause.steps.map(({ say, command }) => ({
            text: say,
            ...(command === undefined ? {} : { command }),
          })),
        }),
  };
}
