/** Slow passes: when one begins, how it goes on, and what it keeps. */

import { expect, test } from 'vitest';
import { type Cycle, cycleAt, type KeptLine, remaining, withLines } from '../../lib/sweep/cycle.ts';
import { ireland, sydney } from '../samples.ts';

const hour = 3_600_000;
const begun: Cycle = { startedAt: 0, cursor: {}, isComplete: false, lines: [], notKept: 0 };
const line = (change: Partial<KeptLine>): KeptLine => ({
  key: 'a',
  about: ireland,
  rank: 0,
  text: ['a'],
  count: 1,
  names: ['x'],
  repositories: 1,
  ...change,
});

test('a pass begins once a day, and is gone on with until it is through', () => {
  expect(cycleAt(undefined, 5).startedAt).toBe(5);
  expect(cycleAt(begun, 100 * hour)).toBe(begun);
  const through = { ...begun, isComplete: true };
  expect(cycleAt(through, 23 * hour)).toBe(through);
  expect(cycleAt(through, 24 * hour)).toMatchObject({ startedAt: 24 * hour, isComplete: false, lines: [] });
});

test('repositories are gone through in one order, from where the pass was left', () => {
  expect(remaining(begun, ['b', 'c', 'a'])).toEqual(['a', 'b', 'c']);
  expect(remaining({ ...begun, cursor: { after: 'a' } }, ['b', 'c', 'a', 'aa'])).toEqual(['aa', 'b', 'c']);
});

test('what is alike is one line, at each registry by itself; what matters more comes first', () => {
  const lines = [line({ key: 'late', rank: 1 }), line({}), line({ names: ['y'] }), line({ about: sydney })];
  const cycle = withLines(withLines(begun, lines.slice(0, 2), {}), lines.slice(2), { after: 'z' });
  expect(cycle.cursor).toEqual({ after: 'z' });
  expect(cycle.lines.map(({ key, count, names }) => [key, count, ...names])).toEqual([
    ['a', 2, 'x', 'y'],
    ['a', 1, 'x'],
    ['late', 1, 'x'],
  ]);
});

test('what is kept fits an item of the table, and what there was no room for is counted', () => {
  const many = Array.from({ length: 2_000 }, (_, n) => line({ key: `${n}`, text: ['x'.repeat(500)] }));
  const cycle = withLines(begun, many, {});
  expect(JSON.stringify(cycle).length).toBeLessThan(400_000);
  expect(cycle.lines.length + cycle.notKept).toBe(2_000);
  expect(cycle.lines.length).toBeGreaterThan(100);
});
