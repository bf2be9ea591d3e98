/** A whole monitor on a local AWS of its own, spoken to by the real SDK, under a clock that the test turns. */

import { setImmediate } from 'node:timers/promises';
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { expect, onTestFinished, vi } from 'vitest';
import { awsPorts } from '../lib/aws/ports.ts';
import { tableDefinition } from '../lib/aws/table-definition.ts';
import { type Config, loadConfig } from '../lib/config.ts';
import type { Digest } from '../lib/image/digest.ts';
import type { Registry } from '../lib/image/registry.ts';
import { type LocalAws, type LocalAwsOptions, startLocalAws } from '../lib/local/local-aws.ts';
import { sampleManifest } from '../lib/local/manifest.ts';
import { type MetricDescription, type MetricName, metricCatalogue } from '../lib/metric/catalogue.ts';
import { followUp } from '../lib/monitor/follow-up.ts';
import { settleImageActions } from '../lib/monitor/image-actions.ts';
import type { QueueRecord } from '../lib/monitor/records.ts';
import { settleReplicationActions } from '../lib/monitor/replication-actions.ts';
import { startSweep } from '../lib/monitor/start-sweep.ts';
import { settleSweepMessages } from '../lib/monitor/sweep-message.ts';
import type { DelayedMessage, Ports } from '../lib/ports.ts';
import { digestOf, ireland, source, sydney } from './samples.ts';

export interface Clock {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly turn: (seconds: number) => void;
}

/** A whole second, as the times of events are. */
export const morning = Date.parse('2026-11-24T03:00:00Z');

export function createClock(start = morning): Clock {
  let now = start;
  return {
    now: () => now,
    turn: (seconds) => {
      now += seconds * 1000;
    },
  };
}

/** One notice as a machine gets it, and the e-mail that went with it. Only what tests ask about. */
export interface Told {
  readonly fingerprint: string;
  readonly sequence: number;
  readonly status: 'firing' | 'resolved';
  readonly notice: 'firing' | 'update' | 'reminder' | 'clear';
  readonly severity: string;
  readonly kind: string;
  readonly destination: Registry;
  readonly summary: string;
  readonly open: number;
  readonly openNotListed: number;
  readonly news: Readonly<Record<'opened' | 'resolved' | 'withdrawn' | 'givenUp', number>>;
  readonly incidents: readonly {
    readonly fingerprint: string;
    readonly state: string;
    readonly image: string;
    readonly digest: string;
    readonly openedAt: string;
    readonly latenessSeconds?: number;
    readonly evidence: Readonly<Record<string, unknown>>;
    readonly cause: string;
  }[];
  readonly email: string;
}

/** `texts`: one text a protocol, as they were published. */
export function toldOf(texts: { readonly default: string; readonly email: string }): Told {
  return { ...(JSON.parse(texts.default) as Told), email: texts.email };
}

/** A notice in a line: `firing failed eu-west-1: prod-api:1.4.2`. */
export function inShort({ notice, kind, destination, incidents }: Told): string {
  return `${notice} ${kind} ${destination.region}: ${incidents.map(({ image }) => image).join(' ')}`;
}

interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

interface Waiting {
  readonly record: QueueRecord;
  readonly dueAt: number;
  readonly receives: number;
}

/** A queue under the test's clock: what is delayed waits until the clock has been turned. */
export interface Mailbox {
  readonly put: (body: string, afterSeconds: number, waitingFor?: readonly Registry[]) => void;
  /** The port `sendAgain`. */
  readonly sendAgain: Ports['sendAgain'];
  /** Hands over what is due; what comes back unfinished is visible again after `visibilitySeconds`. */
  readonly take: (handle: (records: readonly QueueRecord[]) => Promise<ReadonlySet<string>>) => Promise<void>;
  readonly nextDueAt: () => number | undefined;
  readonly waiting: () => readonly Waiting[];
  /** What the functions threw. */
  readonly thrown: readonly unknown[];
}

/** `visibilitySeconds`: as serverless.yml has it, if nothing is said. */
export function createMailbox({ now }: Pick<Clock, 'now'>, name: string, visibilitySeconds = 360): Mailbox {
  const messages = new Map<string, Waiting>();
  const thrown: unknown[] = [];
  let count = 0;

  function put(body: string, afterSeconds: number, waitingFor?: readonly Registry[]): void {
    count += 1;
    const record: QueueRecord = {
      messageId: `${name} ${count}`,
      body,
      ...(waitingFor === undefined ? {} : { waitingFor }),
    };
    messages.set(record.messageId, { record, dueAt: now() + afterSeconds * 1000, receives: 0 });
  }

  return {
    put,
    sendAgain: async (again: readonly DelayedMessage[]) => {
      for (const { body, delaySeconds, waitingFor } of again) put(body, delaySeconds, waitingFor);
      return new Set();
    },
    take: async (handle) => {
      const due = [...messages.values()].filter(({ dueAt }) => dueAt <= now());
      if (due.length === 0) return;
      for (const one of due) {
        const hidden = { dueAt: now() + visibilitySeconds * 1000, receives: one.receives + 1 };
        messages.set(one.record.messageId, { ...one, ...hidden });
      }
      const records = due.map(({ record }) => record);
      // Lambda: a function that throws has finished nothing.
      const unfinished = await handle(records).catch(
        () => new Set(records.map(({ messageId }) => messageId)),
      );
      for (const { messageId } of records) if (!unfinished.has(messageId)) messages.delete(messageId);
    },
    nextDueAt: () => {
      const times = [...messages.values()].map(({ dueAt }) => dueAt);
      return times.length === 0 ? undefined : Math.min(...times);
    },
    waiting: () => [...messages.values()],
    thrown,
  };
}

export interface World {
  readonly aws: LocalAws;
  readonly clock: Clock;
  readonly config: Config;
  /** Those of `image-action`; what is sent again waits in `pushes`. */
  readonly ports: Ports;
  readonly logs: readonly LogLine[];
  readonly pushes: Mailbox;
  readonly reports: Mailbox;
  /** Rules of a registry: prefixes → destinations. */
  readonly replicate: (from: Registry, rules: readonly Rule[]) => void;
  /** Pushes an image that does not exist; the same name and tag give the same digest, unless a build is named. */
  readonly push: (image: { repository: string; tag?: string; from?: Registry; build?: string }) => Digest;
  /** Thousands of pushes at once, already there or never: at the source, in these destinations, and in the queue. */
  readonly pushMany: (repository: string, count: number, arrivedIn: readonly Registry[]) => readonly Digest[];
  /** Turns the clock to the end, step by step: what is sent again, arrives or is reported happens at its time. */
  readonly pass: (seconds: number, ports?: Partial<Ports>) => Promise<void>;
  readonly followUp: (ports?: Partial<Ports>) => Promise<void>;
  /** What waits for `sweep-repository`. */
  readonly sweeps: Mailbox;
  /** Sweeps, and goes on until nothing is due in its queue; what is delayed stays there. */
  readonly sweep: (order?: object, ports?: Partial<Ports>, endsAt?: number) => Promise<void>;
  /** What is due in the sweep queue is settled. */
  readonly settleSweeps: (ports?: Partial<Ports>, endsAt?: number) => Promise<void>;
  /** The last value of a gauge, by the Region of its destination. */
  readonly gauge: (name: string, destination?: Registry) => number | undefined;
  /** The notices that a subscriber got since the last call. */
  readonly told: () => Promise<readonly Told[]>;
  /** Sum of all values of a metric; of one set of dimensions, if given. */
  readonly metric: (name: string, dimensions?: Readonly<Record<string, string>>) => number;
  readonly portsWith: (environment: Readonly<Record<string, string>>) => Ports;
}

export interface Rule {
  readonly prefixes: readonly string[];
  readonly to: readonly Registry[];
}

export const usualRules: readonly Rule[] = [{ prefixes: ['prod-'], to: [ireland, sydney] }];

/** As serverless.yml has it: the delay of the queue of pushes. */
const firstLookAfterSeconds = 15;

interface WorldOptions extends Omit<LocalAwsOptions, 'now'> {
  /** The functions' own keys, beside the ones that every world sets. */
  readonly environment?: Readonly<Record<string, string>>;
}

export async function startWorld({ environment = {}, ...options }: WorldOptions = {}): Promise<World> {
  const clock = createClock();
  const aws = await startLocalAws({ ...source, ...options, now: clock.now });
  onTestFinished(() => aws.stop());
  Object.assign(process.env, aws.environment());

  const rawPushes = await aws.createQueue('image-action');
  const rawReports = await aws.createQueue('replication-action');
  const inbox = await aws.createQueue('subscriber');
  const topic = await aws.createTopic('alerts');
  await aws.subscribeQueue(topic, inbox.arn);
  await aws.createTable(tableDefinition('incidents'));
  aws.bus.putRule({ pattern: pushPattern, queueUrl: rawPushes.url });
  aws.bus.putRule({ pattern: reportPattern, queueUrl: rawReports.url });

  const keys = {
    INCIDENTS_TABLE: 'incidents',
    ALERT_TOPIC_ARN: topic,
    IMAGE_ACTION_QUEUE_URL: rawPushes.url,
    ...environment,
  };
  const logs: LogLine[] = [];
  const own = {
    now: clock.now,
    chance: () => 0.5,
    log: (level: string, message: string, fields = {}) => void logs.push({ level, message, fields }),
  };
  const configWith = (more: Readonly<Record<string, string>>): Config => {
    const loaded = loadConfig({ ...keys, ...more }, 'image-action');
    if (!loaded.ok) throw new Error(loaded.fault);
    // The local SNS has an account of its own, which is not the hub's.
    return { ...loaded.value, hub: source };
  };
  const config = configWith({});
  const ports = awsPorts(config, own);
  const pushes = createMailbox(clock, 'push');
  const reports = createMailbox(clock, 'report');
  const sweeps = createMailbox(clock, 'sweep');
  let invocations = 0;
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  onTestFinished(() => sqs.destroy());

  /** What the ECR has sent comes under the test's clock. */
  async function collect(): Promise<void> {
    aws.ecr.tick();
    await aws.bus.settled();
    for (const body of await drain(sqs, rawPushes.url)) pushes.put(body, firstLookAfterSeconds);
    for (const body of await drain(sqs, rawReports.url)) reports.put(body, 0);
  }

  async function pass(seconds: number, changed: Partial<Ports> = {}): Promise<void> {
    const end = clock.now() + seconds * 1000;
    const { policies } = config;
    for (;;) {
      await collect();
      await reports.take((records) =>
        settleReplicationActions({ ...ports, sendAgain: reports.sendAgain, ...changed }, policies, records),
      );
      await pushes.take((records) =>
        settleImageActions({ ...ports, sendAgain: pushes.sendAgain, ...changed }, policies, records),
      );
      await collect();
      const times = [pushes.nextDueAt(), reports.nextDueAt(), aws.ecr.nextDueAt()];
      const next = Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY));
      if (next <= clock.now()) continue;
      clock.turn((Math.min(next, end) - clock.now()) / 1000);
      if (next > end) return;
    }
  }

  async function settleSweeps(
    changed: Partial<Ports> = {},
    endsAt = Number.POSITIVE_INFINITY,
  ): Promise<void> {
    const own = { ...ports, sendAgain: sweeps.sendAgain, ...changed };
    for (;;) {
      const next = sweeps.nextDueAt();
      if (next === undefined || next > clock.now()) return;
      // As serverless.yml has it: one repository a time.
      await sweeps.take(async (records) => {
        const unfinished = new Set<string>();
        for (const record of records) {
          for (const id of await settleSweepMessages(own, config.policies, [record], endsAt))
            unfinished.add(id);
        }
        return unfinished;
      });
    }
  }

  return {
    sweeps,
    settleSweeps,
    sweep: async (order = {}, changed = {}, endsAt = Number.POSITIVE_INFINITY) => {
      invocations += 1;
      const own = { ...ports, sendAgain: sweeps.sendAgain, ...changed };
      await startSweep(own, config, order, `invocation ${invocations}`);
      await settleSweeps(changed, endsAt);
    },
    gauge: (name, destination) => {
      const points = aws.cloudwatch
        .datapoints(name)
        .filter(({ dimensions }) => dimensions['DestinationRegion'] === destination?.region);
      return points.at(-1)?.values[0]?.value;
    },
    aws,
    clock,
    config,
    ports: { ...ports, sendAgain: pushes.sendAgain },
    logs,
    pushes,
    reports,
    replicate: (from, rules) => {
      const answer = aws.ecr.call(from, 'PutReplicationConfiguration', {
        replicationConfiguration: {
          rules: rules.map(({ prefixes, to }) => ({
            destinations: to.map(({ account, region }) => ({ registryId: account, region })),
            repositoryFilters: prefixes.map((filter) => ({ filter, filterType: 'PREFIX_MATCH' })),
          })),
        },
      });
      expect(answer.is).toBe('ok');
    },
    push: ({ repository, tag, from = source, build = `${repository}:${tag}` }) =>
      aws.ecr.pushImage(from, { repository, tag, manifest: sampleManifest(build) }) as Digest,
    pushMany: (repository, count, arrivedIn) => {
      const digests = Array.from({ length: count }, (_, n) => digestOf(`${repository} ${n}`));
      const images = digests.map((digest) => ({ digest }));
      for (const registry of [source, ...arrivedIn]) aws.ecr.seed(registry, repository, images);
      const at = clock.now();
      for (const digest of digests) pushes.put(pushEvent({ repository, digest, at }), firstLookAfterSeconds);
      return digests;
    },
    pass,
    followUp: (changed = {}) => followUp({ ...ports, ...changed }, config),
    told: async () => (await drain(sqs, inbox.url)).map((body) => toldOf(JSON.parse(body))),
    metric: (name, dimensions = {}) => {
      const wanted = Object.entries(dimensions);
      const points = aws.cloudwatch
        .datapoints(name)
        .filter((point) => isApart(point) && wanted.every(([key, value]) => point.dimensions[key] === value));
      return points.flatMap(({ values }) => values).reduce((sum, { value, count }) => sum + value * count, 0);
    },
    portsWith: (more) => awsPorts(configWith(more), own),
  };
}

/** The total over all dimensions stands beside the parts that it adds up. */
function isApart({
  name,
  dimensions,
}: {
  name: string;
  dimensions: Readonly<Record<string, string>>;
}): boolean {
  const { total }: MetricDescription = metricCatalogue[name as MetricName];
  return total !== true || Object.keys(dimensions).length > 0;
}

/** As deploy/events.yml has it. */
const pushPattern = {
  source: ['aws.ecr'],
  'detail-type': ['ECR Image Action'],
  detail: {
    'action-type': ['PUSH', 'UPDATE_STORAGE_CLASS'],
    result: ['SUCCESS'],
    'target-storage-class': ['STANDARD', { exists: false }],
  },
};
const reportPattern = { source: ['aws.ecr'], 'detail-type': ['ECR Replication Action'] };

/**
 * Seconds that work takes when its timers run by a clock of the test: 10 ms a turn of the event loop. For what waits
 * by itself, as the SDK does between its tries and until its time-outs.
 */
export async function secondsFor(work: () => Promise<void>): Promise<number> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  let milliseconds = 0;
  let isOver = false;
  const done = work().finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await setImmediate();
    await vi.advanceTimersByTimeAsync(10);
    milliseconds += 10;
  }
  await done;
  return milliseconds / 1000;
}

/** Every message that is visible now, taken out of the queue. */
export async function drain(client: SQSClient, queueUrl: string): Promise<readonly string[]> {
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return bodies;
    bodies.push(...Messages.map(({ Body = '' }) => Body));
    const Entries = Messages.map(({ ReceiptHandle }: Message, at) => ({ Id: String(at), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
}

interface Reported {
  readonly repository: string;
  readonly digest: string;
  readonly tag?: string | undefined;
  readonly at: number;
}

/** The event of a push, as it stands in the body of a message. */
export function pushEvent({ from = source, at, ...image }: Reported & { readonly from?: Registry }): string {
  const detail = { ...detailOf(image), result: 'SUCCESS', 'action-type': 'PUSH' };
  return eventOf('ECR Image Action', from, at, detail);
}

/** The event of an arrival or a failure, as its destination reports it. */
export function reportEvent(
  image: Reported & { readonly from?: Registry; readonly to: Registry; readonly result: string },
): string {
  const { from = source, to, result, at } = image;
  const origin = { 'source-account': from.account, 'source-region': from.region };
  const detail = { ...detailOf(image), ...origin, result, 'action-type': 'REPLICATE' };
  return eventOf('ECR Replication Action', to, at, detail);
}

function detailOf({ repository, digest, tag = '' }: Omit<Reported, 'at'>): Readonly<Record<string, string>> {
  return { 'repository-name': repository, 'image-digest': digest, 'image-tag': tag };
}

function eventOf(type: string, { account, region }: Registry, at: number, detail: object): string {
  // EventBridge's times are whole seconds.
  const time = new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
  return JSON.stringify({
    version: '0',
    source: 'aws.ecr',
    'detail-type': type,
    account,
    region,
    time,
    detail,
  });
}
