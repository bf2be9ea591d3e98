/**
 * The use case behind `manifests`, which is off unless asked for: once a day each image that people pull is read at its
 * source, and whether its children and layers are at each destination is asked. What lacks some is told, one notice a
 * destination.
 */

import { keptIncomplete } from '../alert/incomplete.ts';
import { type Registry, registryKey, sameRegistry } from '../image/registry.ts';
import type { Policies } from '../policies.ts';
import type { Ports } from '../ports.ts';
import { deadlineFor } from '../replication/policy.ts';
import { destinationsOf, type ReplicationRule } from '../replication/rules.ts';
import { type Cycle, cycleAt, remaining, withLines } from '../sweep/cycle.ts';
import type { CyclePorts } from '../sweep/cycle-ports.ts';
import type { ManifestPorts } from '../sweep/manifest-ports.ts';
import { publishMetrics } from './carry-out.ts';
import { checkManifests } from './check-manifests.ts';
import { type CycleKeeper, cycleKeeper, keptBy } from './cycle-keeper.ts';
import { callsOf } from './measure.ts';
import { type StandingFinding, type StandingPorts, tellStanding } from './standing.ts';

type ReadPorts = StandingPorts &
  Pick<Ports, 'readRules' | 'readRepositories' | 'readImages' | 'takeCalls' | 'putMetrics'> &
  ManifestPorts &
  CyclePorts;

const weekSeconds = 7 * 24 * 60 * 60;

/** `until`: epoch milliseconds; the next run goes on from there. One registry that fails holds back no other; in the end it is thrown. */
export async function readAllManifests(
  ports: ReadPorts,
  policies: Pick<Policies, 'looks' | 'notices' | 'metrics'>,
  hub: Registry,
  sources: readonly Registry[],
  until: number,
): Promise<void> {
  const faults: string[] = [];
  const cycles: Cycle[] = [];
  for (const source of sources) {
    // The right to pull is the hub's own role's, and ends with its account.
    if (source.account !== hub.account) continue;
    try {
      cycles.push(await readRegistry(ports, policies, source, until));
    } catch (error) {
      faults.push(`${registryKey(source)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  await publishMetrics(ports, policies, callsOf(ports));
  if (faults.length === 0 && cycles.every(({ isComplete }) => isComplete)) {
    const reminded = { ...policies.notices, reminderSeconds: weekSeconds };
    await tellStanding(ports, reminded, 'incomplete', findingsOf(cycles));
  }
  if (faults.length > 0) throw new Error(`manifests not read: ${faults.join('; ')}`);
}

async function readRegistry(
  ports: ReadPorts,
  policies: Pick<Policies, 'looks'>,
  source: Registry,
  until: number,
): Promise<Cycle> {
  const previous = await ports.readCycle('manifests', source);
  const begun = cycleAt(previous, ports.now());
  if (begun.isComplete || ports.now() > until) return begun;
  // Before anything is pulled: a lifecycle rule must not take a look for use.
  await ports.excludePulls(source);
  const reading = await ports.readRules(source);
  if (reading.is === 'unreadable') throw new Error(`its rules cannot be read (${reading.why})`);
  const listed = await ports.readRepositories(source);
  const wanted = listed.filter(
    (name) =>
      destinationsOf(reading.rules, source, name).length > 0 &&
      deadlineFor(policies.looks, name) !== 'ignore',
  );
  const keeper = cycleKeeper(ports, 'manifests', source, previous);
  const pass = { source, rules: reading.rules, keeper, until };
  return keptBy(keeper, async () => {
    let cycle = begun;
    for (const repository of remaining(begun, wanted)) {
      if (ports.now() > until) return cycle;
      cycle = await readRepository(ports, pass, repository, cycle);
      if (cycle.cursor.after !== repository) return cycle;
    }
    return { ...cycle, isComplete: true };
  });
}

interface Pass {
  readonly source: Registry;
  readonly rules: readonly ReplicationRule[];
  readonly keeper: CycleKeeper;
  readonly until: number;
}

/** Page by page, until the repository ends or the time. */
async function readRepository(
  ports: ReadPorts,
  { source, rules, keeper, until }: Pass,
  repository: string,
  begun: Cycle,
): Promise<Cycle> {
  const destinations = destinationsOf(rules, source, repository);
  let cycle = begun;
  for (;;) {
    const { after, from } = cycle.cursor;
    const page = await ports.readTops(source, repository, from);
    if (page === 'gone') return withLines(cycle, [], { after: repository });
    const found = await checkManifests(ports, source, repository, page.images, destinations);
    const next = page.next;
    const cursor =
      next === undefined ? { after: repository } : { ...(after === undefined ? {} : { after }), from: next };
    cycle = withLines(cycle, found.map(keptIncomplete), cursor);
    await keeper.note(cycle);
    if (next === undefined || ports.now() > until) return cycle;
  }
}

function findingsOf(cycles: readonly Cycle[]): readonly StandingFinding[] {
  const lines = cycles.flatMap((cycle) => cycle.lines);
  const notKept = cycles.reduce((sum, cycle) => sum + cycle.notKept, 0);
  const destinations = new Map(lines.map(({ about }) => [registryKey(about), about]));
  return [...destinations.values()].map((destination) => {
    const own = lines.filter(({ about }) => sameRegistry(about, destination));
    const rest = notKept > 0 ? [`… and ${notKept} more, here and at other destinations.`] : [];
    return { destination, count: own.length, about: [...own.flatMap(({ text }) => text), ...rest] };
  });
}
