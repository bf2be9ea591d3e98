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
import { createPace } from './pace.ts';
import { sendAgain } from './queue.ts';
import { rulesTable } from './rules-table.ts';
import { sweepTable } from './sweep-table.ts';
import { publisher } from './topic.ts';

/** What a process brings itself. */
export type OwnPorts = Pick<Ports, 'now' | 'chance' | 'log'>;

/**
 * Processes of the sweep that ask ECR at one time: two that compare (serverless.yml, maximumConcurrency; SQS knows no
 * less) and the one that lists. Each has its share of the budget, so that it holds without a counter that all must ask.
 */
export const sweepersAtOnce = 3;

/** All ports of one process, to be made once: the clients in them keep their connections. */
export function awsPorts(config: Config, own: OwnPorts): Ports {
  const paced = pacedEcr(config);
  const table = tableOf(config);
  return {
    ...sweepingPorts(config, own, paced, table),
    ...rulesTable(table),
    readRepositories: (registry) => readRepositories(paced.ecr, registry),
    publish: publisherOf(config),
  };
}

interface PacedEcr {
  readonly ecr: EcrClientFor;
  readonly takeCalls: Ports['takeCalls'];
}

/** ECR clients that keep to a share of the budget, where the function has one. */
function pacedEcr(config: Config): PacedEcr {
  const { sweepCallsPerSecond: budget } = config;
  const pace = budget === undefined ? undefined : createPace(budget / sweepersAtOnce);
  return {
    ecr: ecrClients(config.hub, config.readRole, pace),
    takeCalls: () => pace?.takeCalls() ?? new Map(),
  };
}

/** Of the sweep that lists: it looks at no image and keeps no incident. */
export function listingPorts(config: Config, own: OwnPorts) {
  const { ecr, takeCalls } = pacedEcr(config);
  const cloudWatch = whenNeeded(cloudWatchClient);
  return {
    ...own,
    readRules: rulesReader(ecr, own.now),
    readRepositories: (registry) => readRepositories(ecr, registry),
    ...sweepTable(tableOf(config), own.now),
    sendAgain: senderOf(config, own),
    takeCalls,
    putMetrics: (series, at) => putMetrics(cloudWatch(), series, at),
  } satisfies Partial<Ports>;
}

/** Of the sweep that compares. */
export function sweepingPorts(
  config: Config,
  own: OwnPorts,
  { ecr, takeCalls }: PacedEcr = pacedEcr(config),
  table: Table = tableOf(config),
) {
  return {
    ...lookPorts(own, ecr, table),
    ...sweepTable(table, own.now),
    readTagSettings: (registry, repository) => readTagSettings(ecr, registry, repository),
    readInventory: (registry, repository, from) => readInventory(ecr, registry, repository, from),
    sendAgain: senderOf(config, own),
    takeCalls,
  } satisfies Partial<Ports>;
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
    readTagSettings: (registry, repository) => readTagSettings(ecr, registry, repository),
    sendAgain: senderOf(config, own),
    publish: publisherOf(config),
  } satisfies Partial<Ports>;
}

function senderOf({ queueUrl }: Config, own: OwnPorts): Ports['sendAgain'] {
  const sqs = whenNeeded(sqsClient);
  return (messages) => {
    if (queueUrl === undefined) throw new Error('this function has no queue to send to');
    return sendAgain(sqs(), queueUrl, own.log, messages);
  };
}

/** Of the follow-up: it knows from the incident whether a tag can move, and sends nothing to a queue. */
export function followUpPorts(config: Config, own: OwnPorts) {
  const ecr = ecrClients(config.hub, config.readRole);
  const table = tableOf(config);
  return {
    ...lookPorts(own, ecr, table),
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

function lookPorts(own: OwnPorts, ecr: EcrClientFor, table: Table) {
  const cloudWatch = whenNeeded(cloudWatchClient);
  return {
    ...own,
    readRules: rulesReader(ecr, own.now),
    readImages: (read) => readImages(ecr, read),
    readTags: (registry, repository, tags) => readTags(ecr, registry, repository, tags),
    readClaims: (source, repository, digest) => readClaims(ecr, source, repository, digest),
    ...incidentTable(table),
    ...noticeTable(table),
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
