/** What is known of a group now: what people were told last, what is open, what has changed since. */

import type { Group, Incident } from '../incident/incident.ts';
import type { NoticePolicy, Situation } from '../incident/notice.ts';
import { covers, type Silence, scopeIn } from '../incident/silence.ts';
import { tellerOf, toldAllUntil } from '../incident/told.ts';
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
  const read = await ports.readOpen(group, here.length === 0 ? policy.mostListed : mostReadForSilences);
  const after = toldAllUntil(latest, policy);
  const isOver = countOpen(read.ids, newest([...read.oldest, ...fresh]), isOpen) === 0;
  const most = (latest?.told.length ?? 0) + policy.mostChanges * (isOver ? changesOfAllClear : 1);
  const changes = await changesAfter(ports, group, after, most, isSilent);
  const held = [...changes.held, ...fresh.filter(isSilent)];
  const changed = newest([...changes.audible, ...fresh]);
  const known = newest([...read.oldest, ...changed]);
  const count = countOpen(read.ids, known, isOpen);
  const open = known.filter(isOpen).sort((a, b) => a.openedAt - b.openedAt);
  const silent = known.filter((incident) => incident.state === 'open' && isSilent(incident)).length;
  const heldBackSince = held[0]?.changedAt;
  return {
    group,
    latest,
    open: {
      count,
      quiet:
        count > 0
          ? 0
          : silent +
            (await ports.readOpen({ ...group, muted: true }, 0)).ids.size +
            unheardEnds(held, tellerOf(latest, policy)),
      oldest: open.slice(0, policy.mostListed),
    },
    changes: changed.filter((incident) => !isSilent(incident)).sort((a, b) => a.changedAt - b.changedAt),
    ...(heldBackSince === undefined ? {} : { heldBackSince }),
    now: ports.now(),
  };
}

/**
 * How many are open. Two indexes show a write at different times: what is known of an incident itself goes before what one
 * of them shows. Counted without a copy, since a lost Region has a hundred thousand.
 */
function countOpen(
  shown: ReadonlySet<string>,
  known: readonly Incident[],
  isOpen: (incident: Incident) => boolean,
): number {
  let count = shown.size;
  for (const incident of known) {
    if (isOpen(incident) !== shown.has(incident.id)) count += isOpen(incident) ? 1 : -1;
  }
  return count;
}

/** Each incident once, as it was written last. */
function newest(incidents: readonly Incident[]): readonly Incident[] {
  const byId = new Map<string, Incident>();
  for (const incident of incidents) {
    if (incident.revision >= (byId.get(incident.id)?.revision ?? 0)) byId.set(incident.id, incident);
  }
  return [...byId.values()];
}

/** Ends that a silence holds back of what people have heard of: with the all-clear they would never hear of them. */
function unheardEnds(held: readonly Incident[], isTold: ReturnType<typeof tellerOf>): number {
  return held.filter(
    (incident) =>
      incident.state !== 'open' &&
      isTold(incident, incident.openedAt) &&
      !isTold(incident, incident.changedAt),
  ).length;
}

/** An all-clear counts everything that ended, so more is read for it: this many times what another notice tells. */
const changesOfAllClear = 4;

interface Changes {
  readonly audible: readonly Incident[];
  /** What is silent: the first of all, and whatever ended. */
  readonly held: readonly Incident[];
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
  const held: Incident[] = [];
  for await (const page of ports.readChanges(group, after)) {
    for (const incident of page) {
      if (!isSilent(incident)) audible.push(incident);
      else if (held.length === 0 || incident.state !== 'open') held.push(incident);
    }
    // What was withdrawn may not be worth a word, and must not stand before what is.
    if (audible.filter(({ state }) => state !== 'withdrawn').length >= most) break;
  }
  return { audible, held };
}
