/** The settings of a source registry and its destinations, read in as few calls as there can be, and what they will do. */

import { type Registry, registryKey } from '../image/registry.ts';
import type { Ports } from '../ports.ts';
import { sendTo } from '../replication/rules.ts';
import { templateFindings } from '../sweep/creation-template.ts';
import { admissionFindings } from '../sweep/registry-policy.ts';
import { compareSettings, type RegistrySettings } from '../sweep/repository-settings.ts';
import {
  chainFindings,
  prefixFindings,
  type RuledRegistry,
  uncoveredFindings,
} from '../sweep/rule-findings.ts';
import type { SettingFinding, SettingRead, SettingReading } from '../sweep/setting-finding.ts';
import type { SettingPorts } from '../sweep/setting-ports.ts';

type ReadPorts = Pick<Ports, 'readRules'> & Omit<SettingPorts, 'readLifecyclePolicy'>;

/**
 * Everything but lifecycle policies, which are read a repository at a time. `repositories`: those of the source that
 * nobody ignores. `others`: the other source registries with their rules, from which repositories may come.
 */
export async function registryFindings(
  ports: ReadPorts,
  source: RuledRegistry,
  repositories: readonly string[],
  others: readonly RuledRegistry[],
): Promise<readonly SettingFinding[]> {
  const findings: SettingFinding[] = [
    ...prefixFindings(source, repositories),
    ...uncoveredFindings(source, others, repositories),
  ];
  const unreadable = noteUnreadable(findings, source.registry);
  const here = await settingsOf(ports, source.registry, unreadable);
  const ruled: RuledRegistry[] = [];
  for (const destination of distinct(source)) {
    const covered = repositories.filter((repository) =>
      sendTo(source.rules, { source: source.registry, repository, destination }),
    );
    const [there, templates, policy, rules] = await Promise.all([
      settingsOf(ports, destination, unreadable),
      ports.readCreationTemplates(destination),
      policyOf(ports, source.registry, destination),
      ports.readRules(destination),
    ]);
    if (here !== undefined && there !== undefined)
      findings.push(...covered.flatMap((name) => compareSettings(here, there, name)));
    if (templates.is === 'unreadable') unreadable(destination, 'creation templates', templates);
    else findings.push(...templateFindings(source.registry, destination, templates.value, covered));
    if (policy.is === 'unreadable') unreadable(destination, 'registry policy', policy);
    else findings.push(...admissionFindings(source.registry, destination, policy.value, covered));
    if (rules.is === 'unreadable') unreadable(destination, 'rules', rules);
    else ruled.push({ registry: destination, rules: rules.rules });
  }
  findings.push(...chainFindings(source, ruled, repositories));
  return findings;
}

type NoteUnreadable = (
  registry: Registry,
  what: SettingRead,
  reading: Extract<SettingReading<unknown>, { is: 'unreadable' }>,
) => void;

function noteUnreadable(findings: SettingFinding[], source: Registry): NoteUnreadable {
  return (registry, what, { why }) => {
    findings.push({ kind: 'settings-unreadable', source, registry, what, why });
  };
}

async function settingsOf(
  ports: Pick<SettingPorts, 'readRepositorySettings' | 'readScanning'>,
  registry: Registry,
  unreadable: NoteUnreadable,
): Promise<RegistrySettings | undefined> {
  const [repositories, scanning] = await Promise.all([
    ports.readRepositorySettings(registry),
    ports.readScanning(registry),
  ]);
  if (scanning.is === 'unreadable') unreadable(registry, 'scanning', scanning);
  if (repositories.is === 'unreadable') {
    unreadable(registry, 'repositories', repositories);
    return undefined;
  }
  return {
    registry,
    repositories: repositories.value,
    ...(scanning.is === 'read' ? { scanning: scanning.value } : {}),
  };
}

/** Within one account nobody needs to be let in, and nobody asks. */
async function policyOf(
  ports: Pick<SettingPorts, 'readRegistryPolicy'>,
  source: Registry,
  destination: Registry,
): ReturnType<SettingPorts['readRegistryPolicy']> {
  if (source.account === destination.account) return { is: 'read', value: [] };
  return ports.readRegistryPolicy(destination);
}

function distinct({ registry, rules }: RuledRegistry): readonly Registry[] {
  const named = rules.flatMap(({ destinations }) => destinations);
  const found = new Map(named.map((destination) => [registryKey(destination), destination]));
  found.delete(registryKey(registry));
  return [...found.values()];
}
