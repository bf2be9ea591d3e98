/** Patterns with stars: as they read, and in no time. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesWildcard } from '../../lib/replication/wildcard.ts';
import { admissionOf } from '../../lib/sweep/registry-policy.ts';
import { scanningOf } from '../../lib/sweep/scanning.ts';
import { ireland } from '../samples.ts';

describe('a pattern', () => {
  it('matches as it reads, with stars and with what stands for one character', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[ab*?]{0,8}$/),
        fc.stringMatching(/^[ab?]{0,8}$/),
        fc.constantFrom('?', undefined),
        (pattern, text, one) => {
          const single = one === undefined ? '[?]' : '.';
          const read = pattern.replaceAll(/[*?]/g, (sign) => (sign === '*' ? '.*' : single));
          expect(matchesWildcard(pattern, text, one)).toBe(new RegExp(`^${read}$`).test(text));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('takes every other character for itself', () => {
    expect(matchesWildcard('a.c', 'abc')).toBe(false);
    expect(matchesWildcard('(a+)+$', '(a+)+$')).toBe(true);
    expect(matchesWildcard('a*[b', 'aaa[b')).toBe(true);
  });
});

describe('a pattern of many stars that a stranger wrote', () => {
  const stars = `${'*a'.repeat(200)}*b`;
  const name = 'a'.repeat(256);

  it('in a registry policy is told in no time', () => {
    const statement = {
      effect: 'Allow' as const,
      principals: ['111122223333'],
      actions: [stars, 'ecr:*'],
      resources: [stars],
      conditional: false,
      negated: false,
    };
    const source = { account: '111122223333', region: 'us-east-1' };
    const destination = { ...ireland, account: '444455556666' };
    expect(admissionOf(source, destination, [statement], [name]).is).toBe('not-admitted');
  });

  it('in a scanning rule is told in no time', () => {
    const rules = [{ frequency: 'CONTINUOUS_SCAN' as const, filters: [stars] }];
    expect(scanningOf({ type: 'BASIC', rules }, name, false).frequency).toBe('MANUAL');
  });
});
