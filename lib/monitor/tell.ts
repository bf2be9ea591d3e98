/** Notices: each group is told what is due, by one sender at a time, and again if nobody confirmed it. */

import { publicationOf } from '../alert/publication.ts';
import { registryKey } from '../image/registry.ts';
import { destinationIncidentId, type Group, groupKey, groupOf, type Incident } from '../incident/incident.ts';
import { type NoticePolicy, type NoticeStep, planNotice } from '../incident/notice.ts';
import { isActive, type Silence, scopeIn } from '../incident/silence.ts';
import type { Ports } from '../ports.ts';
import { isStanding } from '../replication/decision.ts';
import { type SituationPorts, situationOf } from './situation.ts';

export type TellPorts = SituationPorts &
  Pick<Ports, 'log' | 'findIncidents' | 'readSilences' | 'claimNotice' | 'confirmNotice' | 'publish'>;

/**
 * Tells what is due in each group. `fresh`: incidents that the caller has just opened or closed; an index that
 * lags behind the table may not show them yet. Nothing is thrown: what fails here is due again at the next run.
 */
export async function tell(
  ports: TellPorts,
  policy: NoticePolicy,
  groups: readonly Group[],
  fresh: readonly Incident[] = [],
): Promise<void> {
  const audible = groups.filter(({ kind, muted }) => !muted && !isStanding(kind));
  if (audible.length === 0) return;
  try {
    const now = ports.now();
    const silences = (await ports.readSilences()).filter((silence) => isActive(silence, now));
    const blind = await unreadableDestinations(ports, audible);
    for (const group of audible) {
      const key = groupKey(group);
      if (isHeld(group, silences, blind)) continue;
      const own = fresh.filter((incident) => groupKey(groupOf(incident)) === key);
      await tellGroup(ports, policy, group, own, silences).catch((error: unknown) => {
        ports.log('ERROR', 'Notice not sent; the next run tries again', { group: key, error: String(error) });
      });
    }
  } catch (error) {
    ports.log('ERROR', 'Notices not looked into; the next run tries again', { error: String(error) });
  }
}

/** While a destination cannot be read, nothing more is said of the single images that this explains. */
async function unreadableDestinations(
  ports: Pick<Ports, 'findIncidents'>,
  groups: readonly Group[],
): Promise<ReadonlySet<string>> {
  const ids = new Map(
    groups.map(({ destination }) => [destinationIncidentId(destination), registryKey(destination)]),
  );
  const found = await ports.findIncidents([...ids.keys()]);
  return new Set(
    [...found.values()].filter(({ state }) => state === 'open').map(({ id }) => ids.get(id) ?? ''),
  );
}

function isHeld(group: Group, silences: readonly Silence[], blind: ReadonlySet<string>): boolean {
  if (group.kind !== 'unreadable' && blind.has(registryKey(group.destination))) return true;
  return silences.some((silence) => scopeIn(silence, group) === 'all');
}

async function tellGroup(
  ports: TellPorts,
  policy: NoticePolicy,
  group: Group,
  fresh: readonly Incident[],
  silences: readonly Silence[],
): Promise<void> {
  await carryOutStep(ports, planNotice(await situationOf(ports, policy, group, fresh, silences), policy));
}

/** Claimed, sent, confirmed; in that order. */
export async function carryOutStep(
  ports: Pick<Ports, 'now' | 'log' | 'claimNotice' | 'confirmNotice' | 'publish'>,
  step: NoticeStep,
): Promise<void> {
  if (step.do === 'nothing' || step.do === 'wait') return;
  const { notice } = step;
  const replaces = step.do === 'send-again' ? step.over : undefined;
  if ((await ports.claimNotice(notice, replaces)) === 'taken') return;
  await ports.publish(publicationOf(notice));
  await ports.confirmNotice(notice, ports.now());
  ports.log('INFO', 'Notice sent', {
    group: groupKey(notice.group),
    notice: notice.type,
    sequence: notice.sequence,
    open: notice.openCount,
    again: step.do === 'send-again',
  });
}
