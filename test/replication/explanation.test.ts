/** Why a repository goes where it goes: rules and filters explained, and never otherwise than the monitor expects. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registryKey } from '../../lib/image/registry.ts';
import { explain } from '../../lib/replication/explanation.ts';
import { destinationsOf, type ReplicationRule } from '../../lib/replication/rules.ts';
import { ireland, source, sydney } from '../samples.ts';

it('names the filters that match, the others, and the destinations that follow', () => {
  const rules: readonly ReplicationRule[] = [
    { prefixes: ['prod-', 'base/'], destinations: [ireland] },
    { prefixes: ['test-'], destinations: [ireland, sydney] },
  ];
  expect(explain(rules, source, 'prod-api')).toEqual({
    rules: [
      {
        number: 1,
        matches: true,
        matching: ['prod-'],
        others: [{ prefix: 'base/' }],
        destinations: [ireland],
      },
      {
        number: 2,
        matches: false,
        matching: [],
        others: [{ prefix: 'test-' }],
        destinations: [ireland, sydney],
      },
    ],
    destinations: [
      { destination: ireland, expected: true, rules: [1] },
      { destination: sydney, expected: false, rules: [2] },
    ],
  });
});

it('says that a rule without filters matches everything', () => {
  const [rule] = explain([{ prefixes: [], destinations: [ireland] }], source, 'anything').rules;
  expect(rule).toMatchObject({ matches: true, matching: [], others: [] });
});

it('does not expect anything at the source itself', () => {
  const { destinations } = explain([{ prefixes: [], destinations: [source] }], source, 'prod-api');
  expect(destinations).toEqual([{ destination: source, expected: false, rules: [1], isSource: true }]);
});

describe('a filter that does not match may have been meant otherwise:', () => {
  it.each([
    ['prod/', 'prod-api', 'separator'],
    ['prod-api-v2', 'prod-api', 'longer-than-name'],
    ['prod-api/', 'prod-api', 'longer-than-name'],
    ['api', 'prod-api', 'inside-name'],
    ['test-', 'prod-api', undefined],
    ['prod-', 'payments', undefined],
    ['prod-api2', 'prod-api-x', undefined],
  ])('%s for %s: %s', (prefix, repository, hint) => {
    const [rule] = explain([{ prefixes: [prefix], destinations: [ireland] }], source, repository).rules;
    expect(rule?.others).toStrictEqual([{ prefix, ...(hint === undefined ? {} : { hint }) }]);
  });
});

const registries = [source, ireland, sydney];
const someRules = fc.array(
  fc.record({
    prefixes: fc.array(fc.stringMatching(/^[ab]{1,3}$/), { maxLength: 3 }),
    destinations: fc.subarray(registries),
  }),
  { maxLength: 5 },
);

it('expects what the monitor expects, for all rules and names', () => {
  fc.assert(
    fc.property(someRules, fc.stringMatching(/^[ab]{1,4}$/), (rules, repository) => {
      const expected = explain(rules, source, repository).destinations.filter((one) => one.expected);
      const keys = expected.map(({ destination }) => registryKey(destination)).sort();
      expect(keys).toEqual(destinationsOf(rules, source, repository).map(registryKey).sort());
    }),
  );
});
