/** Whether a tag may move, by ECR's settings and their exclusion filters. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTagImmutable } from '../../lib/replication/tag-mutability.ts';

describe('a tag', () => {
  it.each([
    ['MUTABLE', [], 'latest', false],
    ['IMMUTABLE', [], 'latest', true],
    ['MUTABLE', ['latest'], 'latest', false],
    ['MUTABLE_WITH_EXCLUSION', ['latest'], 'latest', true],
    ['MUTABLE_WITH_EXCLUSION', ['latest'], 'latest-1', false],
    ['IMMUTABLE_WITH_EXCLUSION', ['latest'], 'latest', false],
    ['IMMUTABLE_WITH_EXCLUSION', ['dev-*'], 'dev-1', false],
    ['IMMUTABLE_WITH_EXCLUSION', ['dev-*'], 'dev-', false],
    ['IMMUTABLE_WITH_EXCLUSION', ['dev-*'], 'prod-dev-1', true],
    ['IMMUTABLE_WITH_EXCLUSION', ['*-rc'], '1.0-rc', false],
    ['IMMUTABLE_WITH_EXCLUSION', ['*-rc'], '1.0-rc1', true],
    ['IMMUTABLE_WITH_EXCLUSION', ['v*.*-x'], 'v1.2-x', false],
    ['IMMUTABLE_WITH_EXCLUSION', ['v*.*-x'], 'v12-x', true],
    ['IMMUTABLE_WITH_EXCLUSION', ['1.*'], '1x2', true],
    ['IMMUTABLE_WITH_EXCLUSION', ['ab*ba'], 'aba', true],
    ['IMMUTABLE_WITH_EXCLUSION', ['*'], 'any', false],
    ['IMMUTABLE_WITH_EXCLUSION', ['no', 'any'], 'any', false],
  ] as const)('under %s except %j: is %s held? %s', (mutability, exceptions, tag, held) => {
    expect(isTagImmutable({ mutability, exceptions }, tag)).toBe(held);
  });

  it('matches as the pattern reads, with any number of stars', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ab*]{0,8}$/), fc.stringMatching(/^[ab]{1,8}$/), (filter, tag) => {
        const pattern = new RegExp(`^${filter.replaceAll('*', '.*')}$`);
        const settings = { mutability: 'MUTABLE_WITH_EXCLUSION', exceptions: [filter] } as const;
        expect(isTagImmutable(settings, tag)).toBe(pattern.test(tag));
      }),
      { numRuns: 500 },
    );
  });

  it('is told in no time, however many stars', () => {
    const exceptions = [`${'a*'.repeat(60)}b`];
    expect(isTagImmutable({ mutability: 'MUTABLE_WITH_EXCLUSION', exceptions }, 'a'.repeat(128))).toBe(false);
  });
});
