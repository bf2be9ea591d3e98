/** Causes are told from evidence, each with a sentence and what to do next. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CauseId, causeOf, causes } from '../../lib/alert/cause.ts';
import type { IncidentEvidence } from '../../lib/incident/incident.ts';
import type { IncidentKind } from '../../lib/replication/decision.ts';
import type { Replica } from '../../lib/replication/rules.ts';
import * as arbitrary from '../arbitraries.ts';
import { digestOf, source } from '../samples.ts';
import { opened } from './examples.ts';

const elsewhere = { destination: { account: '444455556666', region: 'eu-west-1' } };
const found = digestOf('another image');

describe('the cause', () => {
  it.each<[CauseId, string, IncidentKind, IncidentEvidence, Partial<Replica>?]>([
    ['failed-unknown', 'ECR failed', 'failed', { seen: 'missing', ecrSays: 'FAILED', failureCode: 'X' }],
    [
      'repository-not-created',
      'ECR failed and there is no repository',
      'failed',
      { seen: 'missing', ecrSays: 'FAILED', repositoryAbsent: true },
    ],
    [
      'cross-account-refused',
      'ECR failed to another account',
      'failed',
      { seen: 'missing', ecrSays: 'FAILED' },
      elsewhere,
    ],
    ['still-in-progress', 'ECR is copying', 'overdue', { seen: 'missing', ecrSays: 'IN_PROGRESS' }],
    ['claim-unreadable', 'ECR did not answer', 'overdue', { seen: 'missing', ecrSays: 'unreadable' }],
    ['claim-unreadable', 'nobody asked ECR', 'overdue', { seen: 'missing' }],
    ['never-started', 'ECR has no entry', 'not-started', { seen: 'missing', ecrSays: 'no-entry' }],
    ['claimed-but-absent', 'ECR says COMPLETE', 'contradicted', { seen: 'missing', ecrSays: 'COMPLETE' }],
    [
      'tag-immutable',
      'the tag is on another image and cannot move',
      'tag-mismatch',
      { seen: 'tag-mismatch', found, tagImmutable: true },
    ],
    ['tag-held', 'the tag is on another image', 'tag-mismatch', { seen: 'tag-mismatch', found }],
    ['tag-absent', 'the tag is nowhere', 'tag-mismatch', { seen: 'tag-mismatch' }],
    ['archived', 'it is archived', 'archived', { seen: 'archived' }],
    ['tag-held', 'an overdue image came without its tag', 'overdue', { seen: 'tag-mismatch', found }],
    ['archived', 'a failed image came and was archived', 'failed', { seen: 'archived' }],
    ['access-denied', 'the monitor may not read there', 'unreadable', { unreadable: 'access-denied' }],
    ['region-unavailable', 'the Region does not answer', 'unreadable', { unreadable: 'region-unavailable' }],
    ['throttled', 'ECR throttles', 'unreadable', { unreadable: 'throttled' }],
    ['service-error', 'ECR has errors', 'unreadable', { unreadable: 'service-error' }],
  ])('is %s when %s', (id, _, kind, evidence, replica) => {
    expect(causeOf(opened(kind, evidence, replica)).id).toBe(id);
  });

  it.each<[CauseId, string, IncidentKind, IncidentEvidence]>([
    [
      'failed-unknown',
      'was overdue and then failed',
      'overdue',
      { seen: 'missing', ecrSays: 'FAILED', failureCode: 'X' },
    ],
    [
      'claimed-but-absent',
      'was overdue and is then said to be there',
      'overdue',
      { seen: 'missing', ecrSays: 'COMPLETE' },
    ],
    [
      'still-in-progress',
      'had failed and is tried again',
      'failed',
      { seen: 'missing', ecrSays: 'IN_PROGRESS' },
    ],
    [
      'still-in-progress',
      'had not started and then did',
      'not-started',
      { seen: 'missing', ecrSays: 'IN_PROGRESS' },
    ],
  ])('goes by the last look, not by what was reported first: %s when it %s', (id, _, kind, evidence) => {
    expect(causeOf(opened(kind, evidence)).id).toBe(id);
  });

  it.each<IncidentKind>(['tag-mismatch', 'archived'])(
    'does not say that an image is there which the last look did not see, though it was reported as %s',
    (kind) => {
      expect(causeOf(opened(kind, { seen: 'missing', ecrSays: 'COMPLETE' })).sentence).not.toMatch(
        /^The image is there/,
      );
    },
  );

  it('of rules that cannot be read asks for the right to read them', () => {
    const { steps } = causeOf(opened('unreadable', { unreadable: 'access-denied' }, { destination: source }));
    expect(steps.map(({ say }) => say).join(' ')).toContain('ecr:DescribeRegistry');
  });

  it.each<[IncidentEvidence, Partial<Replica>]>([
    [{ seen: 'missing', ecrSays: 'FAILED', repositoryAbsent: true }, {}],
    [{ seen: 'missing', ecrSays: 'FAILED', failureCode: 'AccessDenied' }, elsewhere],
  ])('is called likely, not certain, where the evidence only hints at it: %o', (evidence, replica) => {
    expect(causeOf(opened('failed', evidence, replica)).sentence).toMatch(/perhaps|most often/);
  });

  it('is always one of the list, with its sentence, and with commands for the AWS CLI only', () => {
    fc.assert(
      fc.property(arbitrary.incident, (incident) => {
        const { id, sentence, steps } = causeOf(incident);
        expect(causes[id]).toBe(sentence);
        for (const { say, command } of steps) {
          expect(say).toMatch(/[.:]$/);
          expect(say.endsWith(':')).toBe(command !== undefined);
          if (command !== undefined) expect(command).toMatch(/^aws ecr [a-z-]+ --/);
        }
      }),
    );
  });
});

/** The commands of the steps, by their verbs. */
function verbs(
  kind: IncidentKind,
  evidence: IncidentEvidence,
  replica?: Partial<Replica>,
): readonly string[] {
  return causeOf(opened(kind, evidence, replica)).steps.map(
    ({ command }) => /^aws ecr (\S+)/.exec(command ?? '')?.[1] ?? '-',
  );
}

describe('what to do next', () => {
  const copy = 'start-replication-backfill';

  it.each<[string, IncidentKind, IncidentEvidence, Partial<Replica> | undefined, readonly string[]]>([
    [
      'after a failure begins with what ECR says',
      'failed',
      { seen: 'missing', ecrSays: 'FAILED' },
      undefined,
      ['describe-image-replication-status', copy],
    ],
    [
      'between accounts begins with the policy over there',
      'failed',
      { seen: 'missing', ecrSays: 'FAILED' },
      elsewhere,
      ['get-registry-policy', 'describe-image-replication-status', copy],
    ],
    [
      'without a repository looks at how repositories are made, and within one account at no policy',
      'failed',
      { seen: 'missing', ecrSays: 'FAILED', repositoryAbsent: true },
      undefined,
      ['describe-repository-creation-templates', copy],
    ],
    [
      'without a repository in another account looks at both',
      'failed',
      { seen: 'missing', ecrSays: 'FAILED', repositoryAbsent: true },
      elsewhere,
      ['get-registry-policy', 'describe-repository-creation-templates', copy],
    ],
    [
      'about an image that never started begins with the rules',
      'not-started',
      { seen: 'missing', ecrSays: 'no-entry' },
      undefined,
      ['describe-registry', copy],
    ],
    [
      'about an image that vanished looks for who deletes',
      'contradicted',
      { seen: 'missing', ecrSays: 'COMPLETE' },
      undefined,
      ['describe-images', 'get-lifecycle-policy', copy],
    ],
    [
      'about a tag on another image deletes nothing',
      'tag-mismatch',
      { seen: 'tag-mismatch', found },
      undefined,
      ['describe-images', 'put-image'],
    ],
    [
      'about a tag that cannot move frees it first',
      'tag-mismatch',
      { seen: 'tag-mismatch', found, tagImmutable: true },
      undefined,
      ['describe-images', 'batch-delete-image', 'put-image'],
    ],
    [
      'about a tag that is nowhere puts it',
      'tag-mismatch',
      { seen: 'tag-mismatch' },
      undefined,
      ['describe-images', 'put-image'],
    ],
    [
      'about an archived image restores it, and looks for who archives',
      'archived',
      { seen: 'archived' },
      undefined,
      ['update-image-storage-class', 'get-lifecycle-policy'],
    ],
    [
      'about a registry that throttles is first of all to wait',
      'unreadable',
      { unreadable: 'throttled' },
      undefined,
      ['-', 'describe-images'],
    ],
    [
      'about rules that cannot be read tries to read them',
      'unreadable',
      { unreadable: 'service-error' },
      { destination: source },
      ['-', 'describe-registry'],
    ],
  ])('%s', (_, kind, evidence, replica, expected) => {
    expect(verbs(kind, evidence, replica)).toEqual(expected);
  });

  it('about a tag of which nobody knows the name is to look', () => {
    const { tag: _, ...untagged } = opened('tag-mismatch', { seen: 'tag-mismatch' }).replica;
    const incident = { ...opened('tag-mismatch', { seen: 'tag-mismatch' }), replica: untagged };
    expect(causeOf(incident).steps.map(({ say }) => say)).toEqual(['See what the destination has:']);
  });
});

describe('the list of causes', () => {
  it.each(Object.entries(causes))('explains %s in a sentence', (_, sentence) => {
    expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(sentence.length).toBeLessThanOrEqual(250);
  });
});
