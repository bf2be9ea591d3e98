/** Conversations with people over random histories of openings and closings, in virtual time. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publicationOf } from '../../lib/alert/publication.ts';
import { fingerprint, groupKey, type Incident } from '../../lib/incident/incident.ts';
import {
  defaultNoticePolicy,
  type Notice,
  type NoticePolicy,
  planNotice,
} from '../../lib/incident/notice.ts';
import { closed, open, resolve } from '../../lib/incident/transition.ts';
import { digestOf, finding, overdueGroup } from '../samples.ts';

const second = 1_000;
const minute = 60 * second;

/** Everything that a notice is about is listed in it, so that a test sees it. */
const roomy: NoticePolicy = { ...defaultNoticePolicy, mostListed: 1_000 };
/** Few changes a notice, so that they have to go on in the next one. */
const narrow: NoticePolicy = { ...roomy, mostChanges: 4 };
const spacing = roomy.spacingSeconds * second;
const start = Date.UTC(2026, 10, 24);

interface Change {
  readonly afterSeconds: number;
  readonly image: number;
  readonly to: 'open' | 'resolved' | 'withdrawn' | 'given-up';
  /** How long an index does not show it. */
  readonly lagSeconds: number;
  /** Whoever made the change does not look for notices right after it. */
  readonly quiet: boolean;
}

interface Told {
  readonly notice: Notice;
  /** What was new by the driver's own perfect memory. */
  readonly expected: readonly Incident[];
}

/** What happened to one incident, and when each version of it became visible. */
type History = Map<string, { incident: Incident; visibleAt: number }[]>;

const changeName = ({ id }: Incident, at: number): string => `${id} at ${at}`;

/**
 * Plays the changes, looks for notices after each and once a minute until all is quiet. `crashes`: for each notice
 * in turn, whether its sender dies between claiming and confirming it.
 */
function play(
  changes: readonly Change[],
  policy: NoticePolicy = narrow,
  crashes: readonly boolean[] = [],
): { told: Told[]; history: History } {
  const history: History = new Map();
  const told: Told[] = [];
  const remembered = new Set<string>();
  let latest: Notice | undefined;
  let sent = 0;

  function visible(now: number, fresh: readonly Incident[]): readonly Incident[] {
    const shown = [...history].flatMap(([id, versions]) => {
      const own = fresh.find((incident) => incident.id === id);
      const last = own ?? versions.findLast(({ visibleAt }) => visibleAt <= now)?.incident;
      return last === undefined ? [] : [last];
    });
    return shown.toSorted((a, b) => a.changedAt - b.changedAt);
  }

  function look(now: number, fresh: readonly Incident[]): void {
    const all = visible(now, fresh);
    const standing = all.filter(({ state }) => state === 'open');
    const after = (latest?.coversUntil ?? 0) - policy.marginSeconds * second;
    const step = planNotice(
      {
        group: overdueGroup,
        latest,
        open: { count: standing.length, oldest: standing.slice(0, policy.mostListed) },
        changes: all.filter(({ changedAt }) => changedAt > after),
        now,
      },
      policy,
    );
    if (step.do === 'nothing' || step.do === 'wait') return;
    if (step.do === 'tell') {
      const untold = all
        .filter((incident) => !remembered.has(changeName(incident, incident.changedAt)))
        .filter(
          (incident) =>
            incident.state !== 'withdrawn' || remembered.has(changeName(incident, incident.openedAt)),
        );
      // An all-clear may tell everything at once: it is the last notice.
      const expected = step.notice.type === 'clear' ? untold : untold.slice(0, policy.mostChanges);
      for (const incident of expected) remembered.add(changeName(incident, incident.changedAt));
      told.push({ notice: step.notice, expected });
    }
    const crashed = crashes[sent] === true;
    sent += 1;
    latest = crashed ? step.notice : { ...step.notice, confirmedAt: now };
  }

  let now = start;
  let tick = start + minute;
  for (const change of changes) {
    const at = now + change.afterSeconds * second;
    for (; tick <= at; tick += minute) look(tick, []);
    now = at;
    const id = `image ${change.image}`;
    const versions = history.get(id) ?? [];
    const incident = next(versions.at(-1)?.incident, change, now);
    if (incident === undefined) continue;
    history.set(id, [...versions, { incident, visibleAt: now + change.lagSeconds * second }]);
    if (!change.quiet) look(now, [incident]);
  }
  const end = now + changes.length * spacing + 30 * minute;
  for (; tick <= end; tick += minute) look(tick, []);
  return { told, history };
}

/** Undefined when the change makes no sense: an open incident cannot open, a closed one cannot close. */
function next(previous: Incident | undefined, { to, image }: Change, now: number): Incident | undefined {
  const isOpen = previous?.state === 'open';
  // Two writes of one incident are never made in the same millisecond.
  if (previous?.changedAt === now) return undefined;
  if (to === 'open') {
    if (isOpen) return undefined;
    const { muted: _, ...incident } = open(finding({ digest: digestOf(`image ${image}`) }), previous, now);
    return incident;
  }
  if (!isOpen) return undefined;
  return to === 'resolved' ? resolve(previous, undefined, now) : closed(previous, to, now);
}

const change = fc.record({
  afterSeconds: fc.oneof(fc.nat({ max: 30 }), fc.nat({ max: 1_200 })),
  image: fc.nat({ max: 5 }),
  to: fc.constantFrom(
    'open' as const,
    'open' as const,
    'resolved' as const,
    'withdrawn' as const,
    'given-up' as const,
  ),
  lagSeconds: fc.oneof(fc.constant(0), fc.nat({ max: roomy.marginSeconds - 1 })),
  quiet: fc.boolean(),
});
const changes = fc.array(change, { maxLength: 30, size: 'max' });
const visibleAtOnce = changes.map((all) => all.map((one) => ({ ...one, lagSeconds: 0 })));
const closeAll = Array.from({ length: 6 }, (_, image) => ({
  afterSeconds: 1,
  image,
  to: 'resolved' as const,
  lagSeconds: 0,
  quiet: false,
}));

describe('a conversation', () => {
  it('tells every change once, in order, however late it becomes visible', () => {
    fc.assert(
      fc.property(changes, (given) => {
        for (const { notice, expected } of play(given).told) {
          const counted = { open: 0, resolved: 0, withdrawn: 0, 'given-up': 0 };
          for (const { state } of expected) counted[state] += 1;
          expect(notice.news).toEqual(counted);
        }
      }),
    );
  });

  it('leaves nothing untold in the end but what was withdrawn before anybody heard of it', () => {
    fc.assert(
      fc.property(changes, (given) => {
        const { told, history } = play(given);
        const heard = new Set(
          told.flatMap(({ expected }) =>
            expected.map((incident) => changeName(incident, incident.changedAt)),
          ),
        );
        for (const versions of history.values()) {
          const last = versions.at(-1)?.incident;
          if (last === undefined || last.state === 'withdrawn') continue;
          expect(heard).toContain(changeName(last, last.changedAt));
        }
      }),
    );
  });

  it('tells within the spacing of each opening that stays open', () => {
    fc.assert(
      fc.property(visibleAtOnce, (given) => {
        const { told, history } = play(given, roomy);
        for (const versions of history.values()) {
          for (const [index, { incident }] of versions.entries()) {
            if (incident.state !== 'open') continue;
            const closedAt = versions[index + 1]?.incident.changedAt ?? Number.POSITIVE_INFINITY;
            // Who looks is the one that opened it, or the look of the next minute.
            const by = incident.openedAt + spacing + minute;
            if (closedAt <= by) continue;
            const heard = told.some(
              ({ notice }) =>
                notice.claimedAt >= incident.openedAt &&
                notice.claimedAt <= by &&
                notice.listed.some(
                  ({ id, openedAt }) => id === incident.id && openedAt === incident.openedAt,
                ),
            );
            expect(heard).toBe(true);
          }
        }
      }),
    );
  });

  it('never speaks twice within the spacing, and numbers what it says', () => {
    fc.assert(
      fc.property(changes, (given) => {
        const times = play(given).told.map(({ notice }) => notice.claimedAt);
        for (const [index, at] of times.entries())
          if (index > 0) expect(at - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(spacing);
        const numbers = play(given).told.map(({ notice }) => notice.sequence);
        expect(numbers).toEqual(numbers.map((_, index) => index + 1));
      }),
    );
  });

  it('begins with firing, goes on with updates, and ends with a clear once nothing is open', () => {
    fc.assert(
      fc.property(changes, (given) => {
        const types = play([...given, ...closeAll]).told.map(({ notice }) => notice.type);
        if (types.length > 0) expect(types.at(-1)).toBe('clear');
        for (const [index, type] of types.entries()) {
          const talking = index > 0 && types[index - 1] !== 'clear';
          if (type === 'firing') expect(talking).toBe(false);
          if (type === 'update' || type === 'reminder') expect(talking).toBe(true);
        }
      }),
    );
  });

  it('loses nothing when senders die before they confirm', () => {
    fc.assert(
      fc.property(changes, fc.array(fc.boolean(), { maxLength: 20 }), (given, crashes) => {
        const { told } = play(given, narrow, crashes);
        for (const { notice, expected } of told) {
          const { open: opened, resolved, withdrawn, 'given-up': givenUp } = notice.news;
          expect(opened + resolved + withdrawn + givenUp).toBe(expected.length);
        }
        const numbers = told.map(({ notice }) => notice.sequence);
        expect(numbers).toEqual(numbers.map((_, index) => index + 1));
      }),
    );
  });

  it('keeps one fingerprint for machines from first to last', () => {
    fc.assert(
      fc.property(changes, (given) => {
        for (const { notice } of play(given).told) {
          const document: unknown = JSON.parse(publicationOf(notice).texts.default);
          expect(document).toMatchObject({
            fingerprint: fingerprint(groupKey(overdueGroup)),
            status: notice.type === 'clear' && notice.news['given-up'] === 0 ? 'resolved' : 'firing',
            sequence: notice.sequence,
          });
        }
      }),
      { numRuns: 30 },
    );
  });
});
