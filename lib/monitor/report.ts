/** Findings become incidents: each identity opens once, whoever reports it and however often. */

import pLimit from 'p-limit';
import { type Incident, incidentId } from '../incident/incident.ts';
import { groupsOf } from '../incident/notice.ts';
import { type Finding, open } from '../incident/transition.ts';
import type { Ports } from '../ports.ts';

/** Writes under way at once: DynamoDB takes far more, one function's sockets do not. */
export const writesAtOnce = 32;

export interface Reported {
  /** Opened by this call. */
  readonly opened: readonly Incident[];
  /** Open already, or opened by somebody else at the same time. */
  readonly standing: readonly Incident[];
  /** Findings that could not be put on record; whoever sent them must come back. */
  readonly failed: readonly Finding[];
  /** Findings whose image is on record under another tag: what ends that incident need not end these. */
  readonly underOtherTag: readonly Finding[];
}

export type ReportPorts = Pick<Ports, 'now' | 'log' | 'findIncidents' | 'saveIncident' | 'noteGroups'>;

export async function report(ports: ReportPorts, findings: readonly Finding[]): Promise<Reported> {
  if (findings.length === 0) return { opened: [], standing: [], failed: [], underOtherTag: [] };
  const byId = new Map(findings.map((finding) => [incidentId(finding.kind, finding.replica), finding]));
  const known = await ports.findIncidents([...byId.keys()]);
  const fresh = [...byId].filter(([id]) => known.get(id)?.state !== 'open');
  const standing = [...known.values()].filter((incident) => incident.state === 'open');

  // The group is on record before its first incident: a crash in between leaves an empty group, not a hidden incident.
  const now = ports.now();
  await ports.noteGroups(groupsOf(fresh.map(([id, finding]) => open(finding, known.get(id), now))));

  const limit = pLimit(writesAtOnce);
  const results = await Promise.all(
    fresh.map(([id, finding]) => limit(() => openOne(ports, finding, known.get(id)))),
  );
  const failedIds = new Set(results.flatMap((result) => (result.is === 'failed' ? [result.id] : [])));
  const opened = results.flatMap((result) => (result.is === 'opened' ? [result.incident] : []));
  standing.push(...results.flatMap((result) => (result.is === 'standing' ? [result.incident] : [])));
  const tagOf = new Map([...opened, ...standing].map(({ id, replica }) => [id, replica.tag]));
  return {
    opened,
    standing,
    failed: findings.filter((finding) => failedIds.has(incidentId(finding.kind, finding.replica))),
    underOtherTag: findings.filter(({ kind, replica }) => {
      const id = incidentId(kind, replica);
      return (
        kind !== 'unreadable' && replica.tag !== undefined && tagOf.has(id) && tagOf.get(id) !== replica.tag
      );
    }),
  };
}

type Opening =
  | { readonly is: 'opened' | 'standing'; readonly incident: Incident }
  | { readonly is: 'failed'; readonly id: string };

async function openOne(ports: ReportPorts, finding: Finding, known: Incident | undefined): Promise<Opening> {
  const id = incidentId(finding.kind, finding.replica);
  let previous = known;
  try {
    // Each conflict means that somebody else wrote it: read once more, and stop as soon as it is open.
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const incident = open(finding, previous, ports.now());
      if ((await ports.saveIncident(incident)) === 'saved') return { is: 'opened', incident };
      previous = (await ports.findIncidents([id])).get(id);
      if (previous?.state === 'open') return { is: 'standing', incident: previous };
    }
    ports.log('ERROR', 'Incident not opened: it kept changing', { incident: id });
  } catch (error) {
    ports.log('ERROR', 'Incident not opened', { incident: id, error: String(error) });
  }
  return { is: 'failed', id };
}
