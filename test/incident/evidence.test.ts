/** What an incident keeps of a look, letter for letter: what is not known is not there, not even as nothing. */

import { describe, expect, it } from 'vitest';
import { defaultNoticePolicy, planNotice } from '../../lib/incident/notice.ts';
import { evidenceOf, lookedAt, open } from '../../lib/incident/transition.ts';
import type { Claim } from '../../lib/replication/claim.ts';
import type { Verdict } from '../../lib/replication/verdict.ts';
import { digestOf, finding, ireland, overdueGroup } from '../samples.ts';

const found = digestOf('another');

describe('the evidence of a look', () => {
  it.each<[string, Verdict, Claim | undefined, boolean | undefined, object]>([
    ['of nothing', { is: 'missing' }, undefined, undefined, { seen: 'missing' }],
    ['that saw it', { is: 'verified' }, undefined, undefined, {}],
    [
      'without the repository',
      { is: 'missing', repository: 'absent' },
      undefined,
      undefined,
      { seen: 'missing', repositoryAbsent: true },
    ],
    [
      'with a claim',
      { is: 'missing' },
      { says: 'COMPLETE' },
      undefined,
      { seen: 'missing', ecrSays: 'COMPLETE' },
    ],
    [
      'with a failure code',
      { is: 'missing' },
      { says: 'FAILED', failureCode: 'x' },
      undefined,
      { seen: 'missing', ecrSays: 'FAILED', failureCode: 'x' },
    ],
    [
      'with a failure without one',
      { is: 'missing' },
      { says: 'FAILED' },
      undefined,
      { seen: 'missing', ecrSays: 'FAILED' },
    ],
    [
      'that found the tag elsewhere',
      { is: 'tag-mismatch', found },
      undefined,
      true,
      { seen: 'tag-mismatch', found, tagImmutable: true },
    ],
    [
      'that found the tag movable',
      { is: 'tag-mismatch', found },
      undefined,
      false,
      { seen: 'tag-mismatch', found, tagImmutable: false },
    ],
    ['that found the tag nowhere', { is: 'tag-mismatch' }, undefined, undefined, { seen: 'tag-mismatch' }],
    ['of an archived one has nothing of tags', { is: 'archived' }, undefined, true, { seen: 'archived' }],
    [
      'that could not tell',
      { is: 'unreadable', why: 'throttled' },
      undefined,
      undefined,
      { seen: 'unreadable', unreadable: 'throttled' },
    ],
  ])('%s', (_, verdict, claim, tagImmutable, kept) => {
    expect(evidenceOf(verdict, claim, tagImmutable)).toStrictEqual(kept);
  });
});

describe('another look', () => {
  const incident = open(
    finding({ evidence: { seen: 'missing', ecrSays: 'FAILED', failureCode: 'x' } }),
    undefined,
    0,
  );
  const look = { expected: true, verdict: { is: 'missing' }, tagMovedOn: false, leastGapSeconds: 0 } as const;

  it('is one revision more: the next write is made over this one', () => {
    expect(lookedAt(incident, look, 1_000).revision).toBe(incident.revision + 1);
  });

  it('keeps what ECR said when ECR does not answer, and only then', () => {
    const claim: Claim = { says: 'unreadable', why: 'throttled' };
    expect(lookedAt(incident, { ...look, claim }, 1_000).evidence).toStrictEqual({
      seen: 'missing',
      ecrSays: 'FAILED',
      failureCode: 'x',
    });
    expect(lookedAt(incident, look, 1_000).evidence).toStrictEqual({ seen: 'missing' });
    const silent = { ...incident, evidence: { seen: 'missing' as const, ecrSays: 'COMPLETE' as const } };
    expect(lookedAt(silent, { ...look, claim }, 1_000).evidence).toStrictEqual({
      seen: 'missing',
      ecrSays: 'COMPLETE',
    });
    const unasked = { ...incident, evidence: { seen: 'missing' as const } };
    expect(lookedAt(unasked, { ...look, claim }, 1_000).evidence).toStrictEqual({
      seen: 'missing',
      ecrSays: 'unreadable',
    });
  });
});

describe('a notice', () => {
  const incident = open(finding({}), undefined, 1_000);
  const situation = {
    group: overdueGroup,
    latest: undefined,
    open: { count: 1, oldest: [incident] },
    changes: [incident],
    now: 2_000,
  };
  const told = (more: object): object => {
    const step = planNotice({ ...situation, ...more }, defaultNoticePolicy);
    return step.do === 'tell' ? step.notice : { step: step.do };
  };

  it('has what it is about when something is, and no such key when nothing is', () => {
    expect(told({})).not.toHaveProperty('about');
    expect(told({})).not.toHaveProperty('toldAllUntil');
    expect(told({ about: ['a line'] })).toHaveProperty('about', ['a line']);
    expect(told({})).not.toHaveProperty('sources');
    expect(told({ sources: [ireland] })).toHaveProperty('sources', [ireland]);
  });

  it('is no all-clear while what nobody is told of is still open', () => {
    const latest = { ...told({}), confirmedAt: 2_000 };
    const later = { latest, changes: [], now: 10_000_000 };
    expect(told({ ...later, open: { count: 0, quiet: 1, oldest: [] } })).toEqual({ step: 'nothing' });
    expect(told({ ...later, open: { count: 0, quiet: 0, oldest: [] } })).toMatchObject({ type: 'clear' });
    expect(told({ ...later, open: { count: 0, oldest: [] } })).toMatchObject({ type: 'clear' });
  });

  it('is told of what is open, whatever else nobody is told of', () => {
    expect(told({ open: { count: 1, quiet: 1, oldest: [incident] } })).toMatchObject({ type: 'firing' });
  });
});
