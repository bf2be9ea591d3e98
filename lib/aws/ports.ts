/** The ports on AWS: every question and every deed of the use cases, by the SDK. */

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
import { incidentTable } from './incident-table.ts';
import { putMetrics } from './metrics.ts';
import { noticeTable } from './notice-table.ts';
import { createPace } from './pace.ts';
import { sendAgain } from './queue.ts';
import { registryPorts } from './registry-ports.ts';
import { rulesTable } from './rules-table.ts';
import { sweepTable } from './sweep-table.ts';
import { publisher } from './topic.ts';

/**
 * Processes of the sweep that ask ECR at one time: two that compare (serverless.yml, maximumConcurrency; SQS knows no
 * less) and the one that lists. Each has its share of the budget, so that it holds without a counter that all must ask.
 */
export const sweepersAtOnce = 3;

/** Of a registry's budget: what the sweep takes, and what each of the slow passes beside it may take at any time. */
const sweepShare = 0.8 / sweepersAtOnce;
export const slowPassShare = 0.1;

export interface PacedEcr {
  readonly ecr: EcrClientFor;
  readonly takeCalls: Ports['takeCalls'];
}

/** ECR clients that keep to a share of the budget, where the function has one. */
export function pacedEcr(config: Config, share: number): PacedEcr {
  const { sweepCallsPerSecond: budget } = config;
  const pace = budget === undefined ? undefined : createPace(budget * share);
  return {
    ecr: ecrClients(config.hub, config.readRole, pace),
    takeCalls: () => pace?.takeCalls() ?? new Map(),
  };
}

/** The ports of one process, to be made once: the clients in them keep their connections. */
export function awsPorts(
  config: Config,
  own: Pick<Ports, 'now' | 'chance' | 'log'>,
  { ecr, takeCalls }: PacedEcr = pacedEcr(config, sweepShare),
): Ports {
  const sqs = sqsClient();
  const sns = snsClient();
  const cloudWatch = cloudWatchClient();
  const table = { client: dynamoDbClient(), name: config.incidentsTable };
  const { queueUrl } = config;
  return {
    ...own,
    ...registryPorts(ecr, own.now),
    sendAgain: (messages) => {
      if (queueUrl === undefined) throw new Error('this function has no queue to send to');
      return sendAgain(sqs, queueUrl, own.log, messages);
    },
    ...incidentTable(table),
    ...noticeTable(table),
    ...rulesTable(table),
    ...sweepTable(table, own.now),
    takeCalls,
    publish: publisher(sns, ({ reach }) => topicsFor(reach, config.alertRoutes ?? [], config.alertTopicArn)),
    putMetrics: (series, at) => putMetrics(cloudWatch, series, at),
  };
}
