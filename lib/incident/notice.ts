/** When people are told about a group, and of what: first at once, then with news, at intervals, and when it is over. */

import type { Registry } from '../image/registry.ts';
import { changeKey, mostTold, timeOfKey } from './change-key.ts';
import { type Group, groupKey, groupOf, type Incident } from './incident.ts';

export interface NoticePolicy {
  /** No two notices of one group come closer than this. */
  readonly spacingSeconds: number;
  /** A group that stays open without news is told again after this. */
  readonly reminderSeconds: number;
  /** A notice that nobody confirmed by then is sent again. Longer than any function runs. */
  readonly claimSeconds: number;
  /** How late a change may become visible after its own time: a writer's run and the index's lag together. */
  readonly marginSeconds: number;
  /** Changes told in one notice at most; the next notice goes on from there. */
  readonly mostChanges: number;
  /** Incidents a notice lists by name. */
  readonly mostListed: number;
}

export const defaultNoticePolicy: NoticePolicy = {
  spacingSeconds: 5 * 60,
  reminderSeconds: 24 * 60 * 60,
  claimSeconds: 3 * 60,
  marginSeconds: 2 * 60,
  mostChanges: 5_000,
  mostListed: 20,
};

export type NoticeType = 'firing' | 'update' | 'reminder' | 'clear';

/** What people are told at one time about one group; kept as it was claimed, so that it can be sent again word for word. */
export interface Notice {
  readonly group: Group;
  /** 1, 2, 3 … within the group: two senders claim the same number, and only one gets it. */
  readonly sequence: number;
  readonly type: NoticeType;
  readonly claimedAt: number;
  readonly confirmedAt?: number;
  /** When what it speaks of began: the oldest opening of this conversation. */
  readonly since: number;
  readonly openCount: number;
  readonly news: { readonly [S in Incident['state']]: number };
  /** The incidents it names: the new ones first. */
  readonly listed: readonly Incident[];
  /** What it is about, where no incident says so: a line each, and whose rules say so. */
  readonly about?: readonly string[];
  readonly sources?: readonly Registry[];
  /** Every change up to here is told, but for those that become visible late: `told` names the ones that were not late. */
  readonly coversUntil: number;
  readonly told: readonly string[];
  /** There were more than it can name: everything up to here counts as told. */
  readonly toldAllUntil?: number;
}

/** What is known of a group at one moment. */
export interface Situation extends Pick<Notice, 'about' | 'sources'> {
  readonly group: Group;
  readonly latest: Notice | undefined;
  /** How many are open, how many more that nobody is told of (muted, silenced), and some of the open ones, oldest first. */
  readonly open: { readonly count: number; readonly quiet?: number; readonly oldest: readonly Incident[] };
  /** Changes since `latest.coversUntil` less the margin, oldest first. */
  readonly changes: readonly Incident[];
  /** When the oldest change happened that a silence holds back; the notice does not cover it, so it is told later. */
  readonly heldBackSince?: number;
  readonly now: number;
}

export type NoticeStep =
  | { readonly do: 'nothing' }
  | { readonly do: 'wait' }
  /** `over`: when the claim was made that expired; only its holder's place can be taken. */
  | { readonly do: 'send-again'; readonly notice: Notice; readonly over: number }
  | { readonly do: 'tell'; readonly notice: Notice };

export function planNotice(situation: Situation, policy: NoticePolicy): NoticeStep {
  const { latest, now } = situation;
  if (latest !== undefined && latest.confirmedAt === undefined) {
    const expired = now >= latest.claimedAt + policy.claimSeconds * 1000;
    if (!expired) return { do: 'wait' };
    return { do: 'send-again', notice: { ...latest, claimedAt: now }, over: latest.claimedAt };
  }
  const { told, news, silent } = newsOf(situation, policy);
  // After the all-clear, an ending that comes late is news only of what nobody had heard of.
  const worth = situation.open.count > 0 || news.some((incident) => !told(incident, incident.openedAt));
  const type = typeOf(situation, news.length > 0 && worth, policy);
  if (type === undefined) return { do: 'nothing' };
  // An all-clear is one, however many it speaks of.
  const spokenOf = type === 'clear' ? news : news.slice(0, policy.mostChanges);
  const spaced = latest === undefined || now >= (latest.confirmedAt ?? 0) + policy.spacingSeconds * 1000;
  if (!spaced) return { do: 'wait' };
  return { do: 'tell', notice: compose(situation, type, spokenOf, silent, policy) };
}

function typeOf(situation: Situation, hasNews: boolean, policy: NoticePolicy): NoticeType | undefined {
  const { latest, open, now } = situation;
  const talking = latest !== undefined && latest.type !== 'clear';
  // What is muted or silenced is still not as it must be: no time for an all-clear.
  if (open.count === 0 && (open.quiet ?? 0) > 0) return undefined;
  if (open.count === 0) return talking || hasNews ? 'clear' : undefined;
  if (!talking) return 'firing';
  if (hasNews) return 'update';
  const quietSeconds = (now - (latest.confirmedAt ?? now)) / 1000;
  return quietSeconds >= policy.reminderSeconds ? 'reminder' : undefined;
}

interface News {
  readonly told: (incident: Incident, at: number) => boolean;
  /** Changes nobody was told of yet. */
  readonly news: readonly Incident[];
  /** What began and was withdrawn untold: not worth a word, now or later. */
  readonly silent: readonly Incident[];
}

function newsOf(situation: Situation, policy: NoticePolicy): News {
  const { latest, changes } = situation;
  const keys = new Set(latest?.told);
  const told = (incident: Incident, at: number): boolean =>
    latest !== undefined && (at <= toldAllUntil(latest, policy) || keys.has(changeKey(incident, at)));
  const news: Incident[] = [];
  const silent: Incident[] = [];
  for (const incident of changes) {
    if (told(incident, incident.changedAt)) continue;
    if (incident.state === 'withdrawn' && !told(incident, incident.openedAt)) silent.push(incident);
    else news.push(incident);
  }
  return { told, news, silent };
}

function compose(
  situation: Situation,
  type: NoticeType,
  news: readonly Incident[],
  silent: readonly Incident[],
  policy: NoticePolicy,
): Notice {
  const { group, latest, open, now } = situation;
  const talking = latest !== undefined && latest.type !== 'clear';
  const beforeHeld = (situation.heldBackSince ?? Number.POSITIVE_INFINITY) - 1;
  const coversUntil = Math.max(latest?.coversUntil ?? 0, Math.min(news.at(-1)?.changedAt ?? 0, beforeHeld));
  const horizon = coversUntil - policy.marginSeconds * 1000;
  const earlier = (latest?.told ?? []).filter((key) => timeOfKey(key) > horizon);
  const spoken = [...silent, ...news].map((incident) => changeKey(incident, incident.changedAt));
  const keys = [...new Set([...earlier, ...spoken])].sort((a, b) => timeOfKey(a) - timeOfKey(b));
  const dropped = keys.slice(0, Math.max(0, keys.length - mostTold)).at(-1);
  const forgotten = Math.max(latest?.toldAllUntil ?? 0, dropped === undefined ? 0 : timeOfKey(dropped));
  // What a silence holds back is not told by time alone.
  const toldAll = Math.min(forgotten, beforeHeld);

  const opened = news.filter((incident) => incident.state === 'open');
  const ended = news.filter((incident) => incident.state !== 'open');
  const named = open.count === 0 ? ended : [...opened, ...open.oldest, ...ended];
  const openings = [...open.oldest, ...news].map((incident) => incident.openedAt);
  return {
    group,
    sequence: (latest?.sequence ?? 0) + 1,
    type,
    claimedAt: now,
    since: talking ? latest.since : Math.min(now, ...openings.slice(0, policy.mostListed)),
    openCount: open.count,
    news: {
      open: opened.length,
      resolved: ended.filter((incident) => incident.state === 'resolved').length,
      withdrawn: ended.filter((incident) => incident.state === 'withdrawn').length,
      'given-up': ended.filter((incident) => incident.state === 'given-up').length,
    },
    listed: distinct(named).slice(0, policy.mostListed),
    coversUntil,
    told: keys.slice(-mostTold),
    ...(toldAll <= 0 ? {} : { toldAllUntil: toldAll }),
    ...(situation.about === undefined ? {} : { about: situation.about }),
    ...(situation.sources === undefined ? {} : { sources: situation.sources }),
  };
}

/** Up to here every change was told, by time alone; also where the next reading of changes begins. */
export function toldAllUntil(latest: Notice | undefined, policy: NoticePolicy): number {
  if (latest === undefined) return -policy.marginSeconds * 1000;
  return Math.max(latest.coversUntil - policy.marginSeconds * 1000, latest.toldAllUntil ?? 0);
}

function distinct(incidents: readonly Incident[]): readonly Incident[] {
  return [...new Map(incidents.map((incident) => [incident.id, incident])).values()];
}

/** The groups that a set of incidents belongs to, each once. */
export function groupsOf(incidents: Iterable<Incident>): readonly Group[] {
  return [...new Map([...incidents].map(groupOf).map((group) => [groupKey(group), group])).values()];
}
