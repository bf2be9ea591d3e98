/** The use case behind `config-watch`: somebody changed how a registry replicates; people are told what it means. */

import { changeTexts } from '../alert/configuration.ts';
import { subjectLine } from '../alert/limits.ts';
import { parseRegistryChange, type RegistryChange } from '../event/registry-change.ts';
import type { Registry } from '../image/registry.ts';
import type { NoticePolicy } from '../incident/notice.ts';
import type { Ports } from '../ports.ts';
import { type CoverageChange, coverageChanges } from '../replication/coverage-change.ts';
import { type SovereigntyPorts, watchSovereignty } from './sovereignty.ts';
import { foreignMessage } from './trace.ts';

export type ConfigWatchPorts = SovereigntyPorts &
  Pick<Ports, 'readRepositories' | 'noteRegistry' | 'saveKnownRules'>;

export interface ConfigWatchSettings {
  readonly allowedDestinations?: readonly string[];
  readonly policies: { readonly notices: NoticePolicy };
}

/**
 * Told first, remembered then: a crash in between tells once more, never not at all. Throws when a reading fails;
 * Lambda tries again, and in the end keeps the event in the dead-letter queue.
 */
export async function watchConfig(
  ports: ConfigWatchPorts,
  settings: ConfigWatchSettings,
  event: unknown,
): Promise<void> {
  const parsed = parseRegistryChange(event);
  if (parsed.is === 'not-ours') return ports.log('DEBUG', foreignMessage, { why: parsed.why });
  if (parsed.is === 'unparseable') throw new Error(`the event cannot be read: ${parsed.fault}`);
  const change = parsed.value;
  if (change.call !== 'PutReplicationConfiguration') return tellChange(ports, change, [], true);

  const known = await ports.readKnownRules(change.registry);
  // Event times are whole seconds: what was read within that second may be from before the change.
  const reading = await ports.readRules(change.registry, change.at + 1_000);
  if (reading.is === 'unreadable') throw new Error(`the rules cannot be read: ${reading.why}`);
  // From here on the follow-up watches it too, whatever becomes of this run.
  if (known === undefined) await ports.noteRegistry(change.registry);
  // What must not be comes first; a change in numbers can wait a second.
  const { allowedDestinations, policies } = settings;
  await watchSovereignty(ports, policies.notices, allowedDestinations, [change.registry]);
  const repositories = await ports.readRepositories(change.registry);
  const coverage = coverageChanges(change.registry, known?.rules ?? [], reading.rules, repositories);
  await tellChange(ports, change, coverage, known !== undefined);
  await ports.saveKnownRules(change.registry, reading.rules, known?.revision ?? 0);
}

async function tellChange(
  ports: Pick<Ports, 'publish' | 'log'>,
  change: RegistryChange,
  coverage: readonly CoverageChange[],
  beforeKnown: boolean,
): Promise<void> {
  const { summary, email, chat, machine, severity } = changeTexts(change, coverage, beforeKnown);
  const [only, ...others] = coverage;
  await ports.publish({
    subject: subjectLine(`[changed] ${summary}`),
    texts: { default: machine, email, https: chat },
    attributes: {
      severity,
      status: 'changed',
      kind: 'configuration',
      destinationRegion: only !== undefined && others.length === 0 ? only.destination.region : '*',
      repository: '*',
    },
  });
  ports.log('INFO', 'Configuration change told', { call: change.call, by: change.by, at: change.at });
}

/** Remembers the rules of a registry that nobody has looked at yet, so that the first change has a before. */
export async function rememberRules(
  ports: Pick<Ports, 'readRules' | 'readKnownRules' | 'saveKnownRules'>,
  registry: Registry,
): Promise<void> {
  if ((await ports.readKnownRules(registry)) !== undefined) return;
  const reading = await ports.readRules(registry);
  if (reading.is === 'read') await ports.saveKnownRules(registry, reading.rules, 0);
}
