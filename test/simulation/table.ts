/** The table as DynamoDB keeps it: items at once and under conditions, indexes a little later. */

import { type Registry, registryKey } from '../../lib/image/registry.ts';
import { type Group, groupKey, groupOf, type Incident } from '../../lib/incident/incident.ts';
import type { Notice } from '../../lib/incident/notice.ts';
import type { Silence } from '../../lib/incident/silence.ts';
import type { IncidentStore } from '../../lib/local/incident-store.ts';
import type { KnownRules } from '../../lib/ports.ts';
import type { ListedResult, SweepRun } from '../../lib/sweep/run.ts';
import type { WatchedRegistry } from '../../lib/sweep/watched.ts';

type Operations = Omit<IncidentStore, 'readChanges' | 'readResults'>;

/** Every operation as it happens inside DynamoDB: at one moment, whole or not at all. */
export type TableModel = {
  readonly [K in keyof Operations]: (
    ...input: Parameters<Operations[K]>
  ) => Awaited<ReturnType<Operations[K]>>;
} & {
  /** One page of `readChanges`, and where the next one begins. */
  readonly readChangesPage: (group: Group, after: Cursor) => ChangesPage;
  readonly incidents: ReadonlyMap<string, Incident>;
  readonly resultsOf: (run: string) => readonly ListedResult[];
};

export interface ChangesPage {
  readonly page: readonly Incident[];
  readonly next: Cursor | undefined;
}

export interface Cursor {
  readonly changedAt: number;
  readonly id: string;
}

const changesPerPage = 40;

/** `lagMs`: how long the index takes to show a write. */
export function createTable(now: () => number, lagMs: () => number): TableModel {
  const incidents = new Map<string, Incident>();
  const index = new Map<string, { readonly visibleAt: number; readonly incident: Incident }[]>();
  const idsIn = new Map<string, Set<string>>();
  const notices = new Map<string, Notice[]>();
  const groups = new Map<string, Group>();
  const silences = new Map<string, Silence>();
  const rules = new Map<string, KnownRules>();
  const registries = new Map<string, Registry>();
  const watched = new Map<string, WatchedRegistry>();
  const runs = new Map<string, SweepRun>();
  const results = new Map<string, Map<string, ListedResult>>();

  function write(incident: Incident): void {
    incidents.set(incident.id, incident);
    const versions = (index.get(incident.id) ?? []).filter(
      ({ visibleAt }, at, all) =>
        visibleAt > now() || at === all.length - 1 || (all[at + 1]?.visibleAt ?? 0) > now(),
    );
    // Writes to one item become visible in their order.
    versions.push({ visibleAt: Math.max(versions.at(-1)?.visibleAt ?? 0, now() + lagMs()), incident });
    index.set(incident.id, versions);
    const key = groupKey(groupOf(incident));
    const ids = idsIn.get(key) ?? new Set();
    idsIn.set(key, ids.add(incident.id));
  }

  function* indexed(group: Group): Iterable<Incident> {
    const key = groupKey(group);
    for (const id of idsIn.get(key) ?? []) {
      const shown = index.get(id)?.findLast(({ visibleAt }) => visibleAt <= now())?.incident;
      if (shown !== undefined && groupKey(groupOf(shown)) === key) yield shown;
    }
  }

  /** What the index shows may be closed, or looked at, already: the items themselves are read. */
  function openOf(entries: readonly Incident[]): Incident[] {
    return entries.flatMap(({ id }) => {
      const incident = incidents.get(id);
      return incident?.state === 'open' ? [incident] : [];
    });
  }

  const latest = (group: Group): Notice | undefined => notices.get(groupKey(group))?.at(-1);

  return {
    incidents,
    findIncidents: (ids) =>
      new Map(
        ids.flatMap((id) => {
          const incident = incidents.get(id);
          return incident === undefined ? [] : [[id, incident]];
        }),
      ),
    saveIncident: (incident) => {
      if ((incidents.get(incident.id)?.revision ?? 0) !== incident.revision - 1) return 'conflict';
      write(incident);
      return 'saved';
    },
    readOpen: (group, most) => {
      const open = [...indexed(group)].filter(({ state }) => state === 'open');
      const entries = open.sort((a, b) => a.openedAt - b.openedAt).slice(0, most);
      const oldest = openOf(entries);
      const still = new Set(oldest.map(({ id }) => id));
      const over = new Set(entries.map(({ id }) => id).filter((id) => !still.has(id)));
      return { ids: new Set(open.map(({ id }) => id).filter((id) => !over.has(id))), oldest };
    },
    readDue: (group, before, most) => {
      const isDue = ({ lookAt }: Incident): boolean => lookAt !== undefined && lookAt <= before;
      const byLook = (a: Incident, b: Incident): number => (a.lookAt ?? 0) - (b.lookAt ?? 0);
      const due = [...indexed(group)].filter(isDue).sort(byLook).slice(0, most);
      return openOf(due).filter(isDue).sort(byLook);
    },
    readChangesPage: (group, after) => {
      const follows = ({ changedAt, id }: Incident): boolean =>
        changedAt > after.changedAt || (changedAt === after.changedAt && id > after.id);
      const found = [...indexed(group)]
        .filter(follows)
        .sort((a, b) => a.changedAt - b.changedAt || (a.id < b.id ? -1 : 1));
      const page = found.slice(0, changesPerPage);
      const last = page.at(-1);
      return { page, next: found.length > page.length ? last : undefined };
    },
    latestNotice: latest,
    readWatched: () => [...watched.values()],
    saveWatched: (registry) => {
      const key = registryKey(registry.source);
      if ((watched.get(key)?.revision ?? 0) !== registry.revision - 1) return 'conflict';
      watched.set(key, registry);
      return 'saved';
    },
    beginRun: (run) => {
      if (!runs.has(run.id)) runs.set(run.id, run);
    },
    endRun: (run) => void runs.set(run.id, run),
    readRuns: () => [...runs.values()].filter(({ over }) => over === undefined),
    saveResult: (run, result) => {
      const own = results.get(run) ?? new Map<string, ListedResult>();
      results.set(run, own.set(`${result.repository} ${registryKey(result.destination)}`, result));
    },
    countResults: (run) => results.get(run)?.size ?? 0,
    resultsOf: (run) => [...(results.get(run)?.values() ?? [])],
    claimNotice: (notice, over) => {
      const told = notices.get(groupKey(notice.group)) ?? [];
      notices.set(groupKey(notice.group), told);
      const at = told.findIndex(({ sequence }) => sequence === notice.sequence);
      const known = told[at];
      if (over === undefined) {
        if (known !== undefined) return 'taken';
        told.push(notice);
        told.sort((a, b) => a.sequence - b.sequence);
        return 'claimed';
      }
      if (known === undefined || known.claimedAt !== over || known.confirmedAt !== undefined) return 'taken';
      told[at] = notice;
      return 'claimed';
    },
    confirmNotice: (notice, at) => {
      const told = notices.get(groupKey(notice.group)) ?? [];
      const place = told.findIndex(({ sequence }) => sequence === notice.sequence);
      const known = told[place];
      if (known?.claimedAt === notice.claimedAt) told[place] = { ...known, confirmedAt: at };
    },
    noteGroups: (noted) => {
      for (const group of noted) groups.set(groupKey(group), group);
    },
    readGroups: () => [...groups.values()],
    readSilences: () => [...silences.values()],
    saveSilence: (silence) => void silences.set(silence.id, silence),
    readKnownRules: (registry) => rules.get(registryKey(registry)),
    readKnownRegistries: () => [...registries.values()],
    noteRegistry: (registry) => {
      registries.set(registryKey(registry), registry);
    },
    saveKnownRules: (registry, changed, over) => {
      if ((rules.get(registryKey(registry))?.revision ?? 0) !== over) return 'conflict';
      registries.set(registryKey(registry), registry);
      rules.set(registryKey(registry), { rules: changed, revision: over + 1 });
      return 'saved';
    },
  };
}
