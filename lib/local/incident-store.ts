/** The incident ports in memory, as strict as the table: for tests, simulation and the command line without a deployment. */

import { type Registry, registryKey } from '../image/registry.ts';
import { type Group, groupKey, groupOf, type Incident } from '../incident/incident.ts';
import type { Notice } from '../incident/notice.ts';
import type { Silence } from '../incident/silence.ts';
import type { KnownRules, Ports, SweepStore } from '../ports.ts';
import { memorySweepStore } from './sweep-store.ts';

export type IncidentStore = Pick<
  Ports,
  | 'findIncidents'
  | 'saveIncident'
  | 'readOpen'
  | 'readDue'
  | 'readChanges'
  | 'latestNotice'
  | 'claimNotice'
  | 'confirmNotice'
  | 'noteGroups'
  | 'readGroups'
  | 'readSilences'
  | 'saveSilence'
  | 'readKnownRules'
  | 'readKnownRegistries'
  | 'noteRegistry'
  | 'saveKnownRules'
> &
  SweepStore;

const changesPerPage = 500;

export function memoryIncidentStore(): IncidentStore {
  const incidents = new Map<string, Incident>();
  const notices = new Map<string, Notice[]>();
  const groups = new Map<string, Group>();
  const silences = new Map<string, Silence>();
  const rules = new Map<string, KnownRules>();
  const registries = new Map<string, Registry>();
  const inGroup = (group: Group): Incident[] =>
    [...incidents.values()].filter((incident) => groupKey(groupOf(incident)) === groupKey(group));
  const openIn = (group: Group): Incident[] => inGroup(group).filter(({ state }) => state === 'open');

  return {
    findIncidents: async (ids) =>
      new Map(
        ids.flatMap((id) => {
          const incident = incidents.get(id);
          return incident === undefined ? [] : [[id, incident]];
        }),
      ),
    saveIncident: async (incident) => {
      if ((incidents.get(incident.id)?.revision ?? 0) !== incident.revision - 1) return 'conflict';
      incidents.set(incident.id, incident);
      return 'saved';
    },
    readOpen: async (group, most) => {
      const open = openIn(group).sort((a, b) => a.openedAt - b.openedAt);
      return { ids: new Set(open.map(({ id }) => id)), oldest: open.slice(0, most) };
    },
    readDue: async (group, before, most) =>
      openIn(group)
        .filter(({ lookAt }) => lookAt !== undefined && lookAt <= before)
        .sort((a, b) => (a.lookAt ?? 0) - (b.lookAt ?? 0))
        .slice(0, most),
    readChanges: async function* (group, after) {
      const changed = inGroup(group)
        .filter(({ changedAt }) => changedAt > after)
        .sort((a, b) => a.changedAt - b.changedAt);
      for (let start = 0; start < changed.length; start += changesPerPage) {
        yield changed.slice(start, start + changesPerPage);
      }
    },
    latestNotice: async (group) => notices.get(groupKey(group))?.at(-1),
    claimNotice: async (notice, over) => {
      const told = notices.get(groupKey(notice.group)) ?? [];
      notices.set(groupKey(notice.group), told);
      const last = told.at(-1);
      if (over === undefined) {
        if (last !== undefined && last.sequence >= notice.sequence) return 'taken';
        told.push(notice);
        return 'claimed';
      }
      if (last?.sequence !== notice.sequence) return 'taken';
      if (last.claimedAt !== over || last.confirmedAt !== undefined) return 'taken';
      told[told.length - 1] = notice;
      return 'claimed';
    },
    confirmNotice: async (notice, at) => {
      const told = notices.get(groupKey(notice.group)) ?? [];
      const last = told.at(-1);
      if (last?.sequence !== notice.sequence || last.claimedAt !== notice.claimedAt) return;
      told[told.length - 1] = { ...last, confirmedAt: at };
    },
    noteGroups: async (noted) => {
      for (const group of noted) groups.set(groupKey(group), group);
    },
    readGroups: async () => [...groups.values()],
    readKnownRules: async (registry) => rules.get(registryKey(registry)),
    readKnownRegistries: async () => [...registries.values()],
    noteRegistry: async (registry) => {
      registries.set(registryKey(registry), registry);
    },
    saveKnownRules: async (registry, now, over) => {
      if ((rules.get(registryKey(registry))?.revision ?? 0) !== over) return 'conflict';
      registries.set(registryKey(registry), registry);
      rules.set(registryKey(registry), { rules: now, revision: over + 1 });
      return 'saved';
    },
    readSilences: async () => [...silences.values()],
    saveSilence: async (silence) => {
      silences.set(silence.id, silence);
    },
    ...memorySweepStore(),
  };
}
