/** A table of very many open incidents that holds a few numbers of each: what is measured is the monitor, not the table. */

import type { Digest } from '../../lib/image/digest.ts';
import { type Group, groupKey, groupOf, type Incident, incidentId } from '../../lib/incident/incident.ts';
import { open } from '../../lib/incident/transition.ts';
import { type IncidentStore, memoryIncidentStore } from '../../lib/local/incident-store.ts';
import { finding, ireland, replicaOf } from '../samples.ts';

const repositories = 50;

export interface ManyIncidents {
  readonly store: IncidentStore;
  readonly group: Group;
  /** How many are open still. */
  readonly countOpen: () => number;
  /** When each was looked at last, by number (epoch ms). */
  readonly lookedAt: (n: number) => number;
}

export function digestOfNumber(n: number): Digest {
  return `sha256:${n.toString(16).padStart(64, '0')}` as Digest;
}

export function repositoryOfNumber(n: number): string {
  return `prod-${n % repositories}`;
}

/** `count` images that became overdue in Ireland one after the other within the hour before `now`. */
export function manyIncidents(count: number, now: number): ManyIncidents {
  const memory = memoryIncidentStore();
  const openedAt = (n: number): number => now - 3_600_000 + Math.floor((n * 3_600_000) / count);
  const revisions = new Uint32Array(count).fill(1);
  const lookAt = Float64Array.from({ length: count }, (_, n) => openedAt(n) + 60_000);
  const lastLookAt = Float64Array.from({ length: count }, (_, n) => openedAt(n));
  const closed = new Map<number, Incident>();
  const group: Group = { destination: ireland, kind: 'overdue' };

  function first(n: number): Incident {
    const replica = replicaOf({
      repository: repositoryOfNumber(n),
      digest: digestOfNumber(n),
      tag: `build-${n}`,
    });
    return open(finding({ replica, pushedAt: openedAt(n) - 1_800_000 }), undefined, openedAt(n));
  }

  function incident(n: number): Incident {
    const ended = closed.get(n);
    if (ended !== undefined) return ended;
    const later = { revision: revisions[n] ?? 1, lookAt: lookAt[n] ?? 0, lastLookAt: lastLookAt[n] ?? 0 };
    return { ...first(n), ...later };
  }

  // Put together here: a hundred thousand whole incidents for their names would be most of what is measured.
  const name = incidentId('overdue', replicaOf({ repository: 'R', digest: 'D' as Digest }));
  const [before = '', after = ''] = name.split('R@D');
  const idOf = (n: number): string => `${before}${repositoryOfNumber(n)}@${digestOfNumber(n)}${after}`;
  const numberOf = ({ replica }: Incident): number => Number(replica.tag?.slice('build-'.length));
  const isOurs = (asked: Group): boolean => groupKey(asked) === groupKey(group);

  const store: IncidentStore = {
    ...memory,
    saveIncident: async (next) => {
      if (!isOurs(groupOf(next))) return memory.saveIncident(next);
      const n = numberOf(next);
      if (next.revision !== (revisions[n] ?? 0) + 1) return 'conflict';
      revisions[n] = next.revision;
      lastLookAt[n] = next.lastLookAt;
      lookAt[n] = next.lookAt ?? Number.POSITIVE_INFINITY;
      if (next.state !== 'open') closed.set(n, next);
      return 'saved';
    },
    readOpen: async (asked, most) => {
      if (!isOurs(asked)) return memory.readOpen(asked, most);
      const oldest: Incident[] = [];
      const ids = new Set<string>();
      for (let n = 0; n < count; n += 1) {
        if (closed.has(n)) continue;
        ids.add(idOf(n));
        if (oldest.length < most) oldest.push(incident(n));
      }
      return { ids, oldest };
    },
    readDue: async (asked, before, most) => {
      if (!isOurs(asked)) return memory.readDue(asked, before, most);
      const due: number[] = [];
      for (let n = 0; n < count; n += 1) if ((lookAt[n] ?? 0) <= before) due.push(n);
      due.sort((a, b) => (lookAt[a] ?? 0) - (lookAt[b] ?? 0));
      return due.slice(0, most).map(incident);
    },
    readChanges: async function* (asked, after) {
      if (!isOurs(asked)) return yield* memory.readChanges(asked, after);
      let page: Incident[] = [];
      for (let n = 0; n < count; n += 1) {
        if (openedAt(n) <= after || closed.has(n)) continue;
        page.push(first(n));
        if (page.length < 500) continue;
        yield page;
        page = [];
      }
      yield [...page, ...[...closed.values()].filter(({ changedAt }) => changedAt > after)];
    },
    readGroups: async () => [group, ...(await memory.readGroups())],
  };
  return { store, group, countOpen: () => count - closed.size, lookedAt: (n) => lastLookAt[n] ?? 0 };
}
