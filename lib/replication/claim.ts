/** What ECR itself says of a replica (DescribeImageReplicationStatus, asked at the source). Never proof, only evidence. */

import { type Registry, sameRegistry } from '../image/registry.ts';
import type { ReadFault } from './verdict.ts';

/** ECR's word on one destination. An upper-case `says` is ECR's own; the lower-case ones are what we made of its answer. */
export type Claim =
  | { readonly says: 'IN_PROGRESS' }
  | { readonly says: 'COMPLETE' }
  | { readonly says: 'FAILED'; readonly failureCode?: string }
  | { readonly says: 'no-entry' }
  | { readonly says: 'source-gone' }
  | { readonly says: 'unreadable'; readonly why: ReadFault };

export interface ClaimEntry {
  readonly destination: Registry;
  readonly status: 'IN_PROGRESS' | 'COMPLETE' | 'FAILED';
  readonly failureCode?: string;
}

/** ECR's answer for one image: an entry a destination, or why there is none. */
export type ClaimsReading =
  | { readonly is: 'read'; readonly entries: readonly ClaimEntry[] }
  | { readonly is: 'source-gone' }
  | { readonly is: 'unreadable'; readonly why: ReadFault };

/** ECR: an empty list is not success. No rule matched, the push came before the rule, or replication has not begun. */
export function claimFor(reading: ClaimsReading, destination: Registry): Claim {
  if (reading.is === 'source-gone') return { says: 'source-gone' };
  if (reading.is === 'unreadable') return { says: 'unreadable', why: reading.why };
  const entry = reading.entries.find((candidate) => sameRegistry(candidate.destination, destination));
  if (entry === undefined) return { says: 'no-entry' };
  if (entry.status !== 'FAILED') return { says: entry.status };
  return { says: 'FAILED', ...(entry.failureCode === undefined ? {} : { failureCode: entry.failureCode }) };
}
