/**
 * The ports on AWS: every question and every deed of the use cases, by the SDK. What a function's ports cannot do is
 * left out of its bundle, and its role need not allow it: `test/template/roles.test.ts` holds the two together.
 */

import { topicsFor } from '../alert/route.ts';
import type { Config } from '../config.ts';
import type { Ports } from '../ports.ts';
import {
  cloudWatchClient,
  dynamoDbClient,
  type EcrClientFor,
  ecrClients,
  snsClient,
  sqsClient,
} from './clients.ts';
import { readImages, readTags } from './ecr-images.ts';
import { readInventory } from './ecr-inventory.ts';
import { readClaims, readRepositories, readTagSettings, rulesReader } from './ecr-registry.ts';
import { incidentTable, type Table } from './incident-table.ts';
import { putMetrics } from './metrics.ts';
import { noticeTable } from './notice-table.ts';
import { sendAgain } from './queue.ts';
import { rulesTable } from './rules-table.ts';
import { publisher } from './topic.ts';

/** What a process brings itself. */
export type OwnPorts = Pick<Ports, 'now' | 'chance' | 'log'>;

/** All ports of one process, to be made once: the clients in them keep their connections. */
export function awsPorts(config: Config, own: OwnPorts): Ports {
  const ecr = ecrClients(config.hub, config.readRole);
  const table = tableOf(config);
  return {
    ...settlingPorts(config, own, ecr, table),
    ...rulesTable(table),
    readRepositories: (registry) => readRepositories(ecr, registry),
    readInventory: (registry, repository, from) => readInventory(ecr, registry, repository, from),
  };
}

/** Of functions that settle messages of a queue. */
export function settlingPorts(
  config: Config,
  own: OwnPorts,
  ecr: EcrClientFor = ecrClients(config.hub, config.readRole),
  table: Table = tableOf(config),
) {
  const sqs = whenNeeded(sqsClient);
  const { queueUrl } = config;
  return {
    ...lookPorts(config, own, ecr, table),
    readTagSettings: (registry, repository) => readTagSettings(ecr, registry, repository),
    sendAgain: (messages) => {
      if (queueUrl === undefined) throw new Error('this function has no queue to send to');
      return sendAgain(sqs(), queueUrl, own.log, messages);
    },
  } satisfies Partial<Ports>;
}

/** Of the follow-up: it knows from the incident whether a tag can move, and sends nothing to a queue. */
export function followUpPorts(config: Config, own: OwnPorts) {
  const ecr = ecrClients(config.hub, config.readRole);
  const table = tableOf(config);
  return { ...lookPorts(config, own, ecr, table), ...rulesTable(table) } satisfies Partial<Ports>;
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

function lookPorts(config: Config, own: OwnPorts, ecr: EcrClientFor, table: Table) {
  const cloudWatch = whenNeeded(cloudWatchClient);
  return {
    ...own,
    readRules: rulesReader(ecr, own.now),
    readImages: (read) => readImages(ecr, read),
    readTags: (registry, repository, tags) => readTags(ecr, registry, repository, tags),
    readClaims: (source, repository, digest) => readClaims(ecr, source, repository, digest),
    ...incidentTable(table),
    ...noticeTable(table),
    publish: publisherOf(config),
    putMetrics: (series, at) => putMetrics(cloudWatch(), series, at),
  } satisfies Partial<Ports>;
}

function tableOf(config: Config): Table {
  const client = whenNeeded(dynamoDbClient);
  return {
    get client() {
      return client();
    },
    name: config.incidentsTable,
  };
}

function publisherOf(config: Config): Ports['publish'] {
  return publisher(whenNeeded(snsClient), ({ reach }) =>
    topicsFor(reach, config.alertRoutes ?? [], config.alertTopicArn),
  );
}

/** A cold start pays for the clients that its first event needs: where all is well, none for table, topic or queue. */
function whenNeeded<Client>(make: () => Client): () => Client {
  let made: Client | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
