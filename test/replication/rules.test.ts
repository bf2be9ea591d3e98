/** Replication rules and what they make us expect. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Registry } from '../../lib/image/registry.ts';
import { registryKey, sameRegistry } from '../../lib/image/registry.ts';
import {
  covers,
  destinationsOf,
  expectedReplicas,
  type ReplicationRule,
  sendTo,
} from '../../lib/replication/rules.ts';
import * as arbitrary from '../arbitraries.ts';
import { digestOf, ireland, replicaOf, source, sydney } from '../samples.ts';

const irelandElsewhere: Registry = { account: '444455556666', region: 'eu-west-1' };

function ruleTo(destinations: readonly Registry[], ...prefixes: string[]): ReplicationRule {
  return { destinations, prefixes };
}

describe('a rule', () => {
  it.each([
    ['without filters covers every repository', [], 'anything/at-all', true],
    ['covers the repository that its filter names', ['prod'], 'prod', true],
    ['covers what begins with its filter: prod covers production-x', ['prod'], 'production-x', true],
    ['covers by any one of its filters', ['team/', 'prod-'], 'prod-api', true],
    ['does not cover what only holds its filter', ['prod'], 'team/prod', false],
    ['does not cover a shorter name than its filter', ['prod-'], 'prod', false],
    ['tells upper from lower case', ['Prod'], 'prod-api', false],
    ['takes no character of a filter for a wildcard', ['prod*'], 'prod-api', false],
  ])('%s', (_, prefixes, repository, covered) => {
    expect(covers(ruleTo([ireland], ...prefixes), repository)).toBe(covered);
  });
});

describe('the destinations of a repository', () => {
  it.each<[string, ReplicationRule[], Registry[]]>([
    ['are none without rules', [], []],
    ['are none when no rule covers it', [ruleTo([ireland], 'sandbox')], []],
    [
      'are those of every rule that covers it',
      [ruleTo([ireland], 'prod'), ruleTo([sydney])],
      [ireland, sydney],
    ],
    ['leave out those of rules that do not', [ruleTo([ireland], 'x'), ruleTo([sydney], 'prod-')], [sydney]],
    ['are each there once', [ruleTo([ireland, ireland]), ruleTo([ireland], 'prod')], [ireland]],
    ['leave the source itself out', [ruleTo([source, ireland])], [ireland]],
    [
      'may be in other Regions of the same account and in other accounts',
      [ruleTo([ireland, irelandElsewhere])],
      [ireland, irelandElsewhere],
    ],
    [
      'may be the same Region of another account',
      [ruleTo([{ account: '444455556666', region: 'us-east-1' }])],
      [{ account: '444455556666', region: 'us-east-1' }],
    ],
    ['come in the order of the rules', [ruleTo([sydney]), ruleTo([ireland, sydney])], [sydney, ireland]],
  ])('%s', (_, rules, destinations) => {
    expect(destinationsOf(rules, source, 'prod-api')).toEqual(destinations);
  });
});

describe('rules', () => {
  it('send a repository to a destination that one of them names for it, and to no other', () => {
    const rules = [ruleTo([ireland, sydney], 'prod'), ruleTo([irelandElsewhere], 'test')];
    const sent = (destination: Registry): boolean =>
      sendTo(rules, { source, repository: 'prod-api', destination });
    expect([ireland, sydney, irelandElsewhere, source].map(sent)).toEqual([true, true, false, false]);
  });
});

describe('the expected replicas of an image', () => {
  const { destination: _, ...image } = replicaOf();

  it('are the image at each destination', () => {
    expect(expectedReplicas([ruleTo([ireland, sydney])], image)).toEqual([
      replicaOf({ destination: ireland }),
      replicaOf({ destination: sydney }),
    ]);
  });

  it('have no tag when the image has none', () => {
    const untagged = { source, repository: 'prod-api', digest: digestOf('a child of an index') };
    expect(expectedReplicas([ruleTo([ireland])], untagged)).toEqual([{ ...untagged, destination: ireland }]);
  });

  const images = arbitrary.replica.map(({ destination: __, ...rest }) => rest);
  const rules = fc.array(arbitrary.rule, { maxLength: 10 });
  const keys = (found: readonly { destination: Registry }[]) =>
    found.map(({ destination }) => registryKey(destination));

  it('are free of duplicates and of the source', () => {
    fc.assert(
      fc.property(rules, images, (given, one) => {
        const found = keys(expectedReplicas(given, one));
        expect(new Set(found).size).toBe(found.length);
        expect(found).not.toContain(registryKey(one.source));
      }),
    );
  });

  it('are the same in whatever order rules, filters and destinations come', () => {
    const shuffled = rules.chain((given) =>
      fc.tuple(
        fc.constant(given),
        fc
          .tuple(
            ...given.map(({ destinations, prefixes }) =>
              fc.record({
                destinations: fc.shuffledSubarray([...destinations], { minLength: destinations.length }),
                prefixes: fc.shuffledSubarray([...prefixes], { minLength: prefixes.length }),
              }),
            ),
          )
          .chain((same) => fc.shuffledSubarray(same, { minLength: same.length })),
      ),
    );
    fc.assert(
      fc.property(shuffled, images, ([given, other], one) => {
        expect(keys(expectedReplicas(other, one)).toSorted()).toEqual(
          keys(expectedReplicas(given, one)).toSorted(),
        );
      }),
    );
  });

  it('are exactly the destinations that some covering rule names', () => {
    fc.assert(
      fc.property(rules, images, arbitrary.registry, (given, one, destination) => {
        const named = given.some(
          (rule) =>
            covers(rule, one.repository) && rule.destinations.some((to) => sameRegistry(to, destination)),
        );
        const expected = named && !sameRegistry(destination, one.source);
        expect(keys(expectedReplicas(given, one)).includes(registryKey(destination))).toBe(expected);
      }),
    );
  });
});
