/** ECR's claim on one destination, from its answer about the image. */

import { describe, expect, it } from 'vitest';
import { type Claim, type ClaimEntry, type ClaimsReading, claimFor } from '../../lib/replication/claim.ts';
import { ireland, sydney } from '../samples.ts';

function read(...entries: ClaimEntry[]): ClaimsReading {
  return { is: 'read', entries };
}

describe("ECR's claim on a destination", () => {
  it.each<[string, ClaimsReading, Claim]>([
    ['is its entry', read({ destination: ireland, status: 'COMPLETE' }), { says: 'COMPLETE' }],
    [
      'is the entry of this destination among others',
      read({ destination: sydney, status: 'COMPLETE' }, { destination: ireland, status: 'IN_PROGRESS' }),
      { says: 'IN_PROGRESS' },
    ],
    [
      'is not that of the same Region in another account',
      read({ destination: { ...ireland, account: '444455556666' }, status: 'COMPLETE' }),
      { says: 'no-entry' },
    ],
    ['of an empty list is no entry, not success', read(), { says: 'no-entry' }],
    [
      'keeps the failure code as ECR gave it',
      read({ destination: ireland, status: 'FAILED', failureCode: 'Some Code' }),
      { says: 'FAILED', failureCode: 'Some Code' },
    ],
    ['may fail without a code', read({ destination: ireland, status: 'FAILED' }), { says: 'FAILED' }],
    [
      'has a failure code only when it failed',
      read({ destination: ireland, status: 'IN_PROGRESS', failureCode: 'left over' }),
      { says: 'IN_PROGRESS' },
    ],
    ['of an image that is gone at the source is that', { is: 'source-gone' }, { says: 'source-gone' }],
    [
      'that cannot be read is unreadable, with the reason',
      { is: 'unreadable', why: 'throttled' },
      { says: 'unreadable', why: 'throttled' },
    ],
  ])('%s', (_, reading, claim) => {
    expect(claimFor(reading, ireland)).toEqual(claim);
  });
});
