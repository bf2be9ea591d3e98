/** The search for missing ids, for any set of them and any hint: exact, and within its calls. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Answer, search } from '../../lib/aws/search.ts';

/** What a failing call names: a missing id, an id that exists, one that nobody asked for, or nothing. */
type Hint = 'right' | 'wrong' | 'foreign' | 'none';

interface Case {
  readonly ids: readonly string[];
  readonly missing: ReadonlySet<string>;
  /** One for each call, over and over. */
  readonly hints: readonly Hint[];
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    size: fc.integer({ min: 1, max: 100 }),
    missing: fc.oneof(
      fc.uniqueArray(fc.nat(99), { maxLength: 4 }),
      fc.uniqueArray(fc.nat(99), { maxLength: 100 }),
    ),
    hints: fc.array(fc.constantFrom<Hint>('right', 'wrong', 'foreign', 'none'), {
      minLength: 1,
      maxLength: 8,
    }),
  })
  .map(({ size, missing, hints }) => ({
    ids: Array.from({ length: size }, (_, n) => `id-${n}`),
    missing: new Set(missing.filter((n) => n < size).map((n) => `id-${n}`)),
    hints,
  }));

/** ECR's DescribeImages in small: one unknown id fails the whole call. */
function ask({ missing, hints }: Case) {
  let calls = 0;
  const answer = async (ids: readonly string[]): Promise<Answer<string>> => {
    const kind = hints[calls % hints.length] ?? 'none';
    calls += 1;
    const unknown = ids.filter((id) => missing.has(id));
    if (unknown.length === 0)
      return { is: 'complete', items: new Map(ids.map((id) => [id, `item of ${id}`])) };
    const hint = {
      right: unknown[calls % unknown.length],
      wrong: ids.find((id) => !missing.has(id)),
      foreign: 'nobody asked',
      none: undefined,
    }[kind];
    return { is: 'incomplete', ...(hint === undefined ? {} : { hint }) };
  };
  return { answer, calls: () => calls };
}

const anyLimit = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(Number.POSITIVE_INFINITY));

describe('the search for missing ids', () => {
  it('tells found from missing exactly, whatever is missing and whatever the hints say', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const found = await search(one.ids, ask(one).answer, Number.POSITIVE_INFINITY);
        expect(found.missing).toEqual(one.missing);
        expect(found.undecided).toEqual([]);
        expect(new Set(found.items.keys())).toEqual(new Set(one.ids.filter((id) => !one.missing.has(id))));
        for (const [id, item] of found.items) expect(item).toBe(`item of ${id}`);
      }),
    );
  });

  it('never says more than its calls showed: each id is found, missing or undecided, and once', async () => {
    await fc.assert(
      fc.asyncProperty(cases, anyLimit, async (one, most) => {
        const { answer, calls } = ask(one);
        const found = await search(one.ids, answer, most);
        expect(calls()).toBeLessThanOrEqual(most);
        const told = [...found.items.keys(), ...found.missing, ...found.undecided];
        expect(told.toSorted()).toEqual(one.ids.toSorted());
        for (const id of found.missing) expect(one.missing.has(id)).toBe(true);
        for (const id of found.items.keys()) expect(one.missing.has(id)).toBe(false);
      }),
    );
  });

  it('asks fewer than twice as many times as there are ids, whatever the hints', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const { answer, calls } = ask(one);
        await search(one.ids, answer, Number.POSITIVE_INFINITY);
        // Each call is about another part of a binary tree whose leaves are the ids.
        expect(calls()).toBeLessThanOrEqual(2 * one.ids.length - 1);
      }),
    );
  });

  it('asks at most two times a missing id when the hints are right, and once when nothing is missing', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const { answer, calls } = ask({ ...one, hints: ['right'] });
        await search(one.ids, answer, Number.POSITIVE_INFINITY);
        expect(calls()).toBeLessThanOrEqual(Math.max(1, 2 * one.missing.size));
      }),
    );
  });

  it('asks at most two times a halving for each missing id when there are no hints', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const { answer, calls } = ask({ ...one, hints: ['none'] });
        await search(one.ids, answer, Number.POSITIVE_INFINITY);
        const halvings = Math.ceil(Math.log2(one.ids.length));
        expect(calls()).toBeLessThanOrEqual(1 + 2 * halvings * one.missing.size);
      }),
    );
  });

  it('calls missing what a whole answer leaves out', async () => {
    const found = await search(['a', 'b'], async () => ({ is: 'complete', items: new Map([['a', 1]]) }), 5);
    expect(found).toEqual({ items: new Map([['a', 1]]), missing: new Set(['b']), undecided: [] });
  });

  it('lets a fault of a call through', async () => {
    const fault = new Error('throttled');
    await expect(search(['a'], () => Promise.reject(fault), 5)).rejects.toBe(fault);
  });

  it('asks nothing about nothing', async () => {
    const { answer, calls } = ask({ ids: [], missing: new Set(), hints: ['none'] });
    expect(await search([], answer, 5)).toEqual({ items: new Map(), missing: new Set(), undecided: [] });
    expect(calls()).toBe(0);
  });
});
