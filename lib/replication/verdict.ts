/** What one look at a destination says of one replica. Only a digest seen there, under its tag, is `verified`. */

import type { Digest } from '../image/digest.ts';

/** Why a reading could not be had: the closed list that drives retries, the `Reason` dimension and the alert's words. */
export const readFaults = [
  'throttled',
  'access-denied',
  'region-unavailable',
  'repository-not-found',
  'service-error',
] as const;
export type ReadFault = (typeof readFaults)[number];

/** One image as a registry shows it. `arrivedAt`: epoch milliseconds of `imagePushedAt`, which at a replica is its arrival. */
export interface ImageSeen {
  readonly tags: readonly string[];
  readonly storage: 'ACTIVE' | 'ARCHIVED' | 'ACTIVATING';
  readonly arrivedAt?: number;
}

/** What a registry answered about one digest. */
export type Sighting =
  | { readonly is: 'present'; readonly image: ImageSeen }
  | { readonly is: 'absent' }
  | { readonly is: 'unreadable'; readonly why: ReadFault };

export type Verdict =
  | { readonly is: 'verified'; readonly arrivedAt?: number }
  | { readonly is: 'missing'; readonly repository?: 'absent' }
  | { readonly is: 'tag-mismatch'; readonly found?: Digest }
  | { readonly is: 'archived' }
  | { readonly is: 'unreadable'; readonly why: ReadFault };

/**
 * The verdict on a replica from a fresh sighting. `holderOf` answers which digest a tag is on at the destination;
 * it is asked only when the digest is there without the tag.
 */
export function verdictOf(
  replica: { readonly digest: Digest; readonly tag?: string },
  sighting: Sighting,
  holderOf: (tag: string) => Digest | undefined,
): Verdict {
  switch (sighting.is) {
    case 'unreadable':
      // ECR makes the repository with the first image it replicates: before that, nothing has arrived.
      if (sighting.why === 'repository-not-found') return { is: 'missing', repository: 'absent' };
      return { is: 'unreadable', why: sighting.why };
    case 'absent':
      return { is: 'missing' };
    case 'present':
      return verdictOnPresent(replica, sighting.image, holderOf);
  }
}

function verdictOnPresent(
  replica: { readonly digest: Digest; readonly tag?: string },
  image: ImageSeen,
  holderOf: (tag: string) => Digest | undefined,
): Verdict {
  // An image being restored (ACTIVATING) cannot be pulled either.
  if (image.storage !== 'ACTIVE') return { is: 'archived' };
  if (replica.tag !== undefined && !image.tags.includes(replica.tag)) {
    const found = holderOf(replica.tag);
    // The tag came between the two readings: the image is there, and now under its tag.
    if (found !== replica.digest) return { is: 'tag-mismatch', ...(found === undefined ? {} : { found }) };
  }
  return { is: 'verified', ...(image.arrivedAt === undefined ? {} : { arrivedAt: image.arrivedAt }) };
}

/** True when the look must also ask which digest the tag is on at the destination. */
export function needsTagHolder(replica: { readonly tag?: string }, sighting: Sighting): boolean {
  return (
    replica.tag !== undefined &&
    sighting.is === 'present' &&
    sighting.image.storage === 'ACTIVE' &&
    !sighting.image.tags.includes(replica.tag)
  );
}
