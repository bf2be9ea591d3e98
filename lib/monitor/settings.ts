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
import { cycleKeeper } from './cycle-keeper.ts';
import { lifecycleOf } from './lifecycle-settings.ts';
import { callsOf } from './measure.ts';
import { registryFindings } from './registry-settings.ts';
import { type StandingFinding, type StandingPorts, tellStanding } from './standing.ts';

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
  const faults: string[] = [];
  const unknown = new Set(sources.map(registryKey));
  const findings: StandingFinding[] = [];
  for (const source of sources) {
    try {
      const cycle = await checkRegistry(ports, policies, source, ruled, until);
      if (!cycle.isComplete) continue;
      unknown.delete(registryKey(source));
      findings.push(...digestOf(source, cycle));
    } catch (error) {
      faults.push(`${registryKey(source)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  await publishMetrics(ports, policies, callsOf(ports));
  // Of a registry that is no source any more, nothing stands.
  const isKnown = ({ destination }: Group): boolean => !unknown.has(registryKey(destination));
  const reminded = { ...policies.notices, reminderSeconds: weekSeconds };
  await tellStanding(ports, reminded, 'settings', findings, isKnown).catch((error: Error) =>
    faults.push(error.message),
  );
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
  let cycle = cycleAt(previous, ports.now());
  if (cycle.isComplete) return cycle;
  const own = ruled.find(({ registry }) => registryKey(registry) === registryKey(source));
  if (own === undefined) throw new Error('its rules cannot be read');
  const listed = await ports.readRepositories(source);
  const repositories = listed.filter((name) => deadlineFor(looks, name) !== 'ignore');
  if (cycle !== previous) {
    const others = ruled.filter((one) => one !== own);
    const found = await registryFindings(ports, own, repositories, others);
    cycle = withLines(cycle, keptLines(source, found), {});
  }
  const covered = repositories.filter((name) => destinationsOf(own.rules, source, name).length > 0);
  return goOn(ports, own, cycle, remaining(cycle, covered), until);
}

async function goOn(
  ports: SettingsPorts,
  { registry: source, rules }: RuledRegistry,
  begun: Cycle,
  repositories: readonly string[],
  until: number,
): Promise<Cycle> {
  const keeper = cycleKeeper(ports, 'settings', source);
  let cycle = begun;
  for (const name of repositories) {
    if (ports.now() > until) return keeper.save(cycle);
    const found = await lifecycleOf(ports, source, name, destinationsOf(rules, source, name));
    cycle = withLines(cycle, keptLines(source, found), { after: name });
    await keeper.note(cycle);
  }
  return keeper.save({ ...cycle, isComplete: true });
}

function digestOf(source: Registry, { lines, notKept }: Cycle): readonly StandingFinding[] {
  const count = lines.length + notKept;
  if (count === 0) return [];
  const rest = notKept > 0 ? [`… and ${notKept} more.`] : [];
  return [{ destination: source, count, about: [...lines.flatMap(digestLines), ...rest] }];
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
