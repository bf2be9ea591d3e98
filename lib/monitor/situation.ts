/** What is known of a group now: what people were told last, what is open, what has changed since. */

import type { Group, Incident } from '../incident/incident.ts';
import type { NoticePolicy, Situation } from '../incident/notice.ts';
import { covers, type Silence, scopeIn } from '../incident/silence.ts';
import { toldAllUntil } from '../incident/told.ts';
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
  const isOver = openOnes(read.ids, newest([...read.oldest, ...fresh]), isOpen).size === 0;
  const most = (latest?.told.length ?? 0) + policy.mostChanges * (isOver ? changesOfAllClear : 1);
  const changes = await changesAfter(ports, group, after, most, isSilent);
  const changed = newest([...changes.audible, ...fresh]);
  const known = newest([...read.oldest, ...changed]);
  const ids = openOnes(read.ids, known, isOpen);
  const open = known.filter(isOpen).sort((a, b) => a.openedAt - b.openedAt);
  const silent = known.filter((incident) => incident.state === 'open' && isSilent(incident)).length;
  const held = changes.heldBackSince ?? fresh.find(isSilent)?.changedAt;
  return {
    group,
    latest,
    open: {
      count: ids.size,
      quiet: ids.size > 0 ? 0 : silent + (await ports.readOpen({ ...group, muted: true }, 0)).ids.size,
      oldest: open.slice(0, policy.mostListed),
    },
    changes: changed.filter((incident) => !isSilent(incident)).sort((a, b) => a.changedAt - b.changedAt),
    ...(held === undefined ? {} : { heldBackSince: held }),
    now: ports.now(),
  };
}

/** Two indexes show a write at different times: what is known of an incident itself goes before what one of them shows. */
function openOnes(
  shown: ReadonlySet<string>,
  known: readonly Incident[],
  isOpen: (incident: Incident) => boolean,
): ReadonlySet<string> {
  const ids = new Set(shown);
  for (const incident of known) {
    if (isOpen(incident)) ids.add(incident.id);
    else ids.delete(incident.id);
  }
  return ids;
}

/** Each incident once, as it was written last. */
function newest(incidents: readonly Incident[]): readonly Incident[] {
  const byId = new Map<string, Incident>();
  for (const incident of incidents) {
    if (incident.revision >= (byId.get(incident.id)?.revision ?? 0)) byId.set(incident.id, incident);
  }
  return [...byId.values()];
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
