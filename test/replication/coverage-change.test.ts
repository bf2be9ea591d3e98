/** What a change of rules means, told in repositories that gain or lose a destination. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Registry, registryKey } from '../../lib/image/registry.ts';
import { type CoverageChange, coverageChanges } from '../../lib/replication/coverage-change.ts';
import { destinationsOf, type ReplicationRule } from '../../lib/replication/rules.ts';
import * as arbitrary from '../arbitraries.ts';
import { ireland, source, sydney } from '../samples.ts';

const repositories = ['prod-api', 'prod-web', 'sandbox'];

function ruleTo(destinations: readonly Registry[], ...prefixes: string[]): ReplicationRule {
  return { destinations, prefixes };
}

const everything = ruleTo([ireland]);
const production = ruleTo([ireland], 'prod-');

describe('a change of rules', () => {
  it.each<[string, ReplicationRule[], ReplicationRule[], CoverageChange[]]>([
    ['that is none means nothing', [production], [production], []],
    [
      'in words alone means nothing',
      [production],
      [ruleTo([ireland], 'prod-a', 'prod-w'), ruleTo([ireland], 'prod-api')],
      [],
    ],
    [
      'that names a first destination gains it for what it covers',
      [],
      [production],
      [{ destination: ireland, gained: ['prod-api', 'prod-web'], lost: [], covered: 2, named: true }],
    ],
    [
      'that takes all rules away loses every destination',
      [production],
      [],
      [{ destination: ireland, gained: [], lost: ['prod-api', 'prod-web'], covered: 0, named: false }],
    ],
    [
      'that narrows a filter loses what it no longer covers',
      [everything],
      [production],
      [{ destination: ireland, gained: [], lost: ['sandbox'], covered: 2, named: true }],
    ],
    [
      'that widens a filter gains what it covers now',
      [production],
      [everything],
      [{ destination: ireland, gained: ['sandbox'], lost: [], covered: 3, named: true }],
    ],
    [
      'to another filter can gain and lose at one destination',
      [production],
      [ruleTo([ireland], 'sand')],
      [
        {
          destination: ireland,
          gained: ['sandbox'],
          lost: ['prod-api', 'prod-web'],
          covered: 1,
          named: true,
        },
      ],
    ],
    [
      'from one destination to another is a loss and a gain',
      [ruleTo([ireland], 'sandbox')],
      [ruleTo([sydney], 'sandbox')],
      [
        { destination: ireland, gained: [], lost: ['sandbox'], covered: 0, named: false },
        { destination: sydney, gained: ['sandbox'], lost: [], covered: 1, named: true },
      ],
    ],
    [
      'leaves out the destinations that it does not touch',
      [production],
      [production, ruleTo([sydney], 'sandbox')],
      [{ destination: sydney, gained: ['sandbox'], lost: [], covered: 1, named: true }],
    ],
    [
      'that names a destination for repositories still to come is told, with none covered',
      [],
      [ruleTo([sydney], 'new-')],
      [{ destination: sydney, gained: [], lost: [], covered: 0, named: true }],
    ],
    [
      'that drops a destination nobody used is told, with none lost',
      [ruleTo([sydney], 'new-')],
      [],
      [{ destination: sydney, gained: [], lost: [], covered: 0, named: false }],
    ],
  ])('%s', (_, before, after, changes) => {
    expect(coverageChanges(source, before, after, repositories)).toEqual(changes);
  });

  const rules = fc.array(arbitrary.rule, { maxLength: 5 });
  const names = fc.uniqueArray(arbitrary.repository, { maxLength: 8 });

  it('is exactly the difference in where each repository goes', () => {
    fc.assert(
      fc.property(arbitrary.registry, rules, rules, names, (from, before, after, given) => {
        const changes = coverageChanges(from, before, after, given);
        const goes = (to: readonly ReplicationRule[], name: string): string[] =>
          destinationsOf(to, from, name).map(registryKey);
        for (const name of given) {
          const [was, is] = [goes(before, name), goes(after, name)];
          const told = (in_: 'gained' | 'lost'): string[] =>
            changes.filter((one) => one[in_].includes(name)).map((one) => registryKey(one.destination));
          expect(told('gained').toSorted()).toEqual(is.filter((key) => !was.includes(key)).toSorted());
          expect(told('lost').toSorted()).toEqual(was.filter((key) => !is.includes(key)).toSorted());
        }
      }),
    );
  });

  it('tells of each destination once', () => {
    fc.assert(
      fc.property(arbitrary.registry, rules, rules, names, (from, before, after, given) => {
        const told = coverageChanges(from, before, after, given).map((one) => registryKey(one.destination));
        expect(new Set(told).size).toBe(told.length);
      }),
    );
  });

  it('undone is its mirror image', () => {
    fc.assert(
      fc.property(arbitrary.registry, rules, rules, names, (from, before, after, given) => {
        const turned = coverageChanges(from, after, before, given).map(({ destination, gained, lost }) => ({
          key: registryKey(destination),
          gained: lost,
          lost: gained,
        }));
        const straight = coverageChanges(from, before, after, given).map(({ destination, gained, lost }) => ({
          key: registryKey(destination),
          gained,
          lost,
        }));
        const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1);
        expect(turned.toSorted(byKey)).toEqual(straight.toSorted(byKey));
      }),
    );
  });
});
