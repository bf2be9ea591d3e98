/** What the functions about backfills do once: `backfill` watches with all ports, `repair` has the few that it needs. */

import { backfillTable } from '../aws/backfill-table.ts';
import { dynamoDbClient, ecrClients } from '../aws/clients.ts';
import { backfillReaders } from '../aws/ecr-backfills.ts';
import { rulesReader } from '../aws/ecr-registry.ts';
import { repairCalls } from '../aws/ecr-repair.ts';
import { incidentTable } from '../aws/incident-table.ts';
import { awsPorts } from '../aws/ports.ts';
import { sweepTable } from '../aws/sweep-table.ts';
import type { Config } from '../config.ts';
import type { Ports } from '../ports.ts';
import type { BackfillPorts, RepairPorts } from '../sweep/backfill-ports.ts';
import { begin } from './start-up.ts';

export function backfillStartUp(): { readonly ports: Ports & BackfillPorts; readonly config: Config } {
  const { config, own } = begin('backfill');
  const table = { client: dynamoDbClient(), name: config.incidentsTable };
  const ecr = ecrClients(config.hub, config.readRole);
  return { config, ports: { ...awsPorts(config, own), ...backfillReaders(ecr), ...backfillTable(table) } };
}

export type RepairStart = Pick<Ports, 'now' | 'log' | 'readRules' | 'readOpen' | 'readWatched'> &
  BackfillPorts &
  RepairPorts;

/** Nothing here reads an image, tells anybody or publishes anything. */
export function repairStartUp(): { readonly ports: RepairStart; readonly config: Config } {
  const { config, own } = begin('repair');
  const table = { client: dynamoDbClient(), name: config.incidentsTable };
  const ecr = ecrClients(config.hub, config.readRole);
  return {
    config,
    ports: {
      ...own,
      readRules: rulesReader(ecr, own.now),
      readOpen: incidentTable(table).readOpen,
      readWatched: sweepTable(table, own.now).readWatched,
      ...backfillReaders(ecr),
      ...backfillTable(table),
      ...repairCalls(ecr),
    },
  };
}
