/** All that the local ECR remembers: registries, repositories, images, what is under way, and what was ordered. */

import type { Registry } from '../image/registry.ts';
import { registryKey } from '../image/registry.ts';
import type { Agenda } from './agenda.ts';
import type { Backfill } from './ecr-backfill.ts';
import { repositoryNotFound } from './ecr-error.ts';
import type { EcrEvent } from './ecr-events.ts';
import type { EventOrder, ReplicationOrder } from './ecr-orders.ts';
import type { Replication } from './ecr-replication.ts';
import type { OrderBook } from './order-book.ts';
import { createShelf, type Shelf } from './shelf.ts';

export type ImageStatus = 'ACTIVE' | 'ARCHIVED' | 'ACTIVATING';
export type TagMutability = 'MUTABLE' | 'IMMUTABLE' | 'MUTABLE_WITH_EXCLUSION' | 'IMMUTABLE_WITH_EXCLUSION';

/** One entry of DescribeImageReplicationStatus. */
export interface Claim {
  readonly destination: Registry;
  readonly status: 'IN_PROGRESS' | 'COMPLETE' | 'FAILED';
  readonly failureCode?: string;
}

/** Times are epoch milliseconds. */
export interface Image {
  readonly digest: string;
  readonly manifest: string | undefined;
  readonly mediaType: string;
  readonly artifactMediaType: string | undefined;
  readonly sizeInBytes: number;
  readonly children: readonly string[];
  /** The image that a referrer speaks of. */
  readonly subject: string | undefined;
  /** Set once: a re-tag does not move it. */
  readonly pushedAt: number;
  tags: readonly string[];
  status: ImageStatus;
  archivedAt: number | undefined;
  activatedAt: number | undefined;
  pulledAt: number | undefined;
  claims: readonly Claim[];
}

export interface Repository {
  readonly registry: Registry;
  readonly name: string;
  readonly createdAt: number;
  readonly encryption: { readonly encryptionType: string; readonly kmsKey?: string | undefined };
  readonly scanOnPush: boolean;
  readonly images: Shelf<Image>;
  readonly tags: Map<string, Image>;
  mutability: TagMutability;
  /** Wildcard filters; only the two `…_WITH_EXCLUSION` settings read them. */
  exclusions: readonly string[];
  lifecyclePolicy: string | undefined;
}

export interface ReplicationRule {
  readonly destinations: readonly { readonly region: string; readonly registryId: string }[];
  readonly repositoryFilters?:
    | readonly { readonly filter: string; readonly filterType: string }[]
    | undefined;
}

export interface CreationTemplate {
  readonly prefix: string;
  readonly appliedFor: readonly string[];
  readonly imageTagMutability: TagMutability;
  readonly exclusions: readonly string[];
  readonly encryption: { readonly encryptionType: string; readonly kmsKey?: string | undefined };
  readonly resourceTags: readonly { readonly Key: string; readonly Value: string }[];
  readonly customRoleArn: string | undefined;
  readonly description: string | undefined;
  readonly createdAt: number;
}

export interface RegistryState {
  readonly registry: Registry;
  readonly repositories: Shelf<Repository>;
  readonly templates: Shelf<CreationTemplate>;
  rules: readonly ReplicationRule[];
  policy: string | undefined;
  scanning: RegistryScanning;
  readonly backfills: Shelf<Backfill>;
  /** Principals whose pulls leave no trace. */
  readonly pullTimeExclusions: Set<string>;
}

interface RegistryScanning {
  readonly scanType: string;
  readonly rules: readonly {
    readonly scanFrequency: string;
    readonly repositoryFilters: readonly { readonly filter: string; readonly filterType: string }[];
  }[];
}

/** What comes due by itself. */
export type Due =
  | { readonly is: 'replica'; readonly replication: Replication }
  | { readonly is: 'event'; readonly event: EcrEvent; readonly registry: Registry }
  | { readonly is: 'restored'; readonly repository: Repository; readonly image: Image }
  | { readonly is: 'backfill-prepared'; readonly backfill: Backfill }
  | { readonly is: 'backfill-replica'; readonly backfill: Backfill; readonly replication: Replication };

/** Where AWS's behaviour is not known, or is not to be relied on, both ways can be had. */
export interface Quirks {
  /** ImageNotFoundException names one missing id. */
  readonly missingIdHint: boolean;
  /** DescribeImages asked by id for an image that the filter leaves out (an archived one, by default). */
  readonly filteredIds: 'not-found' | 'left-out';
  /** From UpdateImageStorageClass to ACTIVE; the real one takes up to 20 minutes. */
  readonly restoreMs: number;
  /** How long a backfill is PREPARING. */
  readonly prepareMs: number;
}

export interface EcrState {
  readonly registries: Map<string, RegistryState>;
  readonly agenda: Agenda<Due>;
  readonly replicationOrders: OrderBook<ReplicationOrder>;
  readonly eventOrders: OrderBook<EventOrder>;
  /** Layers that are gone though an image has them. */
  readonly lostLayers: Set<string>;
  readonly quirks: Quirks;
  readonly now: () => number;
  /** From push to arrival, where no order says otherwise. */
  readonly delayMs: (
    replica: Pick<Replication, 'source' | 'destination' | 'repository' | 'digest'>,
  ) => number;
  readonly emit: (event: EcrEvent, registry: Registry) => void;
  readonly nextEventId: () => string;
}

export function layerKey(registry: Registry, repository: string, digest: string): string {
  return `${registryKey(registry)} ${repository} ${digest}`;
}

/** A registry exists as soon as somebody speaks of it. */
export function registryOf(state: EcrState, registry: Registry): RegistryState {
  const key = registryKey(registry);
  const known = state.registries.get(key);
  if (known !== undefined) return known;
  const created: RegistryState = {
    registry,
    repositories: createShelf(),
    templates: createShelf(),
    rules: [],
    policy: undefined,
    scanning: { scanType: 'BASIC', rules: [] },
    backfills: createShelf(),
    pullTimeExclusions: new Set(),
  };
  state.registries.set(key, created);
  return created;
}

/** Throws RepositoryNotFoundException. */
export function repositoryOf(state: EcrState, registry: Registry, name: string): Repository {
  const repository = registryOf(state, registry).repositories.get(name);
  if (repository === undefined) throw repositoryNotFound(name, registry.account);
  return repository;
}
