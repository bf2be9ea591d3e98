/** How patient the monitor is: deadlines by prefix, and gaps that grow and never jump past the deadline. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../lib/replication/decision.ts';
import { deadlineFor, defaultPolicy, gapSeconds, type Policy } from '../../lib/replication/policy.ts';
import * as arbitrary from '../arbitraries.ts';
import { digestOf } from '../samples.ts';

describe('the deadline of a repository', () => {
  const policy: Policy = {
    ...defaultPolicy,
    byPrefix: [
      { prefix: 'prod', deadline: { seconds: 600 } },
      { prefix: 'prod-batch/', deadline: { seconds: 7200 } },
      { prefix: 'prod-batch/tmp', deadline: 'ignore' },
      { prefix: 'sandbox/', deadline: 'ignore' },
      { prefix: 'sandbox/kept', deadline: { seconds: 60 } },
    ],
  };

  it.each<[string, number | 'ignore', string]>([
    ['team/api', 1800, 'the default when no prefix matches'],
    ['prod-api', 600, 'that of a prefix that matches'],
    ['production', 600, 'by prefix of the text, as in ECR'],
    ['prod-batch/nightly', 7200, 'that of the longest prefix'],
    ['prod-batch/tmp-1', 'ignore', 'to be ignored when the longest prefix says so'],
    ['sandbox/x', 'ignore', 'to be ignored'],
    ['sandbox/kept-this', 60, 'not to be ignored when a longer prefix says so'],
    ['sandbox', 1800, 'the default when the name is shorter than the prefix'],
  ])('%s is %s: %s', (repository, deadline) => {
    expect(deadlineFor(policy, repository)).toBe(deadline);
    const reversed = { ...policy, byPrefix: policy.byPrefix.toReversed() };
    expect(deadlineFor(reversed, repository)).toBe(deadline);
  });

  it('is that of the longest prefix in whatever order they stand, and else the default', () => {
    const prefixes = fc.uniqueArray(fc.constantFrom('', 'p', 'prod', 'prod-', 'prod-a', 'team/', 'x'));
    const shuffled = prefixes.chain((given) =>
      fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })),
    );
    const deadlineOf = (order: readonly string[], name: string): number | 'ignore' =>
      deadlineFor(
        {
          ...defaultPolicy,
          byPrefix: order.map((prefix) => ({ prefix, deadline: { seconds: prefix.length + 1 } })),
        },
        name,
      );
    fc.assert(
      fc.property(shuffled, arbitrary.repository, ([given, other], name) => {
        const lengths = given.filter((prefix) => name.startsWith(prefix)).map(({ length }) => length);
        const expected = lengths.length === 0 ? 1800 : Math.max(...lengths) + 1;
        expect([deadlineOf(given, name), deadlineOf(other, name)]).toEqual([expected, expected]);
      }),
    );
  });

  it('is 30 minutes if nobody says otherwise', () => {
    expect(deadlineFor(defaultPolicy, 'anything')).toBe(1800);
  });
});

describe('the gap to the next look', () => {
  it.each([
    [0, 10, 'about 10 s at first'],
    [20, 10, 'still 10 s'],
    [60, 30, 'half the age'],
    [300, 150, 'half the age'],
    [600, 300, '5 minutes'],
    [1400, 300, 'never more than 5 minutes'],
    [1700, 100, 'to the deadline and no further'],
    [1795.2, 5, 'to the deadline, in whole seconds'],
    [1799.9, 1, 'a second at least'],
    [1800, 300, '5 minutes again at the deadline, for what cannot be read'],
    [90_000, 300, '5 minutes still'],
  ])('at the age of %d s is %d s: %s', (age, gap) => {
    expect(gapSeconds(defaultPolicy, age, 1800, 0.5)).toBe(gap);
  });

  it('is spread by chance, so that a burst does not come back as one', () => {
    const gaps = [0, 0.25, 0.5, 0.75, 1].map((chance) => gapSeconds(defaultPolicy, 400, 1800, chance));
    expect(gaps).toEqual([170, 185, 200, 215, 230]);
  });

  const ages = fc.double({ min: 0, max: 1e6, noNaN: true });

  it('is a whole number of seconds, one at least, and what SQS takes at most', () => {
    fc.assert(
      fc.property(arbitrary.policy, ages, arbitrary.chance, (policy, age, chance) => {
        const gap = gapSeconds(policy, age, policy.deadlineSeconds, chance);
        expect(Number.isInteger(gap)).toBe(true);
        expect(gap).toBeGreaterThanOrEqual(1);
        expect(gap).toBeLessThanOrEqual(Math.max(900, policy.longestGapSeconds * 1.15));
      }),
    );
  });
});

/** Ages at which a push is looked at, one after the other, up to the deadline. */
function looksUntilDeadline(policy: Policy, firstAge: number, chances: readonly number[]): readonly number[] {
  const ages = [firstAge];
  for (let age = firstAge; age < policy.deadlineSeconds; ) {
    age += gapSeconds(policy, age, policy.deadlineSeconds, chances[ages.length % chances.length] ?? 0);
    ages.push(age);
    if (ages.length > 1_000_000) throw new Error('looks without an end');
  }
  return ages;
}

describe('every push', () => {
  const firstAges = fc.double({ min: 0, max: 3600, noNaN: true });
  const chances = fc.array(arbitrary.chance, { minLength: 1, maxLength: 20 });

  it('is looked at once at its deadline, less than a second after it, and not later', () => {
    fc.assert(
      fc.property(arbitrary.policy, firstAges, chances, (policy, firstAge, given) => {
        const ages = looksUntilDeadline(policy, firstAge, given);
        const last = ages.at(-1) ?? 0;
        const late = last - policy.deadlineSeconds;
        expect(late).toBeGreaterThanOrEqual(0);
        if (firstAge < policy.deadlineSeconds) expect(late).toBeLessThan(1);
        expect(ages.slice(0, -1).every((age) => age < policy.deadlineSeconds)).toBe(true);
      }),
    );
  });

  it('is looked at a bounded number of times: about a dozen in half an hour', () => {
    fc.assert(
      fc.property(chances, (given) => {
        expect(looksUntilDeadline(defaultPolicy, 0, given).length).toBeLessThanOrEqual(20);
      }),
    );
  });

  it('has come to its end by then, whatever was seen; what cannot be read is reported for its destination', () => {
    const replica = { digest: digestOf('prod-api') };
    fc.assert(
      fc.property(
        arbitrary.policy,
        firstAges,
        chances,
        arbitrary.verdict,
        fc.option(arbitrary.claim, { nil: undefined }),
        fc.boolean(),
        (policy, firstAge, given, verdict, claim, failureReported) => {
          const { deadlineSeconds } = policy;
          const ageSeconds = looksUntilDeadline(policy, firstAge, given).at(-1) ?? 0;
          const evidence = { verdict, ageSeconds, deadlineSeconds, failureReported };
          const decision = decide(replica, claim === undefined ? evidence : { ...evidence, claim });
          expect(decision.do).not.toBe('look-again');
          if (verdict.is === 'unreadable') {
            const end = claim?.says === 'source-gone' ? 'withdraw' : 'report-destination';
            expect(decision.do).toBe(end);
          }
        },
      ),
    );
  });
});
