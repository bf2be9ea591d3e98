/** Replicas that were seen at their destination close the incidents that were open on them. */

import pLimit from 'p-limit';
import { type Incident, incidentIdsOf } from '../incident/incident.ts';
import { resolve } from '../incident/transition.ts';
import type { Ports } from '../ports.ts';
import type { Replica } from '../replication/rules.ts';
import { writesAtOnce } from './report.ts';

export interface Seen {
  readonly replica: Replica;
  /** Epoch milliseconds. */
  readonly arrivedAt?: number;
}

export interface Resolved {
  readonly incidents: readonly Incident[];
  /** Ids of incidents that could not be closed; whoever saw the replica must come back. */
  readonly failed: ReadonlySet<string>;
}

/** A verified replica ends the incident of the image and the one of its tag, if there are any. */
export async function resolveSeen(
  ports: Pick<Ports, 'now' | 'log' | 'findIncidents' | 'saveIncident'>,
  seen: readonly Seen[],
): Promise<Resolved> {
  const byId = new Map<string, Seen[]>();
  for (const one of seen) {
    for (const id of incidentIdsOf(one.replica)) byId.set(id, [...(byId.get(id) ?? []), one]);
  }
  if (byId.size === 0) return { incidents: [], failed: new Set() };
  const known = await ports.findIncidents([...byId.keys()]);
  const limit = pLimit(writesAtOnce);
  const incidents: Incident[] = [];
  const failed = new Set<string>();
  await Promise.all(
    [...known.values()].map((incident) =>
      limit(async () => {
        const arrived = byId.get(incident.id)?.find(({ replica }) => isWhole(incident, replica));
        if (incident.state !== 'open' || arrived === undefined) return;
        const closed = resolve(incident, arrived.arrivedAt, ports.now());
        try {
          // A conflict means that somebody else closed it or looked at it: the follow-up sees to the rest.
          if ((await ports.saveIncident(closed)) === 'saved') incidents.push(closed);
        } catch (error) {
          ports.log('ERROR', 'Incident not resolved', { incident: incident.id, error: String(error) });
          failed.add(incident.id);
        }
      }),
    ),
  );
  return { incidents, failed };
}

/** An image that has come under another tag of its own is not yet what was missed; the follow-up looks at the rest. */
function isWhole({ replica }: Incident, seen: Replica): boolean {
  return replica.tag === undefined || replica.tag === seen.tag;
}
