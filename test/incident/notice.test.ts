/** When people are told about a group, and of what: one situation, one step. */

import { describe, expect, it } from 'vitest';
import type { Incident } from '../../lib/incident/incident.ts';
import {
  defaultNoticePolicy,
  type Notice,
  type NoticePolicy,
  type NoticeStep,
  planNotice,
  type Situation,
} from '../../lib/incident/notice.ts';
import { closed, open, resolve } from '../../lib/incident/transition.ts';
import { digestOf, finding, overdueGroup } from '../samples.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
/** A time at which something happens. */
const noon = 12 * hour;

function openedAt(at: number, name = 'a', previous?: Incident): Incident {
  return open(finding({ digest: digestOf(name) }), previous, at);
}

function situation(change: Partial<Situation> & { open?: Situation['open'] }): Situation {
  return {
    group: overdueGroup,
    latest: undefined,
    open: { count: 0, oldest: [] },
    changes: [],
    now: noon,
    ...change,
  };
}

/** A group as it is when everything in `incidents` is visible. */
function group(incidents: readonly Incident[], now: number, latest?: Notice): Situation {
  const standing = incidents.filter(({ state }) => state === 'open');
  return situation({
    now,
    latest,
    open: { count: standing.length, oldest: standing.slice(0, 20) },
    changes: incidents.toSorted((a, b) => a.changedAt - b.changedAt),
  });
}

function plan(given: Situation, policy: Partial<NoticePolicy> = {}): NoticeStep {
  return planNotice(given, { ...defaultNoticePolicy, ...policy });
}

/** The notice of a step that tells, sent and confirmed at once. */
function told(step: NoticeStep): Notice {
  if (step.do !== 'tell') throw new Error(`nothing is told: ${step.do}`);
  return { ...step.notice, confirmedAt: step.notice.claimedAt };
}

const first = openedAt(noon);
const firing = told(plan(group([first], noon)));

describe('a group of which nobody was told', () => {
  it('with nothing in it is nothing to talk about', () => {
    expect(plan(situation({}))).toEqual({ do: 'nothing' });
  });

  it('is told of at once when something opens', () => {
    expect(plan(group([first], noon))).toEqual({
      do: 'tell',
      notice: {
        group: overdueGroup,
        sequence: 1,
        type: 'firing',
        claimedAt: noon,
        since: noon,
        openCount: 1,
        news: { open: 1, resolved: 0, withdrawn: 0, 'given-up': 0 },
        listed: [first],
        coversUntil: noon,
        told: [expect.any(String)],
      },
    });
  });

  it('is told of since its oldest opening', () => {
    const notice = told(plan(group([openedAt(noon - minute, 'a'), openedAt(noon, 'b')], noon)));
    expect(notice).toMatchObject({ type: 'firing', since: noon - minute, openCount: 2 });
  });

  it('is silent about what began and was withdrawn before anybody heard of it', () => {
    expect(plan(group([closed(first, 'withdrawn', noon + second)], noon + second))).toEqual({
      do: 'nothing',
    });
  });

  it('stays silent about it after it has spoken of something else', () => {
    const withdrawn = closed(openedAt(noon + second, 'b'), 'withdrawn', noon + 4 * minute);
    const all = [first, withdrawn, openedAt(noon + 4 * minute, 'c')];
    const update = told(plan(group(all, noon + 5 * minute, firing)));
    expect(update.news).toMatchObject({ open: 1, withdrawn: 0 });
    expect(plan(group(all, noon + 10 * minute, update))).toEqual({ do: 'nothing' });
  });

  it('is told once about what began and was over before anybody heard of it', () => {
    const over = resolve(first, undefined, noon + second);
    const notice = told(plan(group([over], noon + second)));
    expect(notice).toMatchObject({
      type: 'clear',
      since: noon,
      openCount: 0,
      news: { open: 0, resolved: 1 },
      listed: [over],
    });
    expect(plan(group([over], noon + hour, notice))).toEqual({ do: 'nothing' });
  });
});

describe('a group that people have been told about', () => {
  const secondOne = openedAt(noon + minute, 'b');

  it('is not told about again while nothing is new', () => {
    expect(plan(group([first], noon + hour, firing))).toEqual({ do: 'nothing' });
  });

  it.each([
    [minute, 'wait'],
    [5 * minute - 1, 'wait'],
    [5 * minute, 'tell'],
    [6 * minute, 'tell'],
  ])('with news waits for the spacing: after %d ms it is %s', (after, does) => {
    expect(plan(group([first, secondOne], noon + after, firing)).do).toBe(does);
  });

  it('counts the spacing from when the last notice was confirmed', () => {
    const slow = { ...firing, confirmedAt: noon + 2 * minute };
    expect(plan(group([first, secondOne], noon + 6 * minute, slow)).do).toBe('wait');
    expect(plan(group([first, secondOne], noon + 7 * minute, slow)).do).toBe('tell');
  });

  it('is updated with the news after the spacing, the new ones named first', () => {
    const notice = told(plan(group([first, secondOne], noon + 5 * minute, firing)));
    expect(notice).toMatchObject({
      sequence: 2,
      type: 'update',
      since: noon,
      openCount: 2,
      news: { open: 1, resolved: 0 },
      coversUntil: noon + minute,
    });
    expect(notice.listed.map(({ id }) => id)).toEqual([secondOne.id, first.id]);
  });

  it('is updated when one of several is over', () => {
    const over = resolve(first, undefined, noon + 2 * minute);
    const both = told(plan(group([first, openedAt(noon, 'b')], noon)));
    const notice = told(plan(group([over, openedAt(noon, 'b')], noon + 5 * minute, both)));
    expect(notice).toMatchObject({ type: 'update', openCount: 1, news: { open: 0, resolved: 1 } });
    expect(notice.listed.map(({ state }) => state)).toEqual(['open', 'resolved']);
  });

  it.each([
    [day - 1, 'nothing'],
    [day, 'tell'],
  ])('is reminded of after a day without news: after %d ms it is %s', (after, does) => {
    expect(plan(group([first], noon + after, firing)).do).toBe(does);
  });

  it('is told of since the conversation began, though what began it is over', () => {
    const later = openedAt(noon + 4 * minute, 'b');
    const over = resolve(first, undefined, noon + 4 * minute);
    const update = told(plan(group([over, later], noon + 5 * minute, firing)));
    expect(update).toMatchObject({ type: 'update', since: noon });
    const gone = resolve(later, undefined, noon + 10 * minute);
    const clear = told(plan(group([gone], noon + 10 * minute, update)));
    expect(clear).toMatchObject({ type: 'clear', since: noon });
  });

  it('is reminded of with what is open, and again a day later', () => {
    const reminder = told(plan(group([first], noon + day, firing)));
    expect(reminder).toMatchObject({ sequence: 2, type: 'reminder', since: noon, listed: [first] });
    expect(reminder.news).toEqual({ open: 0, resolved: 0, withdrawn: 0, 'given-up': 0 });
    expect(plan(group([first], noon + 2 * day - 1, reminder))).toEqual({ do: 'nothing' });
    expect(told(plan(group([first], noon + 2 * day, reminder))).type).toBe('reminder');
  });

  it.each(['resolved', 'withdrawn', 'given-up'] as const)('is cleared when the last one is %s', (state) => {
    const over = closed(first, state, noon + 10 * minute);
    const notice = told(plan(group([over], noon + 10 * minute, firing)));
    expect(notice).toMatchObject({ sequence: 2, type: 'clear', since: noon, openCount: 0, listed: [over] });
    expect(notice.news).toEqual({ open: 0, resolved: 0, withdrawn: 0, 'given-up': 0, [state]: 1 });
  });

  it('is cleared after the spacing, not before', () => {
    const over = resolve(first, undefined, noon + minute);
    expect(plan(group([over], noon + minute, firing))).toEqual({ do: 'wait' });
    expect(told(plan(group([over], noon + 5 * minute, firing))).type).toBe('clear');
  });

  it('is cleared even if nobody knows any more what became of it', () => {
    expect(told(plan(situation({ latest: firing, now: noon + day }))).type).toBe('clear');
  });

  it('is quiet once it is clear', () => {
    const over = resolve(first, undefined, noon + hour);
    const clear = told(plan(group([over], noon + hour, firing)));
    expect(plan(group([over], noon + 2 * day, clear))).toEqual({ do: 'nothing' });
  });

  it('that was clear and comes back is a new conversation, and waits for the spacing too', () => {
    const over = resolve(first, undefined, noon + hour);
    const clear = told(plan(group([over], noon + hour, firing)));
    const back = openedAt(noon + hour + minute, 'a', over);
    expect(plan(group([back], noon + hour + minute, clear))).toEqual({ do: 'wait' });
    expect(told(plan(group([back], noon + hour + 5 * minute, clear)))).toMatchObject({
      sequence: 3,
      type: 'firing',
      since: noon + hour + minute,
      openCount: 1,
    });
  });

  it('hears that what it was told of is withdrawn', () => {
    const gone = closed(first, 'withdrawn', noon + hour);
    expect(told(plan(group([gone, openedAt(noon, 'b')], noon + hour, firing))).news.withdrawn).toBe(1);
  });

  it('does not hear of a return that was withdrawn before anybody heard of it', () => {
    const over = resolve(first, undefined, noon + hour);
    const clear = told(plan(group([over], noon + hour, firing)));
    const gone = closed(openedAt(noon + 2 * hour, 'a', over), 'withdrawn', noon + 2 * hour + second);
    expect(plan(group([gone], noon + 3 * hour, clear))).toEqual({ do: 'nothing' });
  });
});

describe('an ending that becomes visible after the all-clear', () => {
  const b = openedAt(noon, 'b');
  const both = told(plan(group([first, b], noon)));
  const over = [resolve(first, undefined, noon + 6 * minute), resolve(b, undefined, noon + 6 * minute)];
  const clear = told(plan(group(over.slice(0, 1), noon + 6 * minute, both)));
  const later = noon + hour;

  it('is not worth a word when people had heard of it', () => {
    expect(clear).toMatchObject({ type: 'clear', news: { resolved: 1 } });
    expect(plan(group(over, later, clear))).toEqual({ do: 'nothing' });
  });

  it('is told together with what nobody had heard of', () => {
    const unheard = resolve(openedAt(noon + 5 * minute, 'c'), undefined, noon + 6 * minute);
    expect(told(plan(group([...over, unheard], later, clear)))).toMatchObject({
      type: 'clear',
      since: noon,
      news: { resolved: 2 },
    });
  });

  it('is told when something is open again', () => {
    const open = openedAt(later, 'c');
    expect(told(plan(group([...over, open], later, clear)))).toMatchObject({
      type: 'firing',
      news: { open: 1, resolved: 1 },
    });
  });
});

describe('a notice that was claimed and not confirmed', () => {
  const { confirmedAt: _, ...claimed } = firing;
  const news = [first, openedAt(noon + second, 'b')];

  it.each([0, minute, 3 * minute - 1])('is waited for: %d ms', (after) => {
    expect(plan(group(news, noon + after, claimed))).toEqual({ do: 'wait' });
  });

  it('is sent again word for word once its claim has expired, in the same place', () => {
    expect(plan(group(news, noon + 3 * minute, claimed))).toEqual({
      do: 'send-again',
      notice: { ...claimed, claimedAt: noon + 3 * minute },
      over: noon,
    });
  });

  it('goes before everything else, a clear too', () => {
    const over = resolve(first, undefined, noon + hour);
    expect(plan(group([over], noon + hour, claimed))).toMatchObject({ do: 'send-again', over: noon });
  });
});

describe('a change that becomes visible late', () => {
  const update = told(plan(group([first, openedAt(noon + 4 * minute, 'b')], noon + 5 * minute, firing)));
  const later = noon + 10 * minute;

  it('is told, within the margin', () => {
    const late = openedAt(update.coversUntil - 2 * minute + 1, 'late');
    const notice = told(plan(group([first, openedAt(noon + 4 * minute, 'b'), late], later, update)));
    expect(notice).toMatchObject({ type: 'update', news: { open: 1 }, coversUntil: update.coversUntil });
    expect(notice.listed[0]).toEqual(late);
    expect(plan(group([first, late], later + hour, notice))).toEqual({ do: 'nothing' });
  });

  it('counts as told beyond the margin', () => {
    const tooLate = openedAt(update.coversUntil - 2 * minute, 'late');
    expect(plan(group([first, tooLate], later, update))).toEqual({ do: 'nothing' });
  });
});

describe('what a notice remembers of what was told', () => {
  const at = (n: number, name = `image ${n}`): Incident => openedAt(noon + n, name);
  const timesOf = ({ told }: Notice): number[] =>
    told.map((name) => Number.parseInt(name.split('.')[1] ?? '', 36));

  it('are the changes within the margin; time alone tells of those before', () => {
    const [edge, inside, last] = [at(1), at(2), at(2 * minute + 1)];
    const before = told(plan(group([edge, inside], noon + minute)));
    expect(timesOf(before)).toEqual([noon + 1, noon + 2]);
    const after = told(plan(group([edge, inside, last], noon + 10 * minute, before)));
    expect(timesOf(after)).toEqual([noon + 2, noon + 2 * minute + 1]);
    expect(after).not.toHaveProperty('toldAllUntil');
    expect(plan(group([edge, inside, last], noon + hour, after))).toEqual({ do: 'nothing' });
  });

  it('are no more than it has room for, the newest ones, in the order of time', () => {
    const policy = { mostTold: 2 };
    const withdrawn = closed(at(0), 'withdrawn', noon + 50);
    const notice = told(plan(group([at(10), at(30), withdrawn], noon + minute), policy));
    expect(timesOf(notice)).toEqual([noon + 30, noon + 50]);
    expect(notice.toldAllUntil).toBe(noon + 10);
    const exactly = told(plan(group([at(10), at(30)], noon + minute), policy));
    expect(timesOf(exactly)).toEqual([noon + 10, noon + 30]);
    expect(exactly).not.toHaveProperty('toldAllUntil');
  });

  it('is not told again where it had no room: up to there everything counts as told, from then on', () => {
    const policy = { mostTold: 2 };
    const all = [at(10), at(20), at(30)];
    const full = told(plan(group(all, noon + minute), policy));
    expect(plan(group([at(9, 'late'), ...all], noon + hour, full), policy)).toEqual({ do: 'nothing' });
    const late = told(plan(group([...all, at(11, 'late')], noon + hour, full), policy));
    expect(late).toMatchObject({ news: { open: 1 }, toldAllUntil: noon + 11 });
    const next = told(plan(group([...all, at(hour)], noon + 2 * hour, full), policy));
    expect(next).toMatchObject({ news: { open: 1 }, toldAllUntil: noon + 10 });
  });

  it('is never what a silence holds back', () => {
    const held = at(20, 'held');
    const others = [at(10), at(30), at(40)];
    const given = { ...group(others, noon + minute), heldBackSince: held.changedAt };
    const notice = told(plan(given, { mostTold: 1 }));
    expect(notice).toMatchObject({ coversUntil: noon + 19, toldAllUntil: noon + 19 });
    const after = told(plan(group([held], noon + hour, notice), { mostTold: 1 }));
    expect(after.listed).toEqual([held]);
  });
});

describe('a change that a silence holds back', () => {
  it('is told when the silence is over, though later changes have been told', () => {
    const held = openedAt(noon - minute, 'held');
    const during = plan({ ...group([first], noon), heldBackSince: held.changedAt });
    const notice = told(during);
    expect(notice.coversUntil).toBeLessThan(held.changedAt);
    const after = told(plan(group([held, first], noon + day / 2, notice)));
    expect(after).toMatchObject({ type: 'update', news: { open: 1 }, openCount: 2 });
    expect(after.listed[0]).toEqual(held);
  });
});

describe('more incidents than a notice can name', () => {
  it('are named up to twenty; the 21st is counted', () => {
    const incidents = Array.from({ length: 21 }, (_, n) => openedAt(noon, `image ${n}`));
    const notice = told(plan(group(incidents, noon)));
    expect(notice.listed).toEqual(incidents.slice(0, 20));
    expect(notice).toMatchObject({ openCount: 21, news: { open: 21 } });
  });

  it('are named each once, though they are new and open', () => {
    const notice = told(plan(group([first], noon)));
    expect(notice.listed).toHaveLength(1);
  });
});

describe('more changes than one notice takes', () => {
  const policy = { mostChanges: 10, mostListed: 100 };
  const many = Array.from({ length: 25 }, (_, n) => openedAt(noon + Math.floor(n / 4), `image ${n}`));

  it('go on in the next notices, none lost and none told twice', () => {
    const names: string[] = [];
    const news: number[] = [];
    let latest: Notice | undefined;
    for (let now = noon + minute; now < noon + hour; now += 5 * minute) {
      const step = plan({ ...group(many, now, latest), open: { count: 25, oldest: [] } }, policy);
      if (step.do === 'nothing') break;
      latest = told(step);
      names.push(...latest.listed.map(({ id }) => id));
      news.push(latest.news.open);
    }
    expect(news).toEqual([10, 10, 5]);
    expect(names).toEqual(many.map(({ id }) => id));
  });

  it('are all told at once when all is over', () => {
    const over = many.map((incident) => resolve(incident, undefined, noon + minute));
    expect(told(plan(group(over, noon + minute), policy))).toMatchObject({
      type: 'clear',
      news: { resolved: 25 },
    });
  });

  it('are told of since the oldest opening, named or not', () => {
    const over = resolve(openedAt(noon - hour, 'long over'), undefined, noon);
    const notice = told(plan(group([over, ...many], noon + minute), { mostListed: 3 }));
    expect(notice).toMatchObject({ type: 'firing', since: noon - hour, openCount: 25 });
  });

  it('of one moment are told apart by name, not by time', () => {
    const together = Array.from({ length: 25 }, (_, n) => openedAt(noon, `image ${n}`));
    const one = told(plan(group(together, noon), policy));
    const two = told(plan(group(together, noon + 5 * minute, one), policy));
    const three = told(plan(group(together, noon + 10 * minute, two), policy));
    expect([one, two, three].map(({ news }) => news.open)).toEqual([10, 10, 5]);
    expect(plan(group(together, noon + 15 * minute, three), policy)).toEqual({ do: 'nothing' });
  });
});
