/** What is open in a group, when the table's indexes show the same writes at different times. */

import { expect, it } from 'vitest';
import type { Incident } from '../../lib/incident/incident.ts';
import { defaultNoticePolicy, type Notice, type Situation } from '../../lib/incident/notice.ts';
import type { Silence } from '../../lib/incident/silence.ts';
import { toldAfter } from '../../lib/incident/told.ts';
import { closed, open } from '../../lib/incident/transition.ts';
import { type SituationPorts, situationOf } from '../../lib/monitor/situation.ts';
import { digestOf, finding, noticeFor, overdueGroup } from '../samples.ts';
import { morning } from '../world.ts';

const opened = (name: string, at: number): Incident =>
  open(finding({ digest: digestOf(name) }), undefined, at);
const ended = (incident: Incident): Incident => closed(incident, 'withdrawn', incident.openedAt + 60_000);

interface Shown {
  /** By the index of what is open, as it may still, or not yet, show it. */
  readonly open?: readonly Incident[];
  /** Of those, what the table itself says of the first. */
  readonly oldest?: readonly Incident[];
  readonly changes?: readonly Incident[];
  /** What this run has just written. */
  readonly fresh?: readonly Incident[];
  readonly latest?: Notice | undefined;
  readonly silences?: readonly Silence[];
}

function situation({
  open: shown = [],
  oldest = [],
  changes = [],
  fresh = [],
  latest,
  silences = [],
}: Shown): Promise<Situation> {
  const ports: SituationPorts = {
    now: () => morning,
    latestNotice: async () => latest,
    readOpen: async ({ muted }) => (muted ? { ids: new Set(), oldest: [] } : { ids: idsOf(shown), oldest }),
    readChanges: async function* () {
      yield changes;
    },
  };
  return situationOf(ports, defaultNoticePolicy, overdueGroup, fresh, silences);
}

const idsOf = (incidents: readonly Incident[]): Set<string> => new Set(incidents.map(({ id }) => id));

/** More than a notice names, so that the table is asked about the first of them only. */
const many = Array.from({ length: 25 }, (_, n) => opened(`image ${n}`, morning - 1_000 + n));
const named = many.slice(0, 20);

it('counts an incident that the index of changes shows and the index of open ones does not yet', async () => {
  const late = opened('late', morning - 10);
  const { open: seen } = await situation({ open: many, oldest: named, changes: [...many, late] });
  expect(seen.count).toBe(26);
  expect(seen.oldest).toEqual(named);
});

it('does not count one whose end the index of changes shows and the index of open ones does not yet', async () => {
  const last = ended(opened('image 24', morning - 1_000 + 24));
  const changes = [...many.slice(0, 24), last];
  expect((await situation({ open: many, oldest: named, changes })).open.count).toBe(24);
});

it('goes by what was written last, whoever shows it', async () => {
  const first = opened('a', morning - 1_000);
  const over = ended(first);
  const stale = await situation({ open: [first], changes: [first], fresh: [over] });
  expect(stale.open).toMatchObject({ count: 0, oldest: [] });
  expect(stale.changes).toEqual([over]);

  const again = open(finding({ digest: digestOf('a') }), over, morning);
  const reopened = await situation({ open: [], changes: [again], fresh: [over] });
  expect(reopened.open).toMatchObject({ count: 1, oldest: [again] });
  expect(reopened.changes).toEqual([again]);
});

it('counts each incident once, however many show it', async () => {
  const one = opened('a', morning - 1_000);
  const { open: seen, changes } = await situation({
    open: [one],
    oldest: [one],
    changes: [one],
    fresh: [one],
  });
  expect(seen).toMatchObject({ count: 1, oldest: [one] });
  expect(changes).toEqual([one]);
});

it('is not quiet while a silence holds back the end of what people have heard of', async () => {
  const heard = opened('a', morning - 600_000);
  const over = ended(heard);
  const silence = {
    id: 's',
    repositoryPrefix: heard.replica.repository,
    from: 0,
    until: morning + 1,
    author: '',
    reason: '',
  };
  const firing = noticeFor(overdueGroup, {
    ...toldAfter({ latest: undefined, news: [heard], silent: [] }, defaultNoticePolicy),
  });
  const quietWith = async (latest: Notice | undefined, changes: readonly Incident[]) =>
    (await situation({ changes, latest, silences: [silence] })).open.quiet;
  expect(await quietWith(firing, [over])).toBe(1);
  // Nobody had heard of it.
  expect(await quietWith(undefined, [over])).toBe(0);
  // Its end was told before the silence began.
  const clear = noticeFor(
    overdueGroup,
    toldAfter({ latest: firing, news: [over], silent: [] }, defaultNoticePolicy),
  );
  expect(await quietWith(clear, [over])).toBe(0);
});
