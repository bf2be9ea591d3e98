/** Incidents and notices as people get them, made the way the monitor makes them. */

import type { Incident, IncidentEvidence } from '../../lib/incident/incident.ts';
import { groupOf } from '../../lib/incident/incident.ts';
import { defaultNoticePolicy, type Notice, planNotice } from '../../lib/incident/notice.ts';
import { open } from '../../lib/incident/transition.ts';
import type { IncidentKind } from '../../lib/replication/decision.ts';
import type { Replica } from '../../lib/replication/rules.ts';
import { replicaOf } from '../samples.ts';

const minute = 60_000;

/** The night of the examples: pushed at 02:40, the deadline at 03:10. */
export const pushedAt = Date.UTC(2026, 10, 24, 2, 40, 0);
export const deadlineAt = pushedAt + 30 * minute;

export function opened(
  kind: IncidentKind,
  evidence: IncidentEvidence,
  replica: Partial<Replica> = {},
  at = deadlineAt,
): Incident {
  return open(
    { kind, replica: replicaOf(replica), pushedAt, deadlineSeconds: 1800, evidence },
    undefined,
    at,
  );
}

/** The notice that is due when the incidents of one group stand so. */
export function noticeOf(incidents: readonly Incident[], now: number, latest?: Notice): Notice {
  const [first] = incidents;
  if (first === undefined) throw new Error('no incident, no group');
  const standing = incidents.filter(({ state }) => state === 'open');
  const step = planNotice(
    {
      group: groupOf(first),
      latest: latest === undefined ? undefined : { ...latest, confirmedAt: latest.claimedAt },
      open: { count: standing.length, oldest: standing.slice(0, defaultNoticePolicy.mostListed) },
      changes: incidents.toSorted((a, b) => a.changedAt - b.changedAt),
      now,
    },
    defaultNoticePolicy,
  );
  if (step.do !== 'tell') throw new Error(`nothing is told: ${step.do}`);
  return step.notice;
}

/** What people get when an incident opens. */
export function firing(...incidents: readonly Incident[]): Notice {
  return noticeOf(incidents, Math.max(...incidents.map(({ openedAt }) => openedAt)) + 9_000);
}
