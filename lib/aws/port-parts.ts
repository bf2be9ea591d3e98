/** What the ports of the functions are put together from: clients that wait until they are needed, shares of ECR's budget. */

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
import { readClaims, rulesReader } from './ecr-registry.ts';
import { incidentTable, type Table } from './incident-table.ts';
import { putMetrics } from './metrics.ts';
import { createPace } from './pace.ts';
import { sendAgain } from './queue.ts';
import { publisher } from './topic.ts';

/** What a process brings itself. */
export type OwnPorts = Pick<Ports, 'now' | 'chance' | 'log'>;

/**
 * Processes of the sweep that ask ECR at one time: two that compare (serverless.yml, maximumConcurrency; SQS knows no
 * less) and the one that lists. Each has its share of the budget, so that it holds without a counter that all must ask.
 */
export const sweepersAtOnce = 3;

/** Of a registry's budget: what a process of the sweep takes, and what a slow pass beside it may take at any time. */
export const sweepShare = 0.8 / sweepersAtOnce;
export const slowPassShare = 0.1;

export interface PacedEcr {
  readonly ecr: EcrClientFor;
  readonly takeCalls: Ports['takeCalls'];
}

/** ECR clients that keep to a share of the budget, where the function has one. `unpaced`: commands that need none. */
export function pacedEcr(config: Config, share: number, unpaced?: ReadonlySet<string>): PacedEcr {
  const { sweepCallsPerSecond: budget } = config;
  const pace = budget === undefined ? undefined : createPace(budget * share, unpaced);
  return {
    ecr: ecrClients(config.hub, config.readRole, pace),
    takeCalls: () => pace?.takeCalls() ?? new Map(),
  };
}

/** Of all who look at images and keep incidents. */
export function lookPorts(own: OwnPorts, ecr: EcrClientFor, table: Table) {
  return {
    ...own,
    readRules: rulesReader(ecr, own.now),
    readImages: (read) => readImages(ecr, read),
    readTags: (registry, repository, tags) => readTags(ecr, registry, repository, tags),
    readClaims: (source, repository, digest) => readClaims(ecr, source, repository, digest),
    ...incidentTable(table),
    putMetrics: metricsSender(),
  } satisfies Partial<Ports>;
}

export function metricsSender(): Ports['putMetrics'] {
  const cloudWatch = whenNeeded(cloudWatchClient);
  return (series, at) => putMetrics(cloudWatch(), series, at);
}

export function tableOf(config: Config): Table {
  const client = whenNeeded(dynamoDbClient);
  return {
    get client() {
      return client();
    },
    name: config.incidentsTable,
  };
}

export function publisherOf(config: Config): Ports['publish'] {
  return publisher(whenNeeded(snsClient), ({ reach }) =>
    topicsFor(reach, config.alertRoutes ?? [], config.alertTopicArn),
  );
}

export function senderOf({ queueUrl }: Config, own: OwnPorts): Ports['sendAgain'] {
  const sqs = whenNeeded(sqsClient);
  return async (messages) => {
    // Where nobody waits, no client is made.
    if (messages.length === 0) return new Set();
    if (queueUrl === undefined) throw new Error('this function has no queue to send to');
    return sendAgain(sqs(), queueUrl, own.log, messages);
  };
}

/** A cold start pays for the clients that its first event needs: where all is well, none for table, topic or queue. */
function whenNeeded<Client>(make: () => Client): () => Client {
  let made: Client | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
