/** How an incident is opened, looked at again, closed and opened once more. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../lib/incident/incident.ts';
import {
  closed,
  evidenceOf,
  givenUpAfterSeconds,
  incidentGapSeconds,
  type LaterLook,
  lookedAt,
  mostOpeningsADay,
  open,
  resolve,
} from '../../lib/incident/transition.ts';
import * as arbitrary from '../arbitraries.ts';
import { digestOf, finding, replicaOf } from '../samples.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** The deadline of the sample: pushed at 0, 30 minutes. */
const deadline = 30 * minute;

function opened(change: Parameters<typeof finding>[0] = {}, now = deadline): Incident {
  return open(finding(change), undefined, now);
}

const missing: LaterLook = {
  expected: true,
  verdict: { is: 'missing' },
  claim: { says: 'IN_PROGRESS' },
  tagMovedOn: false,
  leastGapSeconds: 0,
};

describe('an incident', () => {
  it('opens with what was found, to be looked at again in a minute', () => {
    expect(opened()).toEqual({
      id: `111122223333/us-east-1 prod-api@${digestOf('prod-api')} 111122223333/eu-west-1`,
      revision: 1,
      state: 'open',
      kind: 'overdue',
      replica: replicaOf(),
      pushedAt: 0,
      deadlineSeconds: 1800,
      openedAt: deadline,
      changedAt: deadline,
      lookAt: deadline + minute,
      lastLookAt: deadline,
      evidence: { ecrSays: 'IN_PROGRESS' },
      openings: [deadline],
    });
  });

  it('that comes back opens again under the same identity, and keeps count', () => {
    const first = opened();
    const over = resolve(first, undefined, hour);
    const again = open(finding({ kind: 'failed' }), over, 2 * hour);
    expect(again).toMatchObject({
      id: first.id,
      revision: 3,
      state: 'open',
      kind: 'failed',
      openedAt: 2 * hour,
      changedAt: 2 * hour,
      openings: [deadline, 2 * hour],
    });
    expect(again).not.toHaveProperty('arrivedAt');
    expect(again).not.toHaveProperty('latenessSeconds');
  });

  it('keeps the last ten openings and no more', () => {
    let incident = opened({}, 0);
    for (let n = 1; n <= 14; n += 1)
      incident = open(finding({}), closed(incident, 'resolved', n * day), n * day);
    expect(incident.openings).toEqual(Array.from({ length: 10 }, (_, n) => (n + 5) * day));
  });
});

describe('an incident that comes and goes', () => {
  function returning(times: number, every: number): Incident {
    let incident = opened({}, 0);
    for (let n = 1; n < times; n += 1)
      incident = open(finding({}), closed(incident, 'resolved', n * every - 1), n * every);
    return incident;
  }

  it(`is told of ${mostOpeningsADay} times a day and then muted`, () => {
    expect(returning(3, hour)).not.toHaveProperty('muted');
    expect(returning(4, hour)).toHaveProperty('muted', true);
  });

  it('counts the openings of the last day: one of exactly a day ago no more', () => {
    const before = { ...closed(opened(), 'resolved', day), openings: [0, 1, hour] };
    expect(open(finding({}), before, day - 1)).toHaveProperty('muted', true);
    expect(open(finding({}), before, day)).not.toHaveProperty('muted');
  });

  it('is not muted when its openings are spread over days', () => {
    expect(returning(10, 9 * hour)).not.toHaveProperty('muted');
  });

  it('stays muted while it is looked at within the day', () => {
    const muted = returning(4, hour);
    expect(lookedAt(muted, missing, 20 * hour)).toMatchObject({ muted: true, changedAt: muted.changedAt });
  });

  it('is told of after all when it has calmed down and still is not there', () => {
    const calm = lookedAt(returning(4, hour), missing, day + hour);
    expect(calm).not.toHaveProperty('muted');
    expect(calm).toMatchObject({ state: 'open', changedAt: day + hour, openedAt: 3 * hour });
  });

  it('is resolved in silence', () => {
    const arrived = lookedAt(returning(4, hour), { ...missing, verdict: { is: 'verified' } }, 4 * hour);
    expect(arrived).toMatchObject({ state: 'resolved', muted: true });
  });
});

describe('a resolved incident', () => {
  it.each<[string, Incident, number | undefined, number, number, number]>([
    ['keeps when it arrived and how late that was', opened(), 45 * minute, hour, 45 * minute, 900],
    ['takes the time of the look when nobody knows when it arrived', opened(), undefined, hour, hour, 1800],
    ['that arrived before its deadline is not late', opened(), 29 * minute, hour, 29 * minute, 0],
    ['that arrived at its deadline is not late', opened(), 30 * minute, hour, 30 * minute, 0],
    [
      'is late from its own push on',
      opened({ pushedAt: day }, day + deadline),
      day + 45 * minute,
      day + hour,
      day + 45 * minute,
      900,
    ],
    ['counts lateness in whole seconds', opened(), 30 * minute + 1_600, hour, 30 * minute + 1_600, 2],
    [
      'takes the time of the look when the destination only repeats when it was pushed at the source',
      opened({ evidence: { seen: 'missing' } }),
      500,
      hour,
      hour,
      1800,
    ],
    [
      'takes the time of the look when it is said to have arrived long before it was seen to be missing',
      opened({ evidence: { seen: 'missing' } }),
      20 * minute,
      hour,
      hour,
      1800,
    ],
    [
      'takes the time of the look when it arrived in the second of its push, though a look missed it after that',
      opened({ pushedAt: hour, evidence: { seen: 'missing' } }, hour + 20_000),
      hour + 1_000,
      2 * hour,
      2 * hour,
      1800,
    ],
    [
      'believes in an arrival later than that second',
      opened({ pushedAt: hour, evidence: { seen: 'missing' } }, hour + 20_000),
      hour + 1_001,
      2 * hour,
      hour + 1_001,
      0,
    ],
    [
      'believes in an arrival a minute before the look that missed it was over',
      opened({ evidence: { seen: 'missing' } }),
      deadline - minute,
      hour,
      deadline - minute,
      0,
    ],
    [
      'believes in an arrival while the look that missed it was under way',
      opened({ evidence: { seen: 'missing' } }),
      deadline - 20_000,
      hour,
      deadline - 20_000,
      0,
    ],
    [
      'of a tag takes the time of the look: the digest was there all along',
      opened({ kind: 'tag-mismatch' }),
      5_000,
      hour,
      hour,
      1800,
    ],
    [
      'takes the time of the look when only its tag was missing by then, whatever it was reported as',
      opened({ evidence: { seen: 'tag-mismatch' } }),
      29 * minute,
      hour,
      hour,
      1800,
    ],
    [
      'of a tag takes the time of the look when the image came with the last look, which saw it without its tag',
      opened({ kind: 'tag-mismatch' }),
      deadline,
      hour,
      hour,
      1800,
    ],
    [
      'of a tag takes the arrival of an image that was replicated anew',
      opened({ kind: 'tag-mismatch' }),
      40 * minute,
      hour,
      40 * minute,
      600,
    ],
    [
      'of a failure that was told of before its deadline may be in time',
      opened({ kind: 'failed' }, 5 * minute),
      20 * minute,
      21 * minute,
      20 * minute,
      0,
    ],
    [
      'of an image that never started is as late as it arrived',
      opened({ kind: 'not-started' }),
      2 * hour,
      3 * hour,
      2 * hour,
      5400,
    ],
    [
      'of an image that vanished is as late as it arrived again',
      opened({ kind: 'contradicted' }),
      2 * hour,
      3 * hour,
      2 * hour,
      5400,
    ],
    [
      'of an archived image keeps its first arrival, which was in time',
      opened({ kind: 'archived' }),
      5_000,
      hour,
      5_000,
      0,
    ],
  ])('%s', (_, incident, arrivedAt, now, arrival, latenessSeconds) => {
    expect(resolve(incident, arrivedAt, now)).toMatchObject({
      state: 'resolved',
      revision: incident.revision + 1,
      changedAt: now,
      arrivedAt: arrival,
      latenessSeconds,
    });
  });
});

describe('a destination that can be read again', () => {
  it('is resolved, and neither arrived nor late', () => {
    const blind = opened({ kind: 'unreadable', evidence: { unreadable: 'throttled' } });
    const over = lookedAt(blind, { ...missing, verdict: { is: 'verified', arrivedAt: hour } }, 2 * hour);
    expect(over).toMatchObject({ state: 'resolved', changedAt: 2 * hour });
    expect(over).not.toHaveProperty('arrivedAt');
    expect(over).not.toHaveProperty('latenessSeconds');
  });
});

describe('a closed incident', () => {
  it.each(['resolved', 'withdrawn', 'given-up'] as const)('that is %s has no next look', (state) => {
    const over = closed(opened(), state, hour);
    expect(over).not.toHaveProperty('lookAt');
    expect(over).toMatchObject({ state, revision: 2, changedAt: hour, lastLookAt: hour, openedAt: deadline });
  });

  it('has no next look, however it was closed', () => {
    const looks = fc.record({
      expected: fc.boolean(),
      verdict: arbitrary.verdict,
      claim: arbitrary.claim,
      tagMovedOn: fc.boolean(),
      leastGapSeconds: fc.nat({ max: 10_000 }),
    });
    fc.assert(
      fc.property(looks, fc.nat({ max: 10 * 24 * 60 }), fc.boolean(), (look, minutes, whole) => {
        const incident = opened(whole ? { kind: 'unreadable', evidence: { unreadable: 'throttled' } } : {});
        const now = deadline + minutes * minute;
        const next = lookedAt(incident, look, now);
        expect(next.lookAt === undefined).toBe(next.state !== 'open');
        expect(next.revision).toBe(2);
        // A look that could not tell is none: what was seen last, and when, stands.
        const blind = next.state === 'open' && !whole && look.verdict.is === 'unreadable';
        expect(next.lastLookAt).toBe(blind ? incident.lastLookAt : now);
        expect(next.id).toBe(incident.id);
        // Nothing is resolved without a sighting, or without the destination being readable again.
        const good = whole ? look.verdict.is !== 'unreadable' : look.verdict.is === 'verified';
        if (next.state === 'resolved') expect(good && look.expected).toBe(true);
        // Nothing stays open for more than a week.
        if (minutes * 60 >= givenUpAfterSeconds) expect(next.state).not.toBe('open');
      }),
    );
  });
});

describe('another look at an open incident', () => {
  const unreadable = opened({
    kind: 'unreadable',
    evidence: { seen: 'unreadable', unreadable: 'access-denied' },
  });

  it.each<[string, Incident, Partial<LaterLook>, number, Partial<Incident>]>([
    [
      'resolves it when the image is there',
      opened(),
      { verdict: { is: 'verified' } },
      hour,
      { state: 'resolved' },
    ],
    [
      'withdraws it when no rule names the destination',
      opened(),
      { expected: false },
      hour,
      { state: 'withdrawn' },
    ],
    [
      'withdraws it when the source image is gone',
      opened(),
      { claim: { says: 'source-gone' } },
      hour,
      { state: 'withdrawn' },
    ],
    [
      'withdraws it when the tag has moved on at the source',
      opened({ kind: 'tag-mismatch' }),
      { verdict: { is: 'tag-mismatch' }, tagMovedOn: true },
      hour,
      { state: 'withdrawn' },
    ],
    ['keeps it while the image is missing', opened(), {}, hour, { state: 'open', changedAt: deadline }],
    ['gives it up after seven days', opened(), {}, deadline + 7 * day, { state: 'given-up' }],
    ['does not give it up before that', opened(), {}, deadline + 7 * day - 1, { state: 'open' }],
    [
      'resolves it on the last day if the image is there after all',
      opened(),
      { verdict: { is: 'verified' } },
      deadline + 8 * day,
      { state: 'resolved' },
    ],
    [
      'keeps a destination that still cannot be read, with the newest reason',
      unreadable,
      { verdict: { is: 'unreadable', why: 'throttled' }, claim: { says: 'source-gone' } },
      hour,
      { state: 'open', evidence: { seen: 'unreadable', ecrSays: 'source-gone', unreadable: 'throttled' } },
    ],
    [
      'resolves a destination that can be read, whatever became of the image that showed it',
      unreadable,
      { verdict: { is: 'missing' } },
      hour,
      { state: 'resolved' },
    ],
    [
      'learns nothing new from a destination that cannot be read',
      opened({ evidence: { seen: 'missing', ecrSays: 'FAILED', failureCode: 'Code' } }),
      { verdict: { is: 'unreadable', why: 'throttled' }, claim: { says: 'IN_PROGRESS' } },
      hour,
      { state: 'open', evidence: { seen: 'missing', ecrSays: 'FAILED', failureCode: 'Code' } },
    ],
    [
      'replaces what was known by what is known now',
      opened({
        evidence: { seen: 'missing', ecrSays: 'FAILED', failureCode: 'Code', repositoryAbsent: true },
      }),
      {},
      hour,
      { state: 'open', evidence: { seen: 'missing', ecrSays: 'IN_PROGRESS' } },
    ],
  ])('%s', (_, incident, look, now, expected) => {
    expect(lookedAt(incident, { ...missing, ...look }, now)).toMatchObject(expected);
  });

  it('is followed by the next one after a growing gap, and after a longer one when very many are open', () => {
    const next = (ageMinutes: number, leastGapSeconds: number): number => {
      const now = deadline + ageMinutes * minute;
      return ((lookedAt(opened(), { ...missing, leastGapSeconds }, now).lookAt ?? 0) - now) / 1000;
    };
    expect([1, 10, 60, 600, 6_000].map((age) => next(age, 0))).toEqual([60, 60, 360, 3600, 3600]);
    expect(next(1, 3_000)).toBe(3_000);
  });
});

describe('the gap between looks at an incident', () => {
  it.each([
    [0, 60],
    [600, 60],
    [1_200, 120],
    [36_000, 3_600],
    [360_000, 3_600],
  ])('at the age of %d s is %d s', (age, gap) => {
    expect(incidentGapSeconds(age)).toBe(gap);
  });
});

describe('the evidence of a look', () => {
  it.each([
    ['missing', { is: 'missing' }, { says: 'IN_PROGRESS' }, { seen: 'missing', ecrSays: 'IN_PROGRESS' }],
    [
      'missing with its repository',
      { is: 'missing', repository: 'absent' },
      { says: 'FAILED', failureCode: 'Code' },
      { seen: 'missing', ecrSays: 'FAILED', failureCode: 'Code', repositoryAbsent: true },
    ],
    ['failed without a code', { is: 'missing' }, { says: 'FAILED' }, { seen: 'missing', ecrSays: 'FAILED' }],
    [
      'a tag on another image',
      { is: 'tag-mismatch', found: digestOf('x') },
      { says: 'COMPLETE' },
      { seen: 'tag-mismatch', ecrSays: 'COMPLETE', found: digestOf('x') },
    ],
    [
      'unreadable',
      { is: 'unreadable', why: 'throttled' },
      undefined,
      { seen: 'unreadable', unreadable: 'throttled' },
    ],
    ['verified', { is: 'verified' }, undefined, {}],
  ] as const)('%s is kept, and nothing that is not known', (_, verdict, claim, evidence) => {
    expect(evidenceOf(verdict, claim)).toEqual(evidence);
  });
});
