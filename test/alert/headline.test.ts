/** The one line that says it all. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headline, openSince } from '../../lib/alert/headline.ts';
import { subjectLimit, subjectLine } from '../../lib/alert/limits.ts';
import type { Incident, IncidentEvidence } from '../../lib/incident/incident.ts';
import type { Notice } from '../../lib/incident/notice.ts';
import { closed, resolve } from '../../lib/incident/transition.ts';
import type { IncidentKind } from '../../lib/replication/decision.ts';
import * as arbitrary from '../arbitraries.ts';
import { digestOf, ireland, noticeFor, replicaOf, source, sydney } from '../samples.ts';
import { deadlineAt, firing, noticeOf, opened, pushedAt } from './examples.ts';

const minute = 60_000;
const later = deadlineAt + 10 * minute;
const weekLater = deadlineAt + 7 * 24 * 60 * minute;

function overdue(name: string): Incident {
  return opened(
    'overdue',
    { seen: 'missing', ecrSays: 'IN_PROGRESS' },
    { digest: digestOf(name), tag: name },
  );
}

const nothing = { open: 0, resolved: 0, withdrawn: 0, 'given-up': 0 };
const one = overdue('1');
const two = overdue('2');
const three = overdue('3');
const blind = opened('unreadable', { seen: 'unreadable', unreadable: 'region-unavailable' });

describe('the time since which something is open', () => {
  const early = opened('overdue', {}, { digest: digestOf('early') }, deadlineAt - minute);

  it('is when the oldest that is still open began', () => {
    const notice = noticeFor(
      { destination: ireland, kind: 'overdue' },
      { since: 5, listed: [two, one, early] },
    );
    expect(openSince(notice)).toBe(deadlineAt - minute);
    const over = closed(early, 'withdrawn', later);
    expect(openSince({ ...notice, listed: [two, one, over] })).toBe(deadlineAt);
  });

  it('is when the conversation began where none is named', () => {
    const over = closed(early, 'withdrawn', later);
    const notice = noticeFor({ destination: ireland, kind: 'overdue' }, { since: 5, listed: [over] });
    expect(openSince(notice)).toBe(5);
  });
});

describe('the headline of a firing notice', () => {
  it.each<[IncidentKind, string, string]>([
    [
      'failed',
      'prod-api:1.4.2 failed to replicate to eu-west-1 (111122223333)',
      '2 images failed to replicate to eu-west-1 (111122223333)',
    ],
    [
      'overdue',
      'prod-api:1.4.2 overdue in eu-west-1 (111122223333)',
      '2 images overdue in eu-west-1 (111122223333)',
    ],
    [
      'not-started',
      'prod-api:1.4.2 never copied to eu-west-1 (111122223333)',
      '2 images never copied to eu-west-1 (111122223333)',
    ],
    [
      'contradicted',
      'prod-api:1.4.2 missing in eu-west-1 (111122223333), though ECR said COMPLETE',
      '2 images missing in eu-west-1 (111122223333), though ECR said COMPLETE',
    ],
    [
      'tag-mismatch',
      'Tag prod-api:1.4.2 missing or wrong in eu-west-1 (111122223333)',
      '2 tags missing or wrong in eu-west-1 (111122223333)',
    ],
    [
      'archived',
      'prod-api:1.4.2 archived in eu-west-1 (111122223333)',
      '2 images archived in eu-west-1 (111122223333)',
    ],
  ])('of what is %s names the one image, or counts them', (kind, single, several) => {
    const first = opened(kind, {});
    const second = opened(kind, {}, { digest: digestOf('another'), tag: '2' });
    expect(headline(firing(first))).toBe(single);
    expect(headline(firing(first, second))).toBe(several);
  });

  it.each<[string, IncidentEvidence, string]>([
    [
      'on another image',
      { seen: 'tag-mismatch', found: digestOf('other') },
      'Tag prod-api:1.4.2 on another image in eu-west-1 (111122223333)',
    ],
    ['nowhere', { seen: 'tag-mismatch' }, 'Tag prod-api:1.4.2 missing in eu-west-1 (111122223333)'],
    [
      'gone with its image',
      { seen: 'missing' },
      'Tag prod-api:1.4.2 missing or wrong in eu-west-1 (111122223333)',
    ],
  ])('of one tag says what is wrong with it: %s', (_, evidence, line) => {
    expect(headline(firing(opened('tag-mismatch', evidence)))).toBe(line);
  });

  it.each([
    ['throttled', 'The monitor cannot read eu-west-1 (111122223333): throttled'],
    ['access-denied', 'The monitor cannot read eu-west-1 (111122223333): access denied'],
    ['region-unavailable', 'The monitor cannot read eu-west-1 (111122223333): the Region does not answer'],
    ['service-error', 'The monitor cannot read eu-west-1 (111122223333): ECR answers with errors'],
  ] as const)('of a destination that cannot be read says why: %s', (unreadable, line) => {
    expect(headline(firing(opened('unreadable', { unreadable })))).toBe(line);
  });

  it('of what cannot be read for an unknown reason gives none', () => {
    expect(headline(firing(opened('unreadable', {})))).toBe(
      'The monitor cannot read eu-west-1 (111122223333)',
    );
  });

  it('of several tags says nothing that holds for one of them alone', () => {
    const tags = ['1', '2'].map((tag) =>
      opened('tag-mismatch', { seen: 'tag-mismatch', found: digestOf('other') }, { tag }),
    );
    expect(headline(firing(...tags))).toBe('2 tags missing or wrong in eu-west-1 (111122223333)');
  });

  it('does not say that it goes on, though nothing is new', () => {
    const notice = noticeFor({ destination: ireland, kind: 'overdue' }, { news: nothing, listed: [one] });
    expect(headline(notice)).toBe('prod-api:1 overdue in eu-west-1 (111122223333)');
  });

  it('has room for a name to the last character, and then shows its end', () => {
    const line = (length: number): string =>
      headline(firing(opened('overdue', {}, { repository: `a${'b'.repeat(length - 1)}`, tag: 'c' })));
    const room = subjectLimit - '[resolved] '.length;
    const most = room - ':c overdue in eu-west-1 (111122223333)'.length;
    expect(line(most)).toMatch(/^abb+:c overdue in /);
    expect(line(most)).toHaveLength(room);
    expect(line(most + 1)).toMatch(/^\.\.\.b+:c overdue in /);
    expect(line(most + 1)).toHaveLength(room);
  });

  it('of a source that cannot be read speaks of its rules', () => {
    const rules = opened('unreadable', { unreadable: 'access-denied' }, { destination: source });
    expect(headline(firing(rules))).toBe(
      'The monitor cannot read the replication rules of us-east-1 (111122223333): access denied',
    );
  });
});

describe('the headline of what goes on', () => {
  it('says how many are new', () => {
    const fresh = opened('overdue', {}, { digest: digestOf('new') }, later);
    expect(headline(noticeOf([one, fresh], later, firing(one)))).toBe(
      '2 images (1 new) overdue in eu-west-1 (111122223333)',
    );
  });

  it('says that the only one is new', () => {
    const over = resolve(one, undefined, later);
    const fresh = opened('overdue', {}, { digest: digestOf('new'), tag: 'new' }, later);
    expect(headline(noticeOf([over, fresh], later, firing(one)))).toBe(
      'prod-api:new (new) overdue in eu-west-1 (111122223333)',
    );
  });

  it('never names one that is over as one that is open', () => {
    const over = resolve(one, undefined, later);
    const notice = noticeFor(
      { destination: ireland, kind: 'overdue' },
      { type: 'update', news: nothing, listed: [over] },
    );
    expect(headline(notice)).toBe('Still open: 1 image overdue in eu-west-1 (111122223333)');
  });

  it('names the image that is still open, not the one that is over', () => {
    const over = resolve(one, undefined, later);
    expect(headline(noticeOf([over, two], later, firing(one, two)))).toBe(
      'Still open: prod-api:2 overdue in eu-west-1 (111122223333)',
    );
  });

  it('says for how long when it reminds', () => {
    expect(headline(noticeOf([one], deadlineAt + 25 * 60 * minute, firing(one)))).toBe(
      'Still open after 25 h 00 min: prod-api:1 overdue in eu-west-1 (111122223333)',
    );
  });
});

describe('the headline of a destination that is not allowed', () => {
  const group = { destination: ireland, kind: 'not-allowed' } as const;

  it.each<[Partial<Notice>, string]>([
    [{ type: 'firing' }, 'A replication rule names eu-west-1 (111122223333), which is not allowed'],
    [
      { type: 'reminder', since: minute, claimedAt: 24 * 60 * minute },
      'Still, after 23 h 59 min: a replication rule names eu-west-1 (111122223333), which is not allowed',
    ],
    [{ type: 'clear' }, 'No replication rule names eu-west-1 (111122223333) any more'],
  ])('says what is so: %o', (change, line) => {
    expect(headline(noticeFor(group, change))).toBe(line);
  });
});

describe('the headline of what stands with a registry', () => {
  it.each<['settings' | 'incomplete', Partial<Notice>, string]>([
    [
      'settings',
      { openCount: 1 },
      '1 setting of eu-west-1 (111122223333) or its destinations may harm replication later',
    ],
    [
      'settings',
      { type: 'reminder', openCount: 3 },
      'Still: 3 settings of eu-west-1 (111122223333) or its destinations may harm replication later',
    ],
    [
      'settings',
      { type: 'clear' },
      'The settings of eu-west-1 (111122223333) and its destinations are as they must be',
    ],
    [
      'incomplete',
      { openCount: 1 },
      '1 image in eu-west-1 (111122223333) lacks children or layers: a pull fails',
    ],
    [
      'incomplete',
      { type: 'reminder', openCount: 2, since: 60 * minute, claimedAt: 7 * 24 * 60 * minute },
      'Still, after 6 d 23 h: 2 images in eu-west-1 (111122223333) lack children or layers: a pull fails',
    ],
    ['incomplete', { type: 'clear' }, 'The images in eu-west-1 (111122223333) are whole again'],
  ])('of kind %s says what is so: %o', (kind, change, line) => {
    expect(headline(noticeFor({ destination: ireland, kind }, change))).toBe(line);
  });
});

describe('the headline of an all-clear', () => {
  it('names what arrived, and how late', () => {
    const over = resolve(one, later, later);
    expect(headline(noticeOf([over], later, firing(one)))).toBe(
      'prod-api:1 arrived 10 min late in eu-west-1 (111122223333)',
    );
  });

  it('of a failed image that arrived before its deadline does not call it late', () => {
    const failed = opened('failed', { ecrSays: 'FAILED' }, {}, pushedAt + 5 * minute);
    const over = resolve(failed, pushedAt + 9 * minute, pushedAt + 10 * minute);
    expect(headline(noticeOf([over], pushedAt + 11 * minute, firing(failed)))).toBe(
      'prod-api:1.4.2 arrived in eu-west-1 (111122223333)',
    );
  });

  it.each<[IncidentKind, string]>([
    ['tag-mismatch', 'Tag prod-api:1.4.2 right in eu-west-1 (111122223333) now'],
    ['archived', 'prod-api:1.4.2 no longer archived in eu-west-1 (111122223333)'],
  ])('of what was %s does not say that it arrived: it was there', (kind, line) => {
    const wrong = opened(kind, {});
    expect(headline(noticeOf([resolve(wrong, pushedAt, later)], later, firing(wrong)))).toBe(line);
  });

  it('counts them when there are more than one, without a lateness that is not theirs together', () => {
    const ends = [resolve(one, later, later), resolve(two, later, later)];
    expect(headline(noticeOf(ends, later, firing(one, two)))).toBe(
      '2 images arrived in eu-west-1 (111122223333)',
    );
  });

  it('counts as arrived only what arrived', () => {
    const ends = [
      resolve(one, later, later),
      closed(two, 'given-up', later),
      closed(three, 'withdrawn', later),
    ];
    expect(headline(noticeOf(ends, later, firing(one, two, three)))).toMatch(
      /^prod-api:1 arrived 10 min late in eu-west-1 \(111122223333\), 1 no longer expected, 1 given up$/,
    );
  });

  it('names the image that arrived, not another one that was given up with it', () => {
    const ends = [closed(one, 'given-up', later), resolve(two, later, later + 1)];
    expect(headline(noticeOf(ends, later + 1, firing(one, two)))).toMatch(/^prod-api:2 arrived /);
  });

  it('says of what is no longer expected that it is so', () => {
    expect(headline(noticeOf([closed(one, 'withdrawn', later)], later, firing(one)))).toBe(
      'prod-api:1 no longer expected in eu-west-1 (111122223333)',
    );
  });

  it('says of what was given up that it still is not there', () => {
    expect(headline(noticeOf([closed(one, 'given-up', weekLater)], weekLater, firing(one)))).toBe(
      'Given up after 7 d: prod-api:1 overdue in eu-west-1 (111122223333)',
    );
  });

  it('without anything that ended speaks of tags where it is about tags', () => {
    const group = { destination: ireland, kind: 'tag-mismatch' } as const;
    expect(headline(noticeFor(group, { type: 'clear', openCount: 0, news: nothing }))).toBe(
      'Closed without news: tags missing or wrong in eu-west-1 (111122223333)',
    );
  });

  it('without anything that ended does not say that it did: what is silenced may be open', () => {
    const clear = noticeFor(
      { destination: ireland, kind: 'failed' },
      { type: 'clear', openCount: 0, news: nothing },
    );
    expect(headline(clear)).toBe(
      'Closed without news: images failed to replicate to eu-west-1 (111122223333)',
    );
  });

  it.each([
    ['resolved', 'The monitor can read eu-west-1 (111122223333) again'],
    ['withdrawn', 'No replication rule names eu-west-1 (111122223333) any more'],
    ['given-up', 'Given up after 7 d: the monitor cannot read eu-west-1 (111122223333)'],
  ] as const)('of a destination that is %s says that and nothing better', (state, line) => {
    expect(headline(noticeOf([closed(blind, state, weekLater)], weekLater, firing(blind)))).toBe(line);
  });
});

describe('a headline in a subject', () => {
  it('names the destination and what is the matter, however long the name of the image', () => {
    const untagged = arbitrary.replica.map(({ tag: _, ...replica }) => replica);
    const replicas = fc
      .oneof(arbitrary.replica, untagged)
      .map((replica) => ({ ...replica, destination: sydney }));
    const kinds = fc.constantFrom<IncidentKind>(
      'failed',
      'overdue',
      'not-started',
      'contradicted',
      'tag-mismatch',
      'archived',
    );
    fc.assert(
      fc.property(replicas, kinds, (replica, kind) => {
        const first = firing({ ...opened(kind, {}), replica });
        const reminder = {
          ...first,
          type: 'reminder' as const,
          claimedAt: first.claimedAt + 47 * 60 * minute,
        };
        for (const notice of [first, reminder]) {
          const subject = subjectLine(`[firing] ${headline(notice)}`);
          expect(subject).toContain('ap-southeast-2');
        }
      }),
    );
  });

  it('keeps the end of a name that is too long, and says that it is cut', () => {
    const long = replicaOf({ repository: `${'team/'.repeat(30)}payments`, tag: '2026.11.24' });
    const line = headline(firing({ ...overdue('1'), replica: long }));
    expect(line).toMatch(/^\.\.\.[a-z/]+payments:2026\.11\.24 overdue in eu-west-1 \(111122223333\)$/);
    expect(line.length).toBe(subjectLimit - '[resolved] '.length);
  });

  it('is printable ASCII as it stands, so that nothing in it becomes a question mark', () => {
    fc.assert(
      fc.property(arbitrary.notice, (notice) => {
        expect(headline(notice)).toMatch(/^[\x21-\x7e][\x20-\x7e]*$/);
      }),
    );
  });
});
