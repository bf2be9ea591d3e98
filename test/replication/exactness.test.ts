/** What is not known is left out, and not there as nothing: a key without a value would be written down, and compared. */

import { describe, expect, it } from 'vitest';
import { claimFor } from '../../lib/replication/claim.ts';
import { decide, incidentKinds, isReadAnew, isStanding } from '../../lib/replication/decision.ts';
import { inBatches } from '../../lib/replication/reads.ts';
import { expectedReplicas } from '../../lib/replication/rules.ts';
import { needsTagHolder, verdictOf } from '../../lib/replication/verdict.ts';
import { digestOf, ireland, source } from '../samples.ts';

const digest = digestOf('prod-api');
const nobody = (): undefined => undefined;

describe('what is not known', () => {
  it('is left out of a claim: a failure without a code', () => {
    const entries = [{ destination: ireland, status: 'FAILED' as const }];
    expect(claimFor({ is: 'read', entries }, ireland)).toStrictEqual({ says: 'FAILED' });
  });

  it('is left out of a verdict: a time of arrival, a digest that the tag is on', () => {
    const image = { tags: [], storage: 'ACTIVE' as const };
    expect(verdictOf({ digest }, { is: 'present', image }, nobody)).toStrictEqual({ is: 'verified' });
    const tagged = { digest, tag: '1.4.2' };
    expect(verdictOf(tagged, { is: 'present', image }, nobody)).toStrictEqual({ is: 'tag-mismatch' });
  });

  it('is left out of a decision: a time of arrival', () => {
    const evidence = { verdict: { is: 'verified' as const }, ageSeconds: 0, deadlineSeconds: 1 };
    expect(decide({ digest }, evidence)).toStrictEqual({ do: 'done', as: 'verified' });
  });

  it('is left out of a replica: a tag', () => {
    const rules = [{ destinations: [ireland], prefixes: [] }];
    const image = { source, repository: 'prod-api', digest };
    expect(expectedReplicas(rules, image)).toStrictEqual([{ ...image, destination: ireland }]);
  });
});

describe('batches', () => {
  it('are full ones when the items come out even: an empty one would be a call for nothing', () => {
    expect(inBatches([1, 2, 3, 4], 2)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(inBatches([], 2)).toEqual([]);
  });
});

describe('kinds', () => {
  it('that stand for a whole destination, and those of which a reminder reads anew, are these', () => {
    expect(incidentKinds.filter(isStanding)).toEqual(['not-allowed', 'history', 'settings', 'incomplete']);
    expect(incidentKinds.filter(isReadAnew)).toEqual(['history', 'settings', 'incomplete']);
  });
});

describe('the digest that a tag is on', () => {
  const image = { tags: ['old'], storage: 'ACTIVE' as const };
  it.each([
    [
      'is asked for when the image is there without its tag',
      { tag: '1.4.2' },
      { is: 'present', image },
      true,
    ],
    ['is not when it has the tag', { tag: 'old' }, { is: 'present', image }, false],
    ['is not when there is no tag to ask for', {}, { is: 'present', image }, false],
    ['is not when the image is not there', { tag: '1.4.2' }, { is: 'absent' }, false],
    ['is not when nobody could tell', { tag: '1.4.2' }, { is: 'unreadable', why: 'throttled' }, false],
    [
      'is not when it is archived',
      { tag: '1.4.2' },
      { is: 'present', image: { ...image, storage: 'ARCHIVED' } },
      false,
    ],
  ] as const)('%s', (_, replica, sighting, isAsked) => {
    expect(needsTagHolder(replica, sighting)).toBe(isAsked);
  });
});
