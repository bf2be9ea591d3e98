/** The EventBridge events that ECR emits, to the letter, and the orders that lose, double or delay them. */

import { createHash } from 'node:crypto';
import type { Registry } from '../image/registry.ts';
import { concerns } from './ecr-orders.ts';
import { repositoryArn } from './ecr-repository.ts';
import type { EcrState, Image } from './ecr-state.ts';
import { takeOrders } from './order-book.ts';

export interface EcrEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'ECR Image Action' | 'ECR Replication Action';
  readonly source: 'aws.ecr';
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, string>>;
}

export type EventKind = 'push' | 'delete' | 'storage-class' | 'replication';

/** What is to be announced; the envelope is put around it. */
export interface Announcement {
  readonly of: EventKind;
  readonly registry: Registry;
  readonly repository: string;
  readonly digest: string;
  /** ECR writes "" for an image that was pushed without a tag. */
  readonly tag: string;
  readonly detail: Readonly<Record<string, string>>;
}

/** ECR User Guide, "Amazon ECR events and EventBridge": an image action's `resources` are empty. */
export function imageAction(
  of: 'push' | 'delete' | 'storage-class',
  at: { registry: Registry; repository: string; image: Image; tag: string | undefined },
  more: Readonly<Record<string, string>> = {},
): Announcement {
  const action = { push: 'PUSH', delete: 'DELETE', 'storage-class': 'UPDATE_STORAGE_CLASS' }[of];
  const { image, tag = '' } = at;
  const artifact = image.artifactMediaType;
  return {
    of,
    registry: at.registry,
    repository: at.repository,
    digest: image.digest,
    tag,
    detail: {
      result: 'SUCCESS',
      'repository-name': at.repository,
      'image-digest': image.digest,
      'action-type': action,
      'image-tag': tag,
      'manifest-media-type': image.mediaType,
      ...(artifact === undefined ? {} : { 'artifact-media-type': artifact }),
      ...more,
    },
  };
}

/** Emitted by the destination: its account and Region are the envelope's, the source is in the detail. */
export function replicationAction(
  replica: { source: Registry; destination: Registry; repository: string; digest: string; tag: string },
  result: string,
): Announcement {
  return {
    of: 'replication',
    registry: replica.destination,
    repository: replica.repository,
    digest: replica.digest,
    tag: replica.tag,
    detail: {
      result,
      'repository-name': replica.repository,
      'image-digest': replica.digest,
      'source-account': replica.source.account,
      'action-type': 'REPLICATE',
      'source-region': replica.source.region,
      'image-tag': replica.tag,
    },
  };
}

/** Emits the event, unless an order has it lost, doubled or delayed. A doubled event has one id, as EventBridge's do. */
export function announce(state: EcrState, announced: Announcement, at: number): void {
  const event = envelopeOf(announced, at, state.nextEventId());
  const orders = takeOrders(
    state.eventOrders,
    ({ of, ...subject }) =>
      (of === undefined || of === announced.of) && concerns(subject, { ...announced, tags: [announced.tag] }),
  );
  if (orders.some(({ effect }) => effect.is === 'lose')) return;
  const delayMs = orders.reduce((sum, { effect }) => (effect.is === 'delay' ? sum + effect.ms : sum), 0);
  const copies = orders.some(({ effect }) => effect.is === 'double') ? 2 : 1;
  for (let copy = 0; copy < copies; copy++) {
    if (delayMs > 0) state.agenda.add(at + delayMs, { is: 'event', event, registry: announced.registry });
    else state.emit(event, announced.registry);
  }
}

function envelopeOf(announced: Announcement, at: number, id: string): EcrEvent {
  const { registry, of, repository, detail } = announced;
  return {
    version: '0',
    id,
    'detail-type': of === 'replication' ? 'ECR Replication Action' : 'ECR Image Action',
    source: 'aws.ecr',
    account: registry.account,
    // EventBridge's time has a resolution of one second.
    time: new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    region: registry.region,
    resources: of === 'replication' ? [repositoryArn(registry, repository)] : [],
    detail,
  };
}

/** Ids in the form of a UUID, the same ones for the same seed. */
export function eventIds(seed: string): () => string {
  let number = 0;
  return () => {
    number += 1;
    const hex = createHash('sha256').update(`${seed} ${number}`).digest('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  };
}
