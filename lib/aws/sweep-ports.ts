/** The ports of the functions that go through whole registries: the sweep, the slow passes beside it, the backfills. */

import type { Config } from '../config.ts';
import type { Registry } from '../image/registry.ts';
import type { Ports } from '../ports.ts';
import { startedBackfills, watchedBackfills } from './backfill-table.ts';
import { ecrClients } from './clients.ts';
import { cycleTable } from './cycle-table.ts';
import { backfillReaders, readBackfills } from './ecr-backfills.ts';
import { readImages } from './ecr-images.ts';
import { readInventory } from './ecr-inventory.ts';
import { manifestPorts, unpacedCommands } from './ecr-manifests.ts';
import { readRepositories, readTagSettings, rulesReader } from './ecr-registry.ts';
import { repairCalls } from './ecr-repair.ts';
import { settingPorts } from './ecr-settings.ts';
import { readOpen, type Table } from './incident-table.ts';
import { groupTable, noticeTable } from './notice-table.ts';
import {
  lookPorts,
  metricsSender,
  type OwnPorts,
  type PacedEcr,
  pacedEcr,
  publisherOf,
  senderOf,
  slowPassShare,
  sweepShare,
  tableOf,
} from './port-parts.ts';
import { readWatched, sweepTable } from './sweep-table.ts';

/** Of the sweep that lists: it looks at no image and keeps no incident. */
export function listingPorts(config: Config, own: OwnPorts) {
  const { ecr, takeCalls } = pacedEcr(config, sweepShare);
  return {
    ...own,
    readRules: rulesReader(ecr, own.now),
    readRepositories: (registry) => readRepositories(ecr, registry),
    ...sweepTable(tableOf(config), own.now),
    sendAgain: senderOf(config, own),
    takeCalls,
    putMetrics: metricsSender(),
  } satisfies Partial<Ports>;
}

/** Of the sweep that compares. */
export function sweepingPorts(
  config: Config,
  own: OwnPorts,
  { ecr, takeCalls }: PacedEcr = pacedEcr(config, sweepShare),
  table: Table = tableOf(config),
) {
  return {
    ...lookPorts(own, ecr, table),
    ...groupTable(table),
    ...sweepTable(table, own.now),
    readTagSettings: (registry, repository) => readTagSettings(ecr, registry, repository),
    readInventory: (registry, repository, from) => readInventory(ecr, registry, repository, from),
    sendAgain: senderOf(config, own),
    takeCalls,
  } satisfies Partial<Ports>;
}

/** Of the pass over settings: it looks at no image. */
export function settingsPassPorts(config: Config, own: OwnPorts) {
  const paced = pacedEcr(config, slowPassShare);
  return { ...passPorts(config, own, paced), ...settingPorts(paced.ecr) };
}

/** Of the pass over manifests, the only one that may pull. */
export function manifestsPassPorts(config: Config, own: OwnPorts) {
  const paced = pacedEcr(config, slowPassShare, unpacedCommands);
  return {
    ...passPorts(config, own, paced),
    readImages: (read: Parameters<Ports['readImages']>[0]) => readImages(paced.ecr, read),
    ...manifestPorts(paced.ecr, config.manifestsRoleArn ?? ''),
  };
}

function passPorts(config: Config, own: OwnPorts, { ecr, takeCalls }: PacedEcr) {
  const table = tableOf(config);
  return {
    ...own,
    readRules: rulesReader(ecr, own.now),
    readRepositories: (registry: Parameters<Ports['readRepositories']>[0]) => readRepositories(ecr, registry),
    ...noticeTable(table),
    ...cycleTable(table),
    publish: publisherOf(config),
    takeCalls,
    putMetrics: metricsSender(),
  };
}

/** Of who watches backfills, whoever started them. */
export function backfillPorts(config: Config, own: OwnPorts) {
  const ecr = ecrClients(config.hub, config.readRole);
  const table = tableOf(config);
  return {
    ...lookPorts(own, ecr, table),
    ...noticeTable(table),
    ...backfillReaders(ecr),
    ...watchedBackfills(table),
    publish: publisherOf(config),
  };
}

/** Of who starts them: nothing here reads an image or what became of one, saves an incident, or tells anybody anything. */
export function repairPorts(config: Config, own: OwnPorts) {
  const ecr = ecrClients(config.hub, config.readRole);
  const table = tableOf(config);
  return {
    ...own,
    readRules: rulesReader(ecr, own.now),
    readOpen: (...asked: Parameters<Ports['readOpen']>) => readOpen(table, ...asked),
    readWatched: () => readWatched(table),
    readBackfills: (source: Registry) => readBackfills(ecr, source),
    ...startedBackfills(table),
    ...repairCalls(ecr),
  };
}
