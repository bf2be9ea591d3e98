/** A cell says in text what its colour says, and never more than was seen. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cell, levelOf, markOf, ordered, sentenceOf } from '../../lib/report/coverage.ts';
import { percent, placesOf } from '../../lib/report/words.ts';
import { audit, ireland, noCounts, row, sydney } from './documents.ts';

const place = placesOf(audit());

function cell(change: Partial<Cell>): Cell {
  return { ...noCounts, destination: ireland, ...change };
}

describe('a cell', () => {
  it.each<[string, string, string, Cell | undefined]>([
    ['outside', '', 'not replicated there', undefined],
    ['empty', '–', 'nothing expected', cell({})],
    ['empty', '–', 'nothing expected yet, 2 pushed just now', cell({ young: 2 })],
    ['full', '✓', 'all 1,200 images in sync', cell({ expected: 1200, inSync: 1200 })],
    [
      'most',
      '99.9 %',
      '99.9 % in sync, 1 missing of 1,200 images',
      cell({ expected: 1200, inSync: 1199, missing: 1 }),
    ],
    ['much', '90 %', '90 % in sync, 1 archived of 10 images', cell({ expected: 10, inSync: 9, archived: 1 })],
    [
      'half',
      '50 %',
      '50 % in sync, 3 missing, 2 with another tag of 10 images',
      cell({ expected: 10, inSync: 5, missing: 3, tagMismatch: 2 }),
    ],
    ['little', '0 %', '0 % in sync, 4 older than the rule of 4 images', cell({ expected: 4, history: 4 })],
    [
      'absent',
      'none',
      'none, the repository does not exist there, 4 images expected',
      cell({ expected: 4, missing: 4, repositoryAbsent: true }),
    ],
    ['unreadable', '?', 'could not be read, throttled', cell({ unreadable: 'throttled' })],
  ])('of level %s shows "%s" and says "%s"', (level, mark, said, it) => {
    expect([levelOf(it), markOf(it), sentenceOf('prod/api', ireland, it, place)]).toEqual([
      level,
      mark,
      `prod/api in eu-west-1: ${said}`,
    ]);
  });
});

describe('a share', () => {
  it('is 100 % only when it is all, and 0 % only when it is nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), fc.nat(), (all, seed) => {
        const some = seed % (all + 1);
        expect(percent(some / all) === '100 %').toBe(some === all);
        expect(percent(some / all) === '0 %').toBe(some === 0);
      }),
    );
  });

  it.each([
    [0.999_99, '99.9 %'],
    [0.29, '29 %'],
    [0.0004, '<0.1 %'],
    [0.575, '57.5 %'],
  ])('of %d is written %s', (share, text) => {
    expect(percent(share)).toBe(text);
  });
});

describe('the order of the rows', () => {
  const rows = [
    row('a-well', { expected: 10, inSync: 10 }),
    row('b-many', { expected: 1000, inSync: 900, missing: 100 }),
    row('c-none', { expected: 3, missing: 3 }, { destination: sydney, expected: 3, inSync: 3 }),
    row('d-unread', { unreadable: 'throttled' }),
  ];
  it.each([
    ['worst', ['c-none', 'b-many', 'd-unread', 'a-well']],
    ['broken', ['b-many', 'c-none', 'a-well', 'd-unread']],
    ['name', ['a-well', 'b-many', 'c-none', 'd-unread']],
  ] as const)('by %s', (order, names) => {
    expect(ordered(rows, order).map(({ repository }) => repository)).toEqual(names);
  });
});
