/** What can be ordered of replications and events: by destination, repository and tag, for good or for the next few. */

import type { Registry } from '../image/registry.ts';
import type { EventKind } from './ecr-events.ts';

/** Whom an order is about; what is left out is not asked about. */
export interface Subject {
  /** The destination of a replication; the registry that emits an event. */
  readonly account?: string;
  readonly region?: string;
  /** The whole name. */
  readonly repository?: string;
  readonly repositoryPrefix?: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** What becomes of a replica, when it is due. */
export type Outcome =
  | { readonly is: 'arrive' }
  /**
   * Fails with a failure code and a FAILED event. With a retry it arrives that much later; until then ECR claims
   * IN_PROGRESS (it is trying again), or stays FAILED.
   */
  | {
      readonly is: 'fail';
      readonly code: string;
      /** The event's `result`; documented as FAILED, other sources write FAILURE. */
      readonly result?: string;
      readonly retry?: { readonly afterMs: number; readonly claim?: 'IN_PROGRESS' | 'FAILED' };
    }
  /** Never arrives. `announced`: the destination reports it as arrived all the same. */
  | { readonly is: 'lose'; readonly claim: 'IN_PROGRESS' | 'COMPLETE' | 'NONE'; readonly announced?: boolean }
  /** The destination repository cannot be created; arrives where there is one. */
  | { readonly is: 'no-repository'; readonly code: string };

/** Of several orders for one replica the last delay and the last outcome placed count. */
export interface ReplicationOrder extends Subject {
  /** Instead of the usual time from push to arrival. */
  readonly delayMs?: number;
  readonly outcome?: Outcome;
  /** The image arrives, its tag does not. */
  readonly stripTag?: boolean;
}

export interface EventOrder extends Subject {
  readonly of?: EventKind;
  readonly effect:
    | { readonly is: 'lose' }
    | { readonly is: 'double' }
    | { readonly is: 'delay'; readonly ms: number };
}

export function concerns(
  subject: Subject,
  thing: { registry: Registry; repository: string; digest: string; tags: readonly string[] },
): boolean {
  const { account, region, repository, repositoryPrefix, tag, digest } = subject;
  if (account !== undefined && account !== thing.registry.account) return false;
  if (region !== undefined && region !== thing.registry.region) return false;
  if (repository !== undefined && repository !== thing.repository) return false;
  if (repositoryPrefix !== undefined && !thing.repository.startsWith(repositoryPrefix)) return false;
  if (tag !== undefined && !thing.tags.includes(tag)) return false;
  return digest === undefined || digest === thing.digest;
}
