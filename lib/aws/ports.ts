/**
 * The ports on AWS: every question and every deed of the use cases, by the SDK. What a function's ports cannot do is
 * left out of its bundle, and its role need not allow it: `test/template/roles.test.ts` holds the two together.
 */

import type { Config } from '../config.ts';
import type { Ports } from '../ports.ts';
import { type EcrClientFor, ecrClients } from './clients.ts';
import { readRepositories, readTagSettings, rulesReader } from './ecr-registry.ts';
import type { Table } from './incident-table.ts';
import { noticeTable } from './notice-table.ts';
import {
  lookPorts,
  type OwnPorts,
  pacedEcr,
  publisherOf,
  senderOf,
  sweepShare,
  tableOf,
} from './port-parts.ts';
import { rulesTable } from './rules-table.ts';
import { sweepingPorts } from './sweep-ports.ts';
import { sweepTable } from './sweep-table.ts';

/** All ports of one process, to be made once: the clients in them keep their connections. */
export function awsPorts(config: Config, own: OwnPorts): Ports {
  const paced = pacedEcr(config, sweepShare);
  const table = tableOf(config);
  return {
    ...sweepingPorts(config, own, paced, table),
    ...noticeTable(table),
    ...rulesTable(table),
    readRepositories: (registry) => readRepositories(paced.ecr, registry),
    publish: publisherOf(config),
  };
}

/** Of functions that settle messages of a queue. */
export function settlingPorts(
  config: Config,
  own: OwnPorts,
  ecr: EcrClientFor = ecrClients(config.hub, config.readRole),
  table: Table = tableOf(config),
) {
  return {
    ...lookPorts(own, ecr, table),
    ...noticeTable(table),
    readTagSettings: (registry, repository) => readTagSettings(ecr, registry, repository),
    sendAgain: senderOf(config, own),
    publish: publisherOf(config),
  } satisfies Partial<Ports>;
}

/** Of the follow-up: it knows from the incident whether a tag can move, and sends nothing to a queue. */
export function followUpPorts(config: Config, own: OwnPorts) {
  const ecr = ecrClients(config.hub, config.readRole);
  const table = tableOf(config);
  return {
    ...lookPorts(own, ecr, table),
    ...noticeTable(table),
    ...rulesTable(table),
    ...sweepTable(table, own.now),
    publish: publisherOf(config),
  } satisfies Partial<Ports>;
}

/** Of who watches the rules: it looks at no image and keeps no incident. */
export function rulesPorts(config: Config, own: OwnPorts) {
  const ecr = ecrClients(config.hub, config.readRole);
  const table = tableOf(config);
  return {
    ...own,
    readRules: rulesReader(ecr, own.now),
    readRepositories: (registry) => readRepositories(ecr, registry),
    ...noticeTable(table),
    ...rulesTable(table),
    publish: publisherOf(config),
  } satisfies Partial<Ports>;
}
