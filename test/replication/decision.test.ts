/** The table "Decision", row by row: before the deadline, at it, and with a failure reported. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Claim } from '../../lib/replication/claim.ts';
import {
  type Decision,
  decide,
  type Evidence,
  type SourceTag,
  tagMovedOn,
} from '../../lib/replication/decision.ts';
import type { Verdict } from '../../lib/replication/verdict.ts';
import * as arbitrary from '../arbitraries.ts';
import { digestOf } from '../samples.ts';

const digest = digestOf('prod-api');
const other = digestOf('a newer image');
const deadlineSeconds = 1800;

function decided(evidence: Partial<Evidence> & { verdict: Verdict }): Decision {
  return decide({ digest }, { ageSeconds: 60, deadlineSeconds, ...evidence });
}

const lookAgain: Decision = { do: 'look-again' };
const withdraw: Decision = { do: 'withdraw' };
const superseded: Decision = { do: 'done', as: 'superseded' };
const report = (kind: Extract<Decision, { do: 'report' }>['kind']): Decision => ({ do: 'report', kind });

const verified: Verdict = { is: 'verified', arrivedAt: 7 };
const missing: Verdict = { is: 'missing' };
const noRepository: Verdict = { is: 'missing', repository: 'absent' };
const mismatch: Verdict = { is: 'tag-mismatch', found: other };
const archived: Verdict = { is: 'archived' };
const unreadable: Verdict = { is: 'unreadable', why: 'region-unavailable' };

const failed: Claim = { says: 'FAILED', failureCode: 'Code' };
const inProgress: Claim = { says: 'IN_PROGRESS' };
const complete: Claim = { says: 'COMPLETE' };
const noEntry: Claim = { says: 'no-entry' };
const sourceGone: Claim = { says: 'source-gone' };
const noClaim: Claim = { says: 'unreadable', why: 'throttled' };

const stillThere: SourceTag = { is: 'on', digest };
const movedOn: SourceTag = { is: 'on', digest: other };

const done: Decision = { do: 'done', as: 'verified', arrivedAt: 7 };
const reportDestination: Decision = { do: 'report-destination', why: 'region-unavailable' };

interface Row {
  readonly verdict: Verdict;
  readonly claim?: Claim;
  readonly sourceTag?: SourceTag;
  readonly before: Decision;
  readonly at: Decision;
}

const rows: readonly [string, Row][] = [
  ['verified', { verdict: verified, before: done, at: done }],
  ['verified, whatever ECR claims', { verdict: verified, claim: failed, before: done, at: done }],
  ['verified, though the source is gone', { verdict: verified, claim: sourceGone, before: done, at: done }],
  ['missing, the source is gone', { verdict: missing, claim: sourceGone, before: withdraw, at: withdraw }],
  [
    'a tag-mismatch, the source is gone',
    { verdict: mismatch, claim: sourceGone, before: withdraw, at: withdraw },
  ],
  ['archived, the source is gone', { verdict: archived, claim: sourceGone, before: withdraw, at: withdraw }],
  [
    'unreadable, the source is gone',
    { verdict: unreadable, claim: sourceGone, before: withdraw, at: withdraw },
  ],
  ['missing, FAILED', { verdict: missing, claim: failed, before: report('failed'), at: report('failed') }],
  [
    'missing with its repository, FAILED without a code',
    { verdict: noRepository, claim: { says: 'FAILED' }, before: report('failed'), at: report('failed') },
  ],
  ['missing, IN_PROGRESS', { verdict: missing, claim: inProgress, before: lookAgain, at: report('overdue') }],
  [
    'missing, the claim unreadable',
    { verdict: missing, claim: noClaim, before: lookAgain, at: report('overdue') },
  ],
  ['missing, the claim never asked for', { verdict: missing, before: lookAgain, at: report('overdue') }],
  ['missing, no entry', { verdict: missing, claim: noEntry, before: lookAgain, at: report('not-started') }],
  [
    'missing with its repository, no entry',
    { verdict: noRepository, claim: noEntry, before: lookAgain, at: report('not-started') },
  ],
  ['missing, COMPLETE', { verdict: missing, claim: complete, before: lookAgain, at: report('contradicted') }],
  [
    'a tag-mismatch, the tag has moved on at the source too',
    { verdict: mismatch, sourceTag: movedOn, claim: complete, before: superseded, at: superseded },
  ],
  [
    'a tag-mismatch, the tag is nowhere at the source any more',
    { verdict: mismatch, sourceTag: { is: 'nowhere' }, before: superseded, at: superseded },
  ],
  [
    'a tag-mismatch, the source still has the tag',
    {
      verdict: mismatch,
      sourceTag: stillThere,
      claim: complete,
      before: lookAgain,
      at: report('tag-mismatch'),
    },
  ],
  [
    'a tag-mismatch, the tag at the source cannot be read',
    { verdict: mismatch, sourceTag: { is: 'unreadable' }, before: lookAgain, at: report('tag-mismatch') },
  ],
  [
    'a tag-mismatch, FAILED',
    {
      verdict: mismatch,
      sourceTag: stillThere,
      claim: failed,
      before: lookAgain,
      at: report('tag-mismatch'),
    },
  ],
  ['archived', { verdict: archived, claim: complete, before: lookAgain, at: report('archived') }],
  ['unreadable', { verdict: unreadable, claim: inProgress, before: lookAgain, at: reportDestination }],
  ['unreadable, FAILED', { verdict: unreadable, claim: failed, before: lookAgain, at: reportDestination }],
];

describe.each(rows)('%s', (_, { before, at, ...evidence }) => {
  it.each([0, 60, 1799.999])(
    'is decided as the table says at the age of %d s, before the deadline',
    (ageSeconds) => {
      expect(decided({ ...evidence, ageSeconds })).toEqual(before);
    },
  );

  it.each([1800, 1800.5, 90_000])(
    'is decided as the table says at the age of %d s, at the deadline',
    (ageSeconds) => {
      expect(decided({ ...evidence, ageSeconds })).toEqual(at);
    },
  );
});

describe('a failure that a destination reported', () => {
  it.each<[string, Verdict, Claim | undefined, Decision, Decision]>([
    ['means nothing when the image is there', verified, noEntry, done, done],
    ['means nothing when the source is gone', missing, sourceGone, withdraw, withdraw],
    ['is confirmed by FAILED', missing, failed, report('failed'), report('failed')],
    ['stands when ECR has no entry', missing, noEntry, report('failed'), report('failed')],
    [
      'stands when ECR says COMPLETE, and it is not there',
      missing,
      complete,
      report('failed'),
      report('failed'),
    ],
    ['stands when ECR does not answer', missing, noClaim, report('failed'), report('failed')],
    ['stands when nobody asked ECR', missing, undefined, report('failed'), report('failed')],
    ['does not stand while ECR is trying again', missing, inProgress, lookAgain, report('overdue')],
    [
      'does not page for an image that is there without its tag',
      mismatch,
      complete,
      lookAgain,
      report('tag-mismatch'),
    ],
    [
      'does not page for an image that is there and archived',
      archived,
      complete,
      lookAgain,
      report('archived'),
    ],
    [
      'does not page for a destination that cannot be read',
      unreadable,
      noClaim,
      lookAgain,
      reportDestination,
    ],
  ])('%s', (_, verdict, claim, before, at) => {
    const evidence = { verdict, ...(claim === undefined ? {} : { claim }), failureReported: true };
    expect(decided({ ...evidence, ageSeconds: 5 })).toEqual(before);
    expect(decided({ ...evidence, ageSeconds: deadlineSeconds })).toEqual(at);
  });
});

describe('a decision', () => {
  const evidence = fc.record(
    {
      verdict: arbitrary.verdict,
      claim: arbitrary.claim,
      ageSeconds: fc.double({ min: 0, max: 1e6, noNaN: true }),
      deadlineSeconds: fc.double({ min: 1, max: 1e6, noNaN: true }),
      sourceTag: fc.constantFrom<SourceTag>(stillThere, movedOn, { is: 'nowhere' }, { is: 'unreadable' }),
      failureReported: fc.boolean(),
    },
    { requiredKeys: ['verdict', 'ageSeconds', 'deadlineSeconds'] },
  );

  it('calls done as verified exactly what was seen verified', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        const decision = decide({ digest }, given);
        expect(decision.do === 'done' && decision.as === 'verified').toBe(given.verdict.is === 'verified');
      }),
    );
  });

  it('at the deadline never waits any longer', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        const due = { ...given, ageSeconds: given.deadlineSeconds };
        expect(decide({ digest }, due).do).not.toBe('look-again');
      }),
    );
  });

  it('reports before the deadline only what is missing and failed', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        const early = { ...given, ageSeconds: given.deadlineSeconds / 2 };
        const decision = decide({ digest }, early);
        if (decision.do !== 'report' && decision.do !== 'report-destination') return;
        expect(decision).toEqual(report('failed'));
        expect(given.verdict.is).toBe('missing');
        expect(given.claim?.says === 'FAILED' || given.failureReported).toBe(true);
      }),
    );
  });
});

describe('a tag at the source', () => {
  it.each<[string, SourceTag | undefined, boolean]>([
    ['has moved on when it is on another digest', movedOn, true],
    ['has moved on when it is nowhere', { is: 'nowhere' }, true],
    ['has not when it is on this digest', stillThere, false],
    ['has not for all we know when it cannot be read', { is: 'unreadable' }, false],
    ['has not for all we know when nobody asked', undefined, false],
  ])('%s', (_, sourceTag, moved) => {
    expect(tagMovedOn(digest, sourceTag)).toBe(moved);
  });
});
