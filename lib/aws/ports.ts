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
import { groupTable, noticeTable } from './notice-table.ts';
import { createPace } from './pace.ts';
import { sendAgain } from './queue.ts';
import { rulesTable } from './rules-table.ts';
import { sweepTable } from './sweep-table.ts';
import { publisher } from './topic.ts';

/**
 * Processes of the sweep that ask ECR at one time: two that compare (serverless.yml, maximumConcurrency; SQS knows no
 * less) and the one that lists. Each has its share of the budget, so that it holds without a counter that all must ask.
 */
export const sweepersAtOnce = 3;

/** What a process brings itself. */
export type OwnPorts = Pick<Ports, 'now' | 'chance' | 'log'>;

/** All ports of one process, to be made once: the clients in them keep their connections. */
export function awsPorts(config: Config, own: OwnPorts): Ports {
  const ecr = ecrClients(config.hub, config.readRole);
  return {
    ...settlingPorts(config, own, ecr),
    ...rulesTable(tableOf(config)),
    ...sweepTable(tableOf(config), own.now),
    readRepositories: (registry) => readRepositories(ecr, registry),
    readInventory: (registry, repository, from) => readInventory(ecr, registry, repository, from),
    takeCalls: () => new Map(),
  };
}

/** Of functions that settle messages of a queue. */
export function settlingPorts(
  config: Config,
  own: OwnPorts,
  ecr: EcrClientFor = ecrClients(config.hub, config.readRole),
) {
  return {
    ...lookPorts(config, own, ecr),
    readTagSettings: (registry, repository) => readTagSettings(ecr, registry, repository),
    sendAgain: senderTo(config, own.log),
  } satisfies Partial<Ports>;
}

/** Of who begins a sweep: it looks at no image and knows of no incident. */
export function sweepPorts(config: Config, own: OwnPorts) {
  const { ecr, takeCalls } = pacedEcr(config);
  const cloudWatch = cloudWatchClient();
  return {
    ...own,
    readRules: rulesReader(ecr, own.now),
    readRepositories: (registry) => readRepositories(ecr, registry),
    ...sweepTable(tableOf(config), own.now),
    sendAgain: senderTo(config, own.log),
    takeCalls,
    putMetrics: (series, at) => putMetrics(cloudWatch, series, at),
  } satisfies Partial<Ports>;
}

/** Of who compares a repository: it keeps incidents and results, and tells nobody. */
export function sweepRepositoryPorts(config: Config, own: OwnPorts) {
  const { ecr, takeCalls } = pacedEcr(config);
  const cloudWatch = cloudWatchClient();
  const table = tableOf(config);
  return {
    ...own,
    readRules: rulesReader(ecr, own.now),
    readInventory: (registry, repository, from) => readInventory(ecr, registry, repository, from),
    readImages: (read) => readImages(ecr, read),
    readTags: (registry, repository, tags) => readTags(ecr, registry, repository, tags),
    readTagSettings: (registry, repository) => readTagSettings(ecr, registry, repository),
    readClaims: (source, repository, digest) => readClaims(ecr, source, repository, digest),
    ...incidentTable(table),
    ...groupTable(table),
    ...sweepTable(table, own.now),
    sendAgain: senderTo(config, own.log),
    takeCalls,
    putMetrics: (series, at) => putMetrics(cloudWatch, series, at),
  } satisfies Partial<Ports>;
}

function pacedEcr({ hub, readRole, sweepCallsPerSecond = 10 }: Config) {
  const pace = createPace(sweepCallsPerSecond / sweepersAtOnce);
  return { ecr: ecrClients(hub, readRole, pace.turn, 'long'), takeCalls: pace.takeCalls };
}

function senderTo({ queueUrl }: Config, log: Ports['log']): Ports['sendAgain'] {
  const sqs = sqsClient();
  return (messages) => {
    if (queueUrl === undefined) throw new Error('this function has no queue to send to');
    return sendAgain(sqs, queueUrl, log, messages);
  };
}

/** Of the follow-up: it knows from the incident whether a tag can move, and sends nothing to a queue. */
export function followUpPorts(config: Config, own: OwnPorts) {
  const ecr = ecrClients(config.hub, config.readRole);
  return {
    ...lookPorts(config, own, ecr),
    ...rulesTable(tableOf(config)),
    ...sweepTable(tableOf(config), own.now),
  } satisfies Partial<Ports>;
}

/** Of who watches the rules: it looks at no image and keeps no incident. */
export function rulesPorts(config: Config, own: OwnPorts) {
  const ecr = ecrClients(config.hub, config.readRole);
  return {
    ...own,
    readRules: rulesReader(ecr, own.now),
    readRepositories: (registry) => readRepositories(ecr, registry),
    ...noticeTable(tableOf(config)),
    ...rulesTable(tableOf(config)),
    publish: publisherOf(config),
  } satisfies Partial<Ports>;
}

function lookPorts(config: Config, own: OwnPorts, ecr: EcrClientFor) {
  const cloudWatch = cloudWatchClient();
  const table = tableOf(config);
  return {
    ...own,
    readRules: rulesReader(ecr, own.now),
    readImages: (read) => readImages(ecr, read),
    readTags: (registry, repository, tags) => readTags(ecr, registry, repository, tags),
    readClaims: (source, repository, digest) => readClaims(ecr, source, repository, digest),
    ...incidentTable(table),
    ...noticeTable(table),
    publish: publisherOf(config),
    putMetrics: (series, at) => putMetrics(cloudWatch, series, at),
  } satisfies Partial<Ports>;
}

function tableOf(config: Config): Table {
  return { client: dynamoDbClient(), name: config.incidentsTable };
}

function publisherOf(config: Config): Ports['publish'] {
  return publisher(snsClient(), ({ reach }) =>
    topicsFor(reach, config.alertRoutes ?? [], config.alertTopicArn),
  );
}
