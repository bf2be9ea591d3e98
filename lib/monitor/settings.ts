/**
 * The use case behind `settings`: once a day each source registry and its destinations are gone through for settings that
 * will bite later; what was found is one digest a registry, told once a week while there is anything to tell.
 */

import { digestLines, keptLines } from '../alert/setting-digest.ts';
import { type Registry, registryKey } from '../image/registry.ts';
import type { Group } from '../incident/incident.ts';
import type { Policies } from '../policies.ts';
import type { Ports } from '../ports.ts';
import { deadlineFor } from '../replication/policy.ts';
import { destinationsOf } from '../replication/rules.ts';
import { type Cycle, cycleAt, remaining, withLines } from '../sweep/cycle.ts';
import type { CyclePorts } from '../sweep/cycle-ports.ts';
import type { RuledRegistry } from '../sweep/rule-findings.ts';
import type { SettingPorts } from '../sweep/setting-ports.ts';
import { publishMetrics } from './carry-out.ts';
import { type CycleKeeper, cycleKeeper, keptBy } from './cycle-keeper.ts';
import { lifecycleOf } from './lifecycle-settings.ts';
import { callsOf } from './measure.ts';
import { registryFindings } from './registry-settings.ts';
import { type StandingPorts, tellOne } from './standing.ts';

type SettingsPorts = StandingPorts &
  Pick<Ports, 'readRules' | 'readRepositories' | 'takeCalls' | 'putMetrics'> &
  SettingPorts &
  CyclePorts;

const weekSeconds = 7 * 24 * 60 * 60;

/** `until`: epoch milliseconds; the next run goes on from there. One registry that fails holds back no other; in the end it is thrown. */
export async function checkSettings(
  ports: SettingsPorts,
  policies: Pick<Policies, 'looks' | 'notices' | 'metrics'>,
  sources: readonly Registry[],
  until: number,
): Promise<void> {
  const ruled = await readAllRules(ports, sources);
  const standing = (await ports.readGroups()).filter(({ kind }) => kind === 'settings');
  const faults: string[] = [];
  const unlessItFails = async (registry: Registry, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      faults.push(`${registryKey(registry)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  for (const source of sources) {
    await unlessItFails(source, async () => {
      const cycle = await checkRegistry(ports, policies, source, ruled, until);
      if (cycle.isComplete) await tellDigest(ports, policies, source, cycle, standing);
    });
  }
  const known = new Set(sources.map(registryKey));
  for (const group of standing.filter(({ destination }) => !known.has(registryKey(destination)))) {
    // Of a registry that is no source any more, nothing stands.
    await unlessItFails(group.destination, () => tellOne(ports, policies.notices, group, undefined));
  }
  await publishMetrics(ports, policies, callsOf(ports));
  if (faults.length > 0) throw new Error(`settings not checked: ${faults.join('; ')}`);
}

/** A complete pass is answered until the next one begins: who died before telling of it has told nobody. */
async function checkRegistry(
  ports: SettingsPorts,
  { looks }: Pick<Policies, 'looks'>,
  source: Registry,
  ruled: readonly RuledRegistry[],
  until: number,
): Promise<Cycle> {
  const previous = await ports.readCycle('settings', source);
  const begun = cycleAt(previous, ports.now());
  if (begun.isComplete || ports.now() > until) return begun;
  const own = ruled.find(({ registry }) => registryKey(registry) === registryKey(source));
  if (own === undefined) throw new Error('its rules cannot be read');
  const listed = await ports.readRepositories(source);
  const repositories = listed.filter((name) => deadlineFor(looks, name) !== 'ignore');
  const covered = repositories.filter((name) => destinationsOf(own.rules, source, name).length > 0);
  const keeper = cycleKeeper(ports, 'settings', source, previous);
  return keptBy(keeper, async () => {
    let cycle = begun;
    if (begun !== previous) {
      const others = ruled.filter((one) => one !== own);
      const found = await registryFindings(ports, own, repositories, others);
      cycle = withLines(begun, keptLines(source, found), {});
      await keeper.note(cycle);
    }
    return goOn(ports, own, cycle, remaining(cycle, covered), until, keeper);
  });
}

async function goOn(
  ports: SettingsPorts,
  { registry: source, rules }: RuledRegistry,
  begun: Cycle,
  repositories: readonly string[],
  until: number,
  keeper: CycleKeeper,
): Promise<Cycle> {
  let cycle = begun;
  for (const name of repositories) {
    if (ports.now() > until) return cycle;
    const found = await lifecycleOf(ports, source, name, destinationsOf(rules, source, name));
    cycle = withLines(cycle, keptLines(source, found), { after: name });
    await keeper.note(cycle);
  }
  return { ...cycle, isComplete: true };
}

/** Where nothing is to be told and nothing was, the table is not asked any further. */
async function tellDigest(
  ports: StandingPorts,
  { notices }: Pick<Policies, 'notices'>,
  source: Registry,
  { lines, notKept }: Cycle,
  standing: readonly Group[],
): Promise<void> {
  const count = lines.length + notKept;
  const isTold = standing.some(({ destination }) => registryKey(destination) === registryKey(source));
  if (count === 0 && !isTold) return;
  const rest = notKept > 0 ? [`… and ${notKept} more.`] : [];
  const about = [...lines.flatMap(digestLines), ...rest];
  const finding = count === 0 ? undefined : { destination: source, count, about };
  const group = { destination: source, kind: 'settings' } as const;
  await tellOne(ports, { ...notices, reminderSeconds: weekSeconds }, group, finding);
}

async function readAllRules(
  ports: Pick<Ports, 'readRules'>,
  sources: readonly Registry[],
): Promise<readonly RuledRegistry[]> {
  const readings = await Promise.all(
    sources.map(async (registry) => [registry, await ports.readRules(registry)] as const),
  );
  return readings.flatMap(([registry, reading]) =>
    reading.is === 'read' ? [{ registry, rules: reading.rules }] : [],
  );
}
