/** Since when images are expected: by the rules as they were seen, and how a run adds up. */

import { describe, expect, it } from 'vitest';
import type { ReplicationRule } from '../../lib/replication/rules.ts';
import { coverageOf, noCounts, type SweepResult, type SweepRun, summarize } from '../../lib/sweep/run.ts';
import { expectedSince, watchedFrom, withRules } from '../../lib/sweep/watched.ts';
import { ireland, source, sydney } from '../samples.ts';

const toIreland: ReplicationRule = { destinations: [ireland], prefixes: ['prod-'] };
const toBoth: ReplicationRule = { destinations: [ireland, sydney], prefixes: ['prod-'] };

function seen(...rules: readonly (readonly ReplicationRule[])[]) {
  return rules.reduce(
    (registry, one, at) => withRules(registry, one, (at + 1) * 100),
    watchedFrom(source, 100),
  );
}

describe('an image is expected', () => {
  it.each<[string, ReturnType<typeof seen>, number]>([
    ['since its rule was first seen', seen([toIreland]), 100],
    ['since then, when another destination came later', seen([toIreland], [toBoth]), 100],
    ['since the rule came, when there was none before', seen([], [toIreland]), 200],
    ['since the rule came back, when it was gone for a while', seen([toIreland], [], [toIreland]), 300],
    ['since ever, by no rule', seen([toIreland], []), Number.POSITIVE_INFINITY],
    ['since ever, when no rules were seen', watchedFrom(source, 100), Number.POSITIVE_INFINITY],
  ])('%s', (_, registry, since) => {
    expect(expectedSince(registry, 'prod-web', ireland)).toBe(since);
  });

  it('at each destination since its own rule', () => {
    expect(expectedSince(seen([toIreland], [toBoth]), 'prod-web', sydney)).toBe(200);
    expect(expectedSince(seen([toBoth]), 'other', sydney)).toBe(Number.POSITIVE_INFINITY);
  });
});

it('the same rules again change nothing, and of many changes the last ten are kept', () => {
  const registry = seen([toIreland]);
  expect(withRules(registry, [{ ...toIreland }], 999)).toBe(registry);
  let many = registry;
  for (let n = 0; n < 15; n += 1) many = withRules(many, [{ ...toIreland, prefixes: [`${n}`] }], n);
  expect(many.rules).toHaveLength(10);
  expect(many.since).toBe(100);
});

describe('a run', () => {
  const run: SweepRun = { id: 'run', source, startedAt: 5, repositories: 2, results: 3 };
  const result = (change: Partial<SweepResult>): SweepResult => ({
    repository: 'a',
    destination: ireland,
    reading: 'read',
    counts: { ...noCounts, expected: 4, inSync: 3, history: 1 },
    ...change,
  });

  it('adds up by destination, with zeros where nothing is, and remembers the coverage before', () => {
    const results = [
      result({}),
      result({ repository: 'b', counts: { ...noCounts, expected: 1, inSync: 1 } }),
    ];
    const first = summarize(run, results, 9, [ireland, sydney], undefined);
    expect(first).toEqual({
      run: 'run',
      startedAt: 5,
      endedAt: 9,
      routes: [
        {
          destination: ireland,
          repositories: 2,
          repositoriesUnreadable: 0,
          repositoriesWithHistory: 1,
          counts: { ...noCounts, expected: 5, inSync: 4, history: 1 },
        },
        {
          destination: sydney,
          repositories: 0,
          repositoriesUnreadable: 0,
          repositoriesWithHistory: 0,
          counts: noCounts,
        },
      ],
    });
    const second = summarize(run, [result({})], 9, [ireland], first);
    expect(second.routes[0]?.coverageBefore).toBe(80);
  });

  it.each<[string, readonly SweepResult[], number]>([
    ['is what is in sync of what is expected', [result({})], 75],
    ['is whole where nothing is expected', [result({ counts: noCounts })], 100],
    ['is whole where all was deleted meanwhile', [result({ counts: noCounts, reading: 'gone' })], 100],
    ['is nothing where nothing could be read', [result({ counts: noCounts, reading: 'throttled' })], 0],
    [
      'counts what could not be read as not there',
      [
        result({}),
        result({ repository: 'b', reading: 'access-denied', counts: { ...noCounts, expected: 6 } }),
      ],
      30,
    ],
  ])('has a coverage that %s', (_, results, coverage) => {
    const [route] = summarize(run, results, 9, [], undefined).routes;
    expect(route === undefined ? undefined : coverageOf(route)).toBe(coverage);
  });
});
