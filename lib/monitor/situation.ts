/** What is known of a group now: what people were told last, what is open, what has changed since. */

import type { Group, Incident } from '../incident/incident.ts';
import { type NoticePolicy, type Situation, toldAllUntil } from '../incident/notice.ts';
import { covers, type Silence, scopeIn } from '../incident/silence.ts';
import type { Ports } from '../ports.ts';

export type SituationPorts = Pick<Ports, 'now' | 'readOpen' | 'readChanges' | 'latestNotice'>;

/** To tell the silent from the others, open incidents have to be read one by one; this many are enough to count. */
const mostReadForSilences = 1_000;

/**
 * `fresh`: incidents just opened or closed, which an index that lags may not show yet.
 * Incidents that a silence covers are left out, and nothing that it holds back counts as told.
 */
export async function situationOf(
  ports: SituationPorts,
  policy: NoticePolicy,
  group: Group,
  fresh: readonly Incident[],
  silences: readonly Silence[],
): Promise<Situation> {
  const here = silences.filter((silence) => scopeIn(silence, group) === 'some');
  const isSilent = (incident: Incident): boolean => here.some((silence) => covers(silence, incident));
  const isOpen = (incident: Incident): boolean => incident.state === 'open' && !isSilent(incident);
  const latest = await ports.latestNotice(group);
  const closedNow = new Set(fresh.filter(({ state }) => state !== 'open').map(({ id }) => id));
  const read = await ports.readOpen(group, here.length === 0 ? policy.mostListed : mostReadForSilences);
  const oldest = read.oldest.filter(({ id }) => !closedNow.has(id));
  const silent = oldest.filter(isSilent).length;
  const shown = read.count - (read.oldest.length - oldest.length);
  const count = Math.max(shown - silent, fresh.filter(isOpen).length);
  const after = toldAllUntil(latest, policy);
  const most = (latest?.told.length ?? 0) + policy.mostChanges * (count === 0 ? changesOfAllClear : 1);
  const changes = await changesAfter(ports, group, after, most, isSilent);
  const all = new Map([...changes.audible, ...fresh].map((incident) => [incident.id, incident]));
  const seenOpen = new Map([...oldest, ...fresh].filter(isOpen).map((incident) => [incident.id, incident]));
  const held = changes.heldBackSince ?? fresh.find(isSilent)?.changedAt;
  return {
    group,
    latest,
    open: {
      count,
      quiet: count > 0 ? 0 : silent + (await ports.readOpen({ ...group, muted: true }, 0)).count,
      oldest: [...seenOpen.values()].slice(0, policy.mostListed),
    },
    changes: [...all.values()]
      .filter((incident) => !isSilent(incident))
      .sort((a, b) => a.changedAt - b.changedAt),
    ...(held === undefined ? {} : { heldBackSince: held }),
    now: ports.now(),
  };
}

/** An all-clear counts everything that ended, so more is read for it: this many times what another notice tells. */
const changesOfAllClear = 4;

interface Changes {
  readonly audible: readonly Incident[];
  readonly heldBackSince: number | undefined;
}

/** What is silent is read past, however much of it there is: it must not hide what is not. */
async function changesAfter(
  ports: Pick<Ports, 'readChanges'>,
  group: Group,
  after: number,
  most: number,
  isSilent: (incident: Incident) => boolean,
): Promise<Changes> {
  const audible: Incident[] = [];
  let heldBackSince: number | undefined;
  for await (const page of ports.readChanges(group, after)) {
    for (const incident of page) {
      if (isSilent(incident)) heldBackSince ??= incident.changedAt;
      else audible.push(incident);
    }
    // What was withdrawn may not be worth a word, and must not stand before what is.
    if (audible.filter(({ state }) => state !== 'withdrawn').length >= most) break;
  }
  return { audible, heldBackSince };
}
