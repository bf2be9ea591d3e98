/** Findings about settings as lines that are kept: which are alike, and how they are told together. */

import { describe, expect, it } from 'vitest';
import { digestLines, keptLines } from '../../lib/alert/setting-digest.ts';
import { settingSentence } from '../../lib/alert/setting-words.ts';
import type { KeptLine } from '../../lib/sweep/cycle.ts';
import { mostNames } from '../../lib/sweep/cycle.ts';
import type { SettingFinding } from '../../lib/sweep/setting-finding.ts';
import { ireland, source, sydney } from '../samples.ts';
import { replica as at, other, rule } from './setting-examples.ts';

const mutable = { mutability: 'MUTABLE', exceptions: [] } as const;
const immutable = { mutability: 'IMMUTABLE', exceptions: [] } as const;
const onPush = { type: 'BASIC', frequency: 'SCAN_ON_PUSH' } as const;
const never = { type: 'BASIC', frequency: 'MANUAL' } as const;
const encryption: SettingFinding = { kind: 'encryption-differs', ...at, atSource: 'KMS', there: 'AES256' };
const untagged: SettingFinding = { kind: 'lifecycle-expires-untagged', ...at, rule };

function kept(finding: SettingFinding): KeptLine {
  const [line] = keptLines(source, [finding]);
  if (line === undefined) throw new Error('nothing is kept');
  return line;
}

describe('a finding', () => {
  it('is a line of its source: a sentence, and steps below it', () => {
    const { text, ...line } = kept(encryption);
    expect(line).toEqual({
      key: 'encryption-differs 111122223333/eu-west-1 ["KMS","AES256"]',
      about: source,
      rank: 1,
      count: 1,
      names: ['prod/api'],
      repositories: 1,
    });
    expect(text).toEqual([
      settingSentence(encryption),
      '  See what creates repositories there; a repository keeps the encryption it was created with:',
      '    aws ecr describe-repository-creation-templates --region eu-west-1',
      '  Put the encryption into the template, delete the repository there when nobody needs it, and copy its images again:',
      '    aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333',
    ]);
  });

  it('that loses images goes before one that does not', () => {
    expect(kept(untagged).rank).toBeLessThan(kept(encryption).rank);
  });

  it('keeps some of its repositories by name, and how many there are', () => {
    const repositories = Array.from({ length: mostNames + 5 }, (_, n) => `prod/${n}`);
    expect(kept({ kind: 'uncovered', source, repositories })).toMatchObject({
      names: repositories.slice(0, mostNames),
      repositories: mostNames + 5,
    });
    const ofRegistry = kept({
      kind: 'not-admitted',
      source,
      destination: other,
      missing: ['ecr:ReplicateImage'],
    });
    expect(ofRegistry).toMatchObject({
      key: 'not-admitted 444455556666/eu-west-1',
      names: [],
      repositories: 0,
    });
    const rules = {
      kind: 'settings-unreadable',
      source,
      registry: other,
      what: 'rules',
      why: 'throttled',
    } as const;
    expect(kept(rules)).toMatchObject({ names: [], repositories: 0 });
  });

  it.each<[SettingFinding, Partial<Record<string, unknown>>]>([
    [
      { kind: 'tag-settings-differ', ...at, atSource: mutable, there: immutable },
      { there: mutable, atSource: immutable },
    ],
    [
      { kind: 'scanning-differs', ...at, atSource: onPush, there: never },
      { there: onPush, atSource: never },
    ],
    [encryption, { atSource: 'KMS_DSSE' }],
    [encryption, { there: 'KMS' }],
    [encryption, { destination: sydney }],
    [untagged, { rule: { ...rule, countNumber: 15 } }],
    [untagged, { kind: 'lifecycle-archives' }],
    [untagged, { destination: sydney }],
    [{ kind: 'lifecycle-expires-unpulled', ...at, rule }, { rule: { ...rule, priority: 3 } }],
    [{ kind: 'lifecycle-archives', ...at, rule }, { destination: other }],
    [{ kind: 'lifecycle-unknown', ...at, what: 'rule 1' }, { what: 'rule 2' }],
    [{ kind: 'lifecycle-unknown', ...at, what: 'rule 1' }, { destination: sydney }],
    [
      { kind: 'no-creation-template', source, destination: ireland, repositories: ['a'] },
      { destination: other },
    ],
    [{ kind: 'not-admitted', source, destination: ireland, missing: ['x'] }, { destination: other }],
    [
      {
        kind: 'template-without-role',
        source,
        destination: ireland,
        prefix: 'prod',
        because: ['tags'],
        repositories: ['a'],
      },
      { prefix: 'test' },
    ],
    [
      {
        kind: 'template-without-role',
        source,
        destination: ireland,
        prefix: 'prod',
        because: ['tags'],
        repositories: ['a'],
      },
      { destination: sydney },
    ],
    [
      { kind: 'uncovered', source, repositories: ['a'] },
      { kind: 'prefix-too-wide', prefix: 'prod' },
    ],
    [{ kind: 'rule-chain', source, via: ireland, destination: sydney, repositories: ['a'] }, { via: other }],
    [
      { kind: 'rule-chain', source, via: ireland, destination: sydney, repositories: ['a'] },
      { destination: other },
    ],
    [{ kind: 'prefix-too-wide', source, prefix: 'prod', repositories: ['a'] }, { prefix: 'test' }],
    [
      { kind: 'settings-unreadable', source, registry: other, what: 'rules', why: 'throttled' },
      { what: 'scanning' },
    ],
    [
      { kind: 'settings-unreadable', source, registry: other, what: 'rules', why: 'throttled' },
      { why: 'access-denied' },
    ],
    [
      { kind: 'settings-unreadable', source, registry: other, what: 'rules', why: 'throttled' },
      { registry: sydney },
    ],
  ])('$kind has one key whatever the repository, and another where %o differs', (finding, change) => {
    const { key } = kept(finding);
    expect(key.startsWith(finding.kind)).toBe(true);
    const elsewhere =
      'repository' in finding
        ? { repository: 'web' }
        : 'repositories' in finding
          ? { repositories: ['web'] }
          : {};
    expect(kept({ ...finding, ...elsewhere } as SettingFinding).key).toBe(key);
    expect(kept({ ...finding, ...change } as SettingFinding).key).not.toBe(key);
  });
});

describe('a kept line', () => {
  const line: KeptLine = {
    key: 'a key',
    about: source,
    rank: 0,
    text: ['A sentence.', '  A step.'],
    count: 1,
    names: ['a'],
    repositories: 1,
  };

  it.each<[string, Partial<KeptLine>, readonly string[]]>([
    ['of one finding, which its sentence names, is as it was', {}, ['A sentence.', '  A step.']],
    [
      'of several findings says how many more, and which',
      { count: 2, names: ['a', 'b'], repositories: 2 },
      ['A sentence. So it is with 1 more.', '  a, b', '  A step.'],
    ],
    [
      'of very many counts those that it does not name',
      { count: 1_235, names: ['a', 'b'], repositories: 1_236 },
      ['A sentence. So it is with 1,234 more.', '  a, b … and 1,234 more', '  A step.'],
    ],
    [
      'of one finding about three repositories leaves them to its sentence',
      { names: ['a', 'b', 'c'], repositories: 3 },
      ['A sentence.', '  A step.'],
    ],
    [
      'of one finding about four repositories names them',
      { names: ['a', 'b', 'c', 'd'], repositories: 4 },
      ['A sentence.', '  a, b, c, d', '  A step.'],
    ],
    [
      'of several findings that are about no repository names none',
      { count: 2, names: [], repositories: 0 },
      ['A sentence. So it is with 1 more.', '  A step.'],
    ],
  ])('%s', (_, change, lines) => {
    expect(digestLines({ ...line, ...change })).toEqual(lines);
  });
});
