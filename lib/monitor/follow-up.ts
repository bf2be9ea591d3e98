/**
 * The use case behind `follow-up`, every minute: open incidents that are due are looked at again, notices that
 * are due are sent whoever opened them, gauges say how it stands. Whatever a crash left undone elsewhere is done here.
 */

import type { Registry } from '../image/registry.ts';
import { type Group, groupKey, type Incident } from '../incident/incident.ts';
import { groupsOf } from '../incident/notice.ts';
import type { Measurement } from '../metric/catalogue.ts';
import type { Policies } from '../policies.ts';
import type { Ports } from '../ports.ts';
import { publishMetrics } from './carry-out.ts';
import { rememberRules } from './config-watch.ts';
import { lookAgain, type RoundPorts } from './look-again.ts';
import { measureOpened, measureResolved } from './measure.ts';
import { type ReportPorts, report } from './report.ts';
import { type SovereigntyPorts, watchSovereignty } from './sovereignty.ts';
import { type TellPorts, tell } from './tell.ts';
import { type WatchSweepsPorts, watchSweeps } from './watch-sweeps.ts';

/** Where a run stops starting new work; the function itself is given a good deal more. */
export const defaultFollowUpLimits = { runSeconds: 25, incidentsPerRound: 2_000 };
export type FollowUpLimits = typeof defaultFollowUpLimits;

/** Looks that the follow-up can be sure of in a minute; with more incidents open, each is looked at less often. */
const looksPerMinute = 2_000;

/** In seconds. What falls due closer to this run than to the next is looked at now: nobody waits two rounds for a gap of one. */
const halfARound = 30;

export interface FollowUpConfig {
  readonly hub: Registry;
  /** Registries that are swept; absent: the hub's own. */
  readonly sourceRegistries?: readonly Registry[];
  readonly policies: Pick<Policies, 'notices' | 'metrics'>;
  readonly allowedDestinations?: readonly string[];
}

export type FollowUpPorts = RoundPorts &
  ReportPorts &
  TellPorts &
  SovereigntyPorts &
  WatchSweepsPorts &
  Pick<Ports, 'readDue' | 'saveKnownRules' | 'putMetrics'>;

export async function followUp(
  ports: FollowUpPorts,
  config: FollowUpConfig,
  limits: FollowUpLimits = defaultFollowUpLimits,
): Promise<void> {
  const before = await ports.readGroups();
  const counts = await countOpen(ports, before);
  const total = [...counts.values()].reduce((sum, { count }) => sum + count, 0);
  const changed = await lookAtDue(ports, before, (60 * total) / looksPerMinute, limits);

  await tell(ports, config.policies.notices, distinct([...before, ...groupsOf(changed)]), changed);

  const notAllowed = await watchRules(ports, config);
  const swept = await followSweeps(ports, config);
  const after = changed.length === 0 ? counts : await countOpen(ports, await ports.readGroups());
  await publishMetrics(ports, config.policies, [
    { name: 'Heartbeat', value: 1, dimensions: {} },
    ...measureResolved(changed.filter(({ state }) => state === 'resolved')),
    // One that was muted and has calmed down is told of now, and was counted when it opened.
    ...measureOpened(changed.filter((one) => one.state === 'open' && one.changedAt === one.openedAt)),
    ...(await gauges(ports, config.hub, after, notAllowed)),
    ...swept,
  ]);
}

/** Rules are remembered and held against the allow-list. Not worth a failed run: the next minute does it as well. */
async function watchRules(ports: FollowUpPorts, config: FollowUpConfig): Promise<readonly Registry[]> {
  try {
    await rememberRules(ports, config.hub);
    return await watchSovereignty(ports, config.policies.notices, config.allowedDestinations, [config.hub]);
  } catch (error) {
    ports.log('ERROR', 'Rules not watched; the next run tries again', { error: String(error) });
    return [];
  }
}

async function followSweeps(ports: FollowUpPorts, config: FollowUpConfig): Promise<readonly Measurement[]> {
  try {
    return await watchSweeps(ports, config.policies.notices, config.sourceRegistries ?? [config.hub]);
  } catch (error) {
    ports.log('ERROR', 'Sweeps not followed; the next run tries again', { error: String(error) });
    return [];
  }
}

interface OpenCount {
  readonly group: Group;
  readonly count: number;
  readonly oldestAt: number | undefined;
}

async function countOpen(
  ports: Pick<Ports, 'readOpen'>,
  groups: readonly Group[],
): Promise<ReadonlyMap<string, OpenCount>> {
  const counts = await Promise.all(
    groups.map(async (group): Promise<[string, OpenCount]> => {
      const { ids, oldest } = await ports.readOpen(group, 1);
      return [groupKey(group), { group, count: ids.size, oldestAt: oldest[0]?.openedAt }];
    }),
  );
  return new Map(counts);
}

/** Round after round, the ones due longest first, until none is due or the time is up. Answers what opened or ended. */
async function lookAtDue(
  ports: FollowUpPorts,
  groups: readonly Group[],
  leastGapSeconds: number,
  limits: FollowUpLimits,
): Promise<readonly Incident[]> {
  const start = ports.now();
  const dueBy = start + halfARound * 1000;
  const changed: Incident[] = [];
  const share = Math.ceil(limits.incidentsPerRound / Math.max(1, groups.length));
  while (ports.now() - start < limits.runSeconds * 1000) {
    const due = (await Promise.all(groups.map((group) => ports.readDue(group, dueBy, share)))).flat();
    if (due.length === 0) break;
    const round = await lookAgain(ports, due, leastGapSeconds);
    // A destination that fails while its incidents are looked at is found here as well as by a push.
    const reported = await report(ports, round.findings);
    changed.push(...round.changed, ...reported.opened);
    // Nothing could be written, so the same ones would come again: the next run tries.
    if (round.written === 0) break;
  }
  return changed;
}

/** Every destination of the hub's own rules, and every other one that has, or had, incidents: zero is worth publishing. */
async function gauges(
  ports: Pick<Ports, 'now' | 'readRules'>,
  hub: Registry,
  counts: ReadonlyMap<string, OpenCount>,
  notAllowed: readonly Registry[],
): Promise<readonly Measurement[]> {
  const reading = await ports.readRules(hub);
  const named = reading.is === 'read' ? reading.rules.flatMap(({ destinations }) => destinations) : [];
  const byRegion = new Map(
    named.map(({ region }) => [region, { count: 0, oldestAt: Number.POSITIVE_INFINITY }]),
  );
  for (const { group, count, oldestAt } of counts.values()) {
    const { region } = group.destination;
    const known = byRegion.get(region) ?? { count: 0, oldestAt: Number.POSITIVE_INFINITY };
    byRegion.set(region, {
      count: known.count + count,
      oldestAt: Math.min(known.oldestAt, oldestAt ?? Number.POSITIVE_INFINITY),
    });
  }
  for (const { region } of notAllowed) {
    const known = byRegion.get(region) ?? { count: 0, oldestAt: Number.POSITIVE_INFINITY };
    byRegion.set(region, { ...known, count: known.count + 1 });
  }
  const now = ports.now();
  return [...byRegion].flatMap(([DestinationRegion, { count, oldestAt }]): Measurement[] => [
    { name: 'OpenIncidents', value: count, dimensions: { DestinationRegion } },
    {
      name: 'OldestIncidentAge',
      value: Number.isFinite(oldestAt) ? Math.round((now - oldestAt) / 1000) : 0,
      dimensions: { DestinationRegion },
    },
  ]);
}

function distinct(groups: readonly Group[]): readonly Group[] {
  return [...new Map(groups.map((group) => [groupKey(group), group])).values()];
}
