/** What is known of an incident in words, as every form of a notice uses them. */

import { describe, expect, it } from 'vitest';
import { ending, lateness, type Said, seen } from '../../lib/alert/evidence.ts';
import { factRows } from '../../lib/alert/facts.ts';
import { digestOf, ireland, source } from '../samples.ts';
import { deadlineAt, opened, pushedAt } from './examples.ts';

const minute = 60_000;
const found = digestOf('another image');

describe('what the last look saw', () => {
  it.each<[string, Said]>([
    ['not there', { kind: 'overdue', evidence: {} }],
    ['not there, nor is the repository', { kind: 'failed', evidence: { repositoryAbsent: true } }],
    ['there, but archived', { kind: 'archived', evidence: {} }],
    ['there, but archived', { kind: 'overdue', evidence: { seen: 'archived' } }],
    ['not there', { kind: 'archived', evidence: { seen: 'missing' } }],
    ['there without this tag', { kind: 'tag-mismatch', evidence: {} }],
    [`the tag is on ${found}`, { kind: 'overdue', evidence: { seen: 'tag-mismatch', found } }],
    [
      'could not tell (throttled)',
      { kind: 'unreadable', evidence: { seen: 'unreadable', unreadable: 'throttled' } },
    ],
    ['could not tell (unknown)', { kind: 'unreadable', evidence: { seen: 'missing' } }],
  ])('is said so: %s', (words, said) => {
    expect(seen(said)).toBe(words);
  });
});

describe('how late an image came', () => {
  const incident = { pushedAt, changedAt: deadlineAt };

  it.each([
    ['30 min after the push', {}],
    ['30 min after the push', { latenessSeconds: 0 }],
    ['31 min after the push: 1 s late', { arrivedAt: deadlineAt + minute, latenessSeconds: 1 }],
  ])('is said so: %s', (words, change) => {
    expect(lateness({ ...incident, ...change })).toBe(words);
  });
});

describe('what has not ended', () => {
  it('is open', () => {
    expect(ending(opened('overdue', {}))).toEqual(['Open', 'since 2026-11-24 03:10:00 UTC']);
  });
});

describe('the facts of an incident in a chat', () => {
  const facts = {
    kind: 'overdue',
    image: 'prod-api:1.4.2',
    source,
    destination: ireland,
    pushedAt,
    deadlineSeconds: 1800,
    lastLookAt: deadlineAt,
    explanation: 'It is so.',
    evidence: {},
  };

  it('are which image, since when, what was seen, why, and from where', () => {
    expect(factRows(facts, deadlineAt + minute, false)).toEqual([
      ['Image', '`prod-api:1.4.2`'],
      ['Pushed', '2026-11-24 02:40:00 UTC (31 min ago; deadline 30 min)'],
      ['Looked', '2026-11-24 03:10:00 UTC: not there'],
      ['Why', 'It is so.'],
      ['From', 'us-east-1 to eu-west-1, account 111122223333'],
    ]);
  });

  it('are those of an example when there are several, with both accounts when there are two', () => {
    const destination = { account: '444455556666', region: 'eu-west-1' };
    const rows = factRows({ ...facts, destination, evidence: { ecrSays: 'COMPLETE' } }, deadlineAt, true);
    expect(rows[0]).toEqual(['Such as', '`prod-api:1.4.2`']);
    expect(rows[3]).toEqual(['ECR says', 'COMPLETE']);
    expect(rows.at(-1)).toEqual(['From', 'us-east-1 (111122223333) to eu-west-1 (444455556666)']);
  });

  it('of a registry that cannot be read are what was tried, why, and which image showed it', () => {
    expect(factRows({ ...facts, kind: 'unreadable' }, deadlineAt, false)).toEqual([
      ['Looked', '2026-11-24 03:10:00 UTC: could not tell (unknown)'],
      ['Why', 'It is so.'],
      ['Shown by', '`prod-api:1.4.2`'],
    ]);
  });
});
