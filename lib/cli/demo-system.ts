/** The whole monitor on the local AWS, in one process: queues and their functions, the schedule, a subscriber. */

import { awsPorts } from '../aws/ports.ts';
import { tableDefinition } from '../aws/table-definition.ts';
import type { Config } from '../config.ts';
import type { Registry } from '../image/registry.ts';
import { defaultNoticePolicy } from '../incident/notice.ts';
import { batchResponse, queueRecords } from '../lambda/queue-batch.ts';
import type { EventSource } from '../local/event-source.ts';
import { type LocalAws, startLocalAws } from '../local/local-aws.ts';
import { createQueueReader } from '../local/queue-reader.ts';
import { followUp } from '../monitor/follow-up.ts';
import { settleImageActions } from '../monitor/image-actions.ts';
import { settleReplicationActions } from '../monitor/replication-actions.ts';
import { defaultPolicies } from '../policies.ts';
import type { Ports } from '../ports.ts';
import { defaultPolicy } from '../replication/policy.ts';

export const home: Registry = { account: '111122223333', region: 'us-east-1' };

/** Everything in seconds, so that a story that takes half an hour in earnest takes seconds. */
const looks = { ...defaultPolicy, deadlineSeconds: 4, shortestGapSeconds: 1, longestGapSeconds: 2 };
const notices = { ...defaultNoticePolicy, spacingSeconds: 2, claimSeconds: 5 };
const firstLookAfterSeconds = 1;
const usualLagMs = 1_200;

export interface DemoSystem {
  readonly aws: LocalAws;
  /** Epoch milliseconds by the demo's clock. */
  readonly now: () => number;
  /** Turns the demo's clock on. */
  readonly turn: (seconds: number) => void;
  /** What the schedule does every minute in earnest. */
  readonly followUp: () => Promise<void>;
  /** Begins to route the ECR's events to the monitor: pushes of this registry's Region, or all there are. */
  readonly listen: (from?: Registry) => void;
  /** Puts an event on the bus as if the ECR had sent it. */
  readonly send: (event: object) => Promise<void>;
  /** True when no message waits, is delayed or is in hand. */
  readonly isQuiet: () => Promise<boolean>;
  readonly stop: () => Promise<void>;
}

export interface DemoObservers {
  readonly log: Ports['log'];
  /** The texts of one publication, by protocol, as the topic got them. */
  readonly alert: (texts: Readonly<Record<string, string>>) => void;
}

/** `hub`: where the monitor runs; only rules of its own account can be read. */
export async function startDemoSystem({ log, alert }: DemoObservers, hub = home): Promise<DemoSystem> {
  let turned = 0;
  const now = (): number => Date.now() + turned;
  const aws = await startLocalAws({ now, delayMs: usualLagMs, ...hub });
  Object.assign(process.env, aws.environment());

  const names = {
    table: 'incidents',
    topic: 'alerts',
    pushes: 'image-action',
    reports: 'replication-action',
  };
  const pushes = await aws.createQueue(names.pushes, {
    delaySeconds: firstLookAfterSeconds,
    maxReceiveCount: 5,
  });
  const reports = await aws.createQueue(names.reports, { maxReceiveCount: 5 });
  const inbox = await aws.createQueue('subscriber');
  const alertTopicArn = await aws.createTopic(names.topic);
  await aws.subscribeQueue(alertTopicArn, inbox.arn);
  await aws.createTable(tableDefinition(names.table));

  const policies = { ...defaultPolicies, looks, notices };
  const portsOn = (queueUrl: string): Ports => {
    const config: Config = { incidentsTable: names.table, alertTopicArn, hub, queueUrl, policies };
    return awsPorts(config, { now, chance: Math.random, log });
  };
  const pushPorts = portsOn(pushes.url);
  const reportPorts = portsOn(reports.url);
  const onError = (error: unknown): void => log('ERROR', 'Function failed', { error: String(error) });
  const queues = createQueueReader(aws);
  const options = { batchSize: 1_000, batchWindowMs: 200, onError };
  const sources: EventSource[] = [
    queues.startSource(pushes, {
      ...options,
      handler: async (event) =>
        batchResponse(await settleImageActions(pushPorts, policies, queueRecords(event))),
    }),
    queues.startSource(reports, {
      ...options,
      handler: async (event) =>
        batchResponse(await settleReplicationActions(reportPorts, policies, queueRecords(event))),
    }),
    queues.startSource(inbox, {
      ...options,
      handler: async ({ Records }) => {
        for (const { body } of Records) alert(JSON.parse(body));
      },
    }),
  ];

  return {
    aws,
    now,
    turn: (seconds) => {
      turned += seconds * 1000;
    },
    followUp: () => followUp(pushPorts, { hub, policies }),
    listen: (from) => {
      aws.bus.putRule({
        pattern: {
          source: ['aws.ecr'],
          'detail-type': ['ECR Image Action'],
          ...(from === undefined ? {} : { region: [from.region] }),
          detail: {
            'action-type': ['PUSH', 'UPDATE_STORAGE_CLASS'],
            result: ['SUCCESS'],
            'target-storage-class': ['STANDARD', { exists: false }],
          },
        },
        queueUrl: pushes.url,
      });
      aws.bus.putRule({
        pattern: { source: ['aws.ecr'], 'detail-type': ['ECR Replication Action'] },
        queueUrl: reports.url,
      });
    },
    send: (event) => aws.bus.deliver(event),
    isQuiet: async () => {
      await Promise.all(sources.map(({ idle }) => idle()));
      const waiting = await Promise.all([pushes, reports, inbox].map(queues.countMessages));
      return waiting.every((count) => count === 0);
    },
    stop: async () => {
      await Promise.all(sources.map((one) => one.stop()));
      queues.close();
      await aws.stop();
    },
  };
}
