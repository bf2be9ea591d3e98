/** When people are told about a group, and of what: first at once, then with news, at intervals, and when it is over. */

import type { Registry } from '../image/registry.ts';
import { type Group, groupKey, groupOf, type Incident } from './incident.ts';
import { type Told, type ToldPolicy, tellerOf, toldAfter } from './told.ts';

export interface NoticePolicy extends ToldPolicy {
  /** No two notices of one group come closer than this. */
  readonly spacingSeconds: number;
  /** A group that stays open without news is told again after this. */
  readonly reminderSeconds: number;
  /** A notice that nobody confirmed by then is sent again. Longer than any function runs. */
  readonly claimSeconds: number;
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
  mostTold: 12_000,
  mostListed: 20,
};

export type NoticeType = 'firing' | 'update' | 'reminder' | 'clear';

/** What people are told at one time about one group; kept as it was claimed, so that it can be sent again word for word. */
export interface Notice extends Told {
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
  const { latest, changes, open, now } = situation;
  if (latest !== undefined && latest.confirmedAt === undefined) {
    const expired = now >= latest.claimedAt + policy.claimSeconds * 1000;
    if (!expired) return { do: 'wait' };
    return { do: 'send-again', notice: { ...latest, claimedAt: now }, over: latest.claimedAt };
  }
  const isTold = tellerOf(latest, policy);
  const { news, silent } = newsOf(changes, isTold);
  // After the all-clear, an ending that comes late is news only of what nobody had heard of.
  const worth = open.count > 0 || news.some((incident) => !isTold(incident, incident.openedAt));
  const quietSeconds = (now - (latest?.confirmedAt ?? Number.NEGATIVE_INFINITY)) / 1000;
  const isDue = quietSeconds >= policy.reminderSeconds;
  const type = typeOf(situation, news.length > 0 && worth, isDue);
  if (type === undefined) return { do: 'nothing' };
  if (quietSeconds < policy.spacingSeconds) return { do: 'wait' };
  // An all-clear is one, however many it speaks of.
  const spokenOf = type === 'clear' ? news : news.slice(0, policy.mostChanges);
  return { do: 'tell', notice: compose(situation, type, spokenOf, silent, policy) };
}

/** `isDue`: nothing was said for so long that people are reminded. */
function typeOf({ latest, open }: Situation, hasNews: boolean, isDue: boolean): NoticeType | undefined {
  const talking = ongoing(latest) !== undefined;
  if (open.count === 0) {
    // What is muted or silenced is still not as it must be: no time for an all-clear.
    if ((open.quiet ?? 0) > 0) return undefined;
    return talking || hasNews ? 'clear' : undefined;
  }
  if (!talking) return 'firing';
  if (hasNews) return 'update';
  return isDue ? 'reminder' : undefined;
}

/** The last notice of a conversation that goes on. */
function ongoing(latest: Notice | undefined): Notice | undefined {
  return latest?.type === 'clear' ? undefined : latest;
}

interface News {
  /** Changes nobody was told of yet. */
  readonly news: readonly Incident[];
  /** What began and was withdrawn untold: not worth a word, now or later. */
  readonly silent: readonly Incident[];
}

function newsOf(changes: readonly Incident[], isTold: (incident: Incident, at: number) => boolean): News {
  const news: Incident[] = [];
  const silent: Incident[] = [];
  for (const incident of changes) {
    if (isTold(incident, incident.changedAt)) continue;
    if (incident.state === 'withdrawn' && !isTold(incident, incident.openedAt)) silent.push(incident);
    else news.push(incident);
  }
  return { news, silent };
}

function compose(
  situation: Situation,
  type: NoticeType,
  news: readonly Incident[],
  silent: readonly Incident[],
  policy: NoticePolicy,
): Notice {
  const { group, latest, open, about, sources, now } = situation;
  const numberOf = (state: Incident['state']): number => news.filter((one) => one.state === state).length;
  const opened = news.filter((incident) => incident.state === 'open');
  const named = [...opened, ...open.oldest, ...news];
  return {
    group,
    sequence: (latest?.sequence ?? 0) + 1,
    type,
    claimedAt: now,
    since: ongoing(latest)?.since ?? named.reduce((first, { openedAt }) => Math.min(first, openedAt), now),
    openCount: open.count,
    news: {
      open: opened.length,
      resolved: numberOf('resolved'),
      withdrawn: numberOf('withdrawn'),
      'given-up': numberOf('given-up'),
    },
    listed: distinct(named).slice(0, policy.mostListed),
    ...toldAfter({ ...situation, news, silent }, policy),
    ...(about === undefined ? {} : { about }),
    ...(sources === undefined ? {} : { sources }),
  };
}

function distinct(incidents: readonly Incident[]): readonly Incident[] {
  return [...new Map(incidents.map((incident) => [incident.id, incident])).values()];
}

/** The groups that a set of incidents belongs to, each once. */
export function groupsOf(incidents: Iterable<Incident>): readonly Group[] {
  return [...new Map([...incidents].map(groupOf).map((group) => [groupKey(group), group])).values()];
}
