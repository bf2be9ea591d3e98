/** What is known of a group now: what people were told last, what is open, what has changed since. */

import type { Group, Incident } from '../incident/incident.ts';
import type { NoticePolicy, Situation } from '../incident/notice.ts';
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
  const latest = await ports.latestNotice(group);
  const after = (latest?.coversUntil ?? 0) - policy.marginSeconds * 1000;
  const [open, changes] = await Promise.all([
    ports.readOpen(group, here.length === 0 ? policy.mostListed : mostReadForSilences),
    changesAfter(ports, group, after, policy.mostChanges + (latest?.told.length ?? 0)),
  ]);
  for (const incident of fresh) changes.set(incident.id, incident);
  const isOpen = (incident: Incident): boolean => incident.state === 'open' && !isSilent(incident);
  const all = [...changes.values()].sort((a, b) => a.changedAt - b.changedAt);
  const held = all.find(isSilent);
  const seenOpen = new Map(
    [...open.oldest, ...fresh].filter(isOpen).map((incident) => [incident.id, incident]),
  );
  const silent = open.oldest.filter(isSilent).length;
  return {
    group,
    latest,
    open: {
      count: Math.max(open.count - silent, fresh.filter(isOpen).length),
      oldest: [...seenOpen.values()].slice(0, policy.mostListed),
    },
    changes: all.filter((incident) => !isSilent(incident)),
    ...(held === undefined ? {} : { heldBackSince: held.changedAt }),
    now: ports.now(),
  };
}

async function changesAfter(
  ports: Pick<Ports, 'readChanges'>,
  group: Group,
  after: number,
  most: number,
): Promise<Map<string, Incident>> {
  const changes = new Map<string, Incident>();
  for await (const page of ports.readChanges(group, after)) {
    for (const incident of page) changes.set(incident.id, incident);
    if (changes.size >= most) break;
  }
  return changes;
}
