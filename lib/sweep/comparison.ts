/** What comparing one repository with its destinations found: counts that add up, and each difference by digest and tag. */

import type { Digest } from '../image/digest.ts';
import type { Registry } from '../image/registry.ts';
import type { ReadFault } from '../replication/verdict.ts';

/** One image as an inventory lists it. Times in epoch milliseconds. */
export interface InventoryImage {
  readonly digest: Digest;
  readonly tags: readonly string[];
  readonly storage: 'ACTIVE' | 'ARCHIVED' | 'ACTIVATING';
  readonly pushedAt?: number;
  /** Restored from the archive, which ECR replicates like a push. */
  readonly activatedAt?: number;
  /** Of the manifest: an image, an index, or something else. */
  readonly mediaType?: string;
  /** Of the artifact: tells signatures and attestations from images. */
  readonly artifactMediaType?: string;
  /** A referrer names the image that it speaks of. */
  readonly subject?: Digest;
}

/** When its replication began last (epoch ms): by its push, or by its return from the archive. */
export function replicatedFrom({ pushedAt, activatedAt }: InventoryImage): number | undefined {
  if (activatedAt === undefined) return pushedAt;
  return Math.max(pushedAt ?? activatedAt, activatedAt);
}

/** One difference. `history`: missing, and never going to be replicated, since it is older than the rule or the first sweep. */
export type Drift =
  | { readonly is: 'missing' | 'history'; readonly image: InventoryImage }
  | { readonly is: 'archived'; readonly image: InventoryImage }
  /** The image is there; `tag` is absent there, or on `found`. */
  | {
      readonly is: 'tag-mismatch';
      readonly image: InventoryImage;
      readonly tag: string;
      readonly found?: Digest;
    }
  /** At the destination only: information, never an incident; the first thousand are listed, all are counted. */
  | { readonly is: 'extra'; readonly image: InventoryImage };

/**
 * Images of the source, each in one of these (a tag-mismatch once an image), but for `extra`, which are the destination's.
 * What is archived at the source is in none: it cannot be pulled there either.
 */
export interface DriftCounts {
  /** Images that must be there by now: all but the young ones. inSync + missing + history + tagMismatch + archived. */
  readonly expected: number;
  readonly inSync: number;
  readonly missing: number;
  readonly history: number;
  readonly tagMismatch: number;
  readonly archived: number;
  readonly extra: number;
  /** Younger than their deadline: left out of `expected`. */
  readonly young: number;
}

export interface DestinationComparison {
  readonly destination: Registry;
  readonly reading: { readonly is: 'read' } | { readonly is: 'unreadable'; readonly why: ReadFault };
  /** The repository does not exist there: everything is missing. */
  readonly repositoryAbsent?: true;
  /** Zeros when it is unreadable. Of a repository that does not exist there, all is missing or history. */
  readonly counts: DriftCounts;
  readonly drifts: readonly Drift[];
  /** Seconds from push to arrival of the images in sync whose times tell, folded: seconds → how many. */
  readonly lags: ReadonlyMap<number, number>;
}

export interface RepositoryComparison {
  readonly source: Registry;
  readonly repository: string;
  readonly reading:
    | { readonly is: 'read'; readonly images: number }
    /** Deleted since it was listed. */
    | { readonly is: 'gone' }
    | { readonly is: 'unreadable'; readonly why: ReadFault };
  readonly destinations: readonly DestinationComparison[];
}
