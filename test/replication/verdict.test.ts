/** The verdict on one sighting: only what was seen, active and under its tag, is verified. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../lib/image/digest.ts';
import {
  type ImageSeen,
  needsTagHolder,
  readFaults,
  type Sighting,
  type Verdict,
  verdictOf,
} from '../../lib/replication/verdict.ts';
import * as arbitrary from '../arbitraries.ts';
import { digestOf } from '../samples.ts';

const digest = digestOf('prod-api');
const tagged = { digest, tag: '1.4.2' };
const untagged = { digest };
const nowhere = (): undefined => undefined;

function present(change: Partial<ImageSeen>): Sighting {
  return { is: 'present', image: { tags: ['1.4.2'], storage: 'ACTIVE', ...change } };
}

describe('the verdict on a replica', () => {
  it.each<[string, { digest: Digest; tag?: string }, Sighting, Verdict]>([
    ['there with its tag is verified', tagged, present({}), { is: 'verified' }],
    ['keeps when it arrived', tagged, present({ arrivedAt: 7 }), { is: 'verified', arrivedAt: 7 }],
    [
      'there with its tag among others is verified',
      tagged,
      present({ tags: ['x', '1.4.2'] }),
      { is: 'verified' },
    ],
    [
      'without a tag is verified whatever the tags there',
      untagged,
      present({ tags: [] }),
      { is: 'verified' },
    ],
    ['that is absent is missing', tagged, { is: 'absent' }, { is: 'missing' }],
    [
      'whose repository is not there is missing, not unreadable',
      tagged,
      { is: 'unreadable', why: 'repository-not-found' },
      { is: 'missing', repository: 'absent' },
    ],
    ['there without any tag is a tag-mismatch', tagged, present({ tags: [] }), { is: 'tag-mismatch' }],
    [
      'there under other tags is a tag-mismatch',
      tagged,
      present({ tags: ['1.4.20'] }),
      { is: 'tag-mismatch' },
    ],
    ['that is archived is archived', tagged, present({ storage: 'ARCHIVED' }), { is: 'archived' }],
    [
      'that is just being restored cannot be pulled',
      tagged,
      present({ storage: 'ACTIVATING' }),
      { is: 'archived' },
    ],
    [
      'that is archived without its tag is archived first of all',
      tagged,
      present({ storage: 'ARCHIVED', tags: [] }),
      { is: 'archived' },
    ],
    ['without a tag can be archived too', untagged, present({ storage: 'ARCHIVED' }), { is: 'archived' }],
    ...readFaults
      .filter((why) => why !== 'repository-not-found')
      .map((why): [string, { digest: Digest; tag?: string }, Sighting, Verdict] => [
        `that could not be read (${why}) is unreadable`,
        tagged,
        { is: 'unreadable', why },
        { is: 'unreadable', why },
      ]),
  ])('%s', (_, replica, sighting, verdict) => {
    expect(verdictOf(replica, sighting, nowhere)).toEqual(verdict);
  });

  it('of a tag-mismatch names the digest that has the tag', () => {
    const holder = digestOf('another image');
    const holderOf = (tag: string): Digest | undefined => (tag === '1.4.2' ? holder : undefined);
    expect(verdictOf(tagged, present({ tags: [] }), holderOf)).toEqual({ is: 'tag-mismatch', found: holder });
  });

  it('is verified exactly when it was seen, active, and under its tag if it has one', () => {
    const replicas = fc.record(
      { digest: arbitrary.digest, tag: arbitrary.tag },
      { requiredKeys: ['digest'] },
    );
    fc.assert(
      fc.property(replicas, arbitrary.sighting, (replica, sighting) => {
        const right =
          sighting.is === 'present' &&
          sighting.image.storage === 'ACTIVE' &&
          (replica.tag === undefined || sighting.image.tags.includes(replica.tag));
        expect(verdictOf(replica, sighting, nowhere).is === 'verified').toBe(right);
      }),
    );
  });

  it('is verified when the tag came to it between the two readings', () => {
    expect(verdictOf(tagged, present({ tags: [], arrivedAt: 7 }), () => digest)).toEqual({
      is: 'verified',
      arrivedAt: 7,
    });
  });

  it('asks for the holder of a tag exactly when it comes to a tag-mismatch', () => {
    const replicas = fc.record(
      { digest: arbitrary.digest, tag: arbitrary.tag },
      { requiredKeys: ['digest'] },
    );
    fc.assert(
      fc.property(replicas, arbitrary.sighting, (replica, sighting) => {
        const asked: string[] = [];
        const verdict = verdictOf(replica, sighting, (tag) => void asked.push(tag));
        expect(asked).toEqual(verdict.is === 'tag-mismatch' ? [replica.tag] : []);
        expect(needsTagHolder(replica, sighting)).toBe(verdict.is === 'tag-mismatch');
      }),
    );
  });
});
