/**
 * The use case behind `settings`: once a day each source registry and its destinations are gone through for settings that
 * will bite later; what was found is one digest a registry, told once a week while there is anything to tell.
 */

import { digestLines, keptLines } from '../alert/setting-digest.ts';
import { type Registry, registryKey } from '../image/registry.ts';
import type { Policies } from '../policies.ts';
import type { Ports } from '../ports.ts';
import { deadlineFor } from '../replication/policy.ts';
import { destinationsOf } from '../replication/rules.ts';
import { type Cycle, cycleAt, remaining, withLines } from '../sweep/cycle.ts';
import type { CyclePorts } from '../sweep/cycle-ports.ts';
import type { RuledRegistry } from '../sweep/rule-findings.ts';
import type { SettingPorts } from '../sweep/setting-ports.ts';
import { publishMetrics } from './carry-out.ts';
import { lifecycleOf } from './lifecycle-settings.ts';
import { callsOf } from './measure.ts';
import { registryFindings } from './registry-settings.ts';
import { type StandingPorts, tellOne } from './standing.ts';

type SettingsPorts = StandingPorts &
  Pick<Ports, 'readRules' | 'readRepositories' | 'takeCalls' | 'putMetrics'> &
  SettingPorts &
  CyclePorts;

const weekSeconds = 7 * 24 * 60 * 60;
/** Repositories whose lifecycle policies are read before the pass is saved. */
const perSave = 50;

/** `until`: epoch milliseconds; the next run goes on from there. One registry that fails holds back no other; in the end it is thrown. */
export async function checkSettings(
  ports: SettingsPorts,
  policies: Pick<Policies, 'looks' | 'notices' | 'metrics'>,
  sources: readonly Registry[],
  until: number,
): Promise<void> {
  const ruled = await readAllRules(ports, sources);
  const faults: string[] = [];
  for (const source of sources) {
    try {
      await checkRegistry(ports, policies, source, ruled, until);
    } catch (error) {
      faults.push(`${registryKey(source)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  await tellGone(ports, policies, sources);
  await publishMetrics(ports, policies, callsOf(ports));
  if (faults.length > 0) throw new Error(`settings not checked: ${faults.join('; ')}`);
}

async function checkRegistry(
  ports: SettingsPorts,
  policies: Pick<Policies, 'looks' | 'notices'>,
  source: Registry,
  ruled: readonly RuledRegistry[],
  until: number,
): Promise<void> {
  const previous = await ports.readCycle('settings', source);
  let cycle = cycleAt(previous, ports.now());
  if (cycle === undefined) {
    // Whoever died between the end of the pass and its notice has told nobody; what was told is not told twice.
    if (previous !== undefined) await tellDigest(ports, policies, source, previous);
    return;
  }
  const own = ruled.find(({ registry }) => registryKey(registry) === registryKey(source));
  if (own === undefined) throw new Error('its rules cannot be read');
  const listed = await ports.readRepositories(source);
  const repositories = listed.filter((name) => deadlineFor(policies.looks, name) !== 'ignore');
  if (cycle !== previous) {
    const others = ruled.filter((one) => one !== own);
    const found = await registryFindings(ports, own, repositories, others);
    cycle = await save(ports, source, withLines(cycle, keptLines(source, found), {}));
  }
  const covered = repositories.filter((name) => destinationsOf(own.rules, source, name).length > 0);
  cycle = await goOn(ports, own, cycle, remaining(cycle, covered), until);
  if (cycle.isComplete) await tellDigest(ports, policies, source, cycle);
}

async function goOn(
  ports: SettingsPorts,
  { registry: source, rules }: RuledRegistry,
  begun: Cycle,
  repositories: readonly string[],
  until: number,
): Promise<Cycle> {
  let cycle = begun;
  for (let start = 0; start < repositories.length; start += perSave) {
    if (ports.now() > until) return cycle;
    const batch = repositories.slice(start, start + perSave);
    for (const name of batch) {
      const found = await lifecycleOf(ports, source, name, destinationsOf(rules, source, name));
      cycle = withLines(cycle, keptLines(source, found), { after: name });
    }
    await save(ports, source, cycle);
  }
  return save(ports, source, { ...cycle, isComplete: true });
}

async function save(ports: CyclePorts, source: Registry, cycle: Cycle): Promise<Cycle> {
  await ports.saveCycle('settings', source, cycle);
  return cycle;
}

async function tellDigest(
  ports: StandingPorts,
  { notices }: Pick<Policies, 'notices'>,
  source: Registry,
  { lines, notKept }: Cycle,
): Promise<void> {
  const count = lines.length + notKept;
  const about = lines.flatMap(digestLines);
  if (notKept > 0) about.push(`… and ${notKept} more.`);
  const finding = count === 0 ? undefined : { destination: source, count, about };
  const group = { destination: source, kind: 'settings' } as const;
  await tellOne(ports, { ...notices, reminderSeconds: weekSeconds }, group, finding);
}

/** Of a registry that is no source any more, nothing stands. */
async function tellGone(
  ports: StandingPorts,
  { notices }: Pick<Policies, 'notices'>,
  sources: readonly Registry[],
): Promise<void> {
  const known = new Set(sources.map(registryKey));
  for (const group of await ports.readGroups()) {
    if (group.kind !== 'settings' || known.has(registryKey(group.destination))) continue;
    await tellOne(ports, notices, group, undefined);
  }
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
