/** Findings about settings as people read them: a sentence and steps for each kind. */

import { expect, test } from 'vitest';
import { settingSteps } from '../../lib/alert/setting-cure.ts';
import { settingMeanings, settingSentence, settingSeverities } from '../../lib/alert/setting-words.ts';
import type { TagSettings } from '../../lib/replication/tag-mutability.ts';
import type { Scanning } from '../../lib/sweep/scanning.ts';
import { settingKinds } from '../../lib/sweep/setting-finding.ts';
import { ireland, source } from '../samples.ts';
import { faultsOf } from './cli-line.ts';
import { examples, replica, rule } from './setting-examples.ts';

test.each(examples)('$kind is said in one sentence', (finding, sentence) => {
  expect(settingSentence(finding)).toBe(sentence);
});

test('there is an example, a meaning and a severity for each kind', () => {
  expect(examples.map(([{ kind }]) => kind)).toEqual(settingKinds);
  expect(Object.keys(settingMeanings)).toEqual(settingKinds);
  expect(Object.keys(settingSeverities)).toEqual(settingKinds);
});

test.each(examples)('$kind has steps, and their commands are what the installed SDK knows', (finding) => {
  const steps = settingSteps(finding);
  expect(steps.length).toBeGreaterThan(0);
  for (const { command } of steps) {
    for (const line of command?.split(' && ') ?? []) {
      // A waiter of the CLI takes the flags of the call that it repeats.
      const plain = line.replace('wait lifecycle-policy-preview-complete', 'get-lifecycle-policy-preview');
      expect(faultsOf(plain.replaceAll("'", ''))).toEqual([]);
    }
  }
});

test('tags are set there as they are at the source, filters and all', () => {
  const [step] = settingSteps({
    kind: 'tag-settings-differ',
    ...replica,
    atSource: { mutability: 'IMMUTABLE_WITH_EXCLUSION', exceptions: ['latest', 'dev-*'] },
    there: { mutability: 'MUTABLE', exceptions: [] },
  });
  expect(step?.command).toBe(
    'aws ecr put-image-tag-mutability --registry-id 111122223333 --region eu-west-1 --repository-name prod/api ' +
      "--image-tag-mutability IMMUTABLE_WITH_EXCLUSION --image-tag-mutability-exclusion-filters 'filterType=WILDCARD,filter=latest' 'filterType=WILDCARD,filter=dev-*'",
  );
});

test.each<[TagSettings, string]>([
  [{ mutability: 'MUTABLE', exceptions: [] }, 'mutable'],
  [{ mutability: 'IMMUTABLE', exceptions: [] }, 'immutable'],
  [{ mutability: 'MUTABLE_WITH_EXCLUSION', exceptions: ['v*', 'release'] }, 'mutable (but for v*, release)'],
  [{ mutability: 'IMMUTABLE_WITH_EXCLUSION', exceptions: [] }, 'immutable (but for none)'],
])('tags that are $mutability are said so', (atSource, words) => {
  const there = { mutability: 'MUTABLE', exceptions: [] } as const;
  const sentence = settingSentence({ kind: 'tag-settings-differ', ...replica, atSource, there });
  expect(sentence).toMatch(new RegExp(`, and ${words.replaceAll(/[()*]/g, '\\$&')} at the source\\.$`));
});

test.each<[Scanning, string]>([
  [{ type: 'BASIC', frequency: 'MANUAL' }, 'not scanned by itself'],
  [{ type: 'ENHANCED', frequency: 'SCAN_ON_PUSH' }, 'scanned at each push (enhanced)'],
  [{ type: 'BASIC', frequency: 'CONTINUOUS_SCAN' }, 'scanned continuously (basic)'],
])('scanning as $frequency is said so', (atSource, words) => {
  const there = { type: 'BASIC', frequency: 'MANUAL' } as const;
  expect(settingSentence({ kind: 'scanning-differs', ...replica, atSource, there })).toBe(
    `prod/api: not scanned by itself in eu-west-1 (111122223333), ${words} at the source.`,
  );
});

test('a rule about what was archived is said so', () => {
  const archived = { ...rule, countType: 'sinceImageTransitioned', countNumber: 1 } as const;
  expect(settingSentence({ kind: 'lifecycle-archives', ...replica, rule: archived })).toBe(
    'prod/api: rule 2 of its lifecycle policy in eu-west-1 (111122223333) deletes untagged images 1 day after they were archived.',
  );
});

test('three repositories are named, and none counted', () => {
  expect(settingSentence({ kind: 'uncovered', source, repositories: ['a', 'b', 'c'] })).toBe(
    'No replication rule of us-east-1 (111122223333) covers a, b, c.',
  );
  expect(settingSentence({ kind: 'uncovered', source, repositories: ['a', 'b', 'c', 'd'] })).toMatch(
    / covers a, b, c and 1 more repository\.$/,
  );
});

test('what cannot be read of a registry names no repository', () => {
  const rules = {
    kind: 'settings-unreadable',
    source,
    registry: ireland,
    what: 'rules',
    why: 'throttled',
  } as const;
  expect(settingSentence(rules)).toBe(
    'The rules in eu-west-1 (111122223333) could not be read (throttled): nothing is known of it.',
  );
});
