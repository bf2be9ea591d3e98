/** `npm run load:burst`: 50,000 push events at once on the local AWS, by the real SDK, while a destination throttles. */

import { parseArgs } from 'node:util';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import pLimit from 'p-limit';
import { awsPorts } from '../../lib/aws/ports.ts';
import { tableDefinition } from '../../lib/aws/table-definition.ts';
import type { Config } from '../../lib/config.ts';
import type { Digest } from '../../lib/image/digest.ts';
import type { Registry } from '../../lib/image/registry.ts';
import { batchResponse, queueRecords } from '../../lib/lambda/queue-batch.ts';
import { startLocalAws } from '../../lib/local/local-aws.ts';
import { createQueueReader } from '../../lib/local/queue-reader.ts';
import { followUp } from '../../lib/monitor/follow-up.ts';
import { settleImageActions } from '../../lib/monitor/image-actions.ts';
import { defaultPolicies } from '../../lib/policies.ts';
import { defaultPolicy } from '../../lib/replication/policy.ts';
import { createProgress } from './progress.ts';
import { eventOf } from './wire.ts';

const account = '111122223333';
const source: Registry = { account, region: 'us-east-1' };
const ireland: Registry = { account, region: 'eu-west-1' };
const sydney: Registry = { account, region: 'ap-southeast-2' };
const repositories = 50;
/** It throttles every call for so long after the last event was sent: past the deadline, which makes it an incident. */
const throttledSeconds = 40;
const followUpSeconds = 10;
const looks = { ...defaultPolicy, deadlineSeconds: 30, shortestGapSeconds: 5, longestGapSeconds: 20 };

const { values } = parseArgs({ options: { events: { type: 'string', default: '50000' } } });
if (!/^[1-9]\d{0,5}$/.test(values.events)) {
  process.stderr.write('error: --events is a whole number above 0, at most 999999\n');
  process.exit(2);
}
const events = Number(values.events);

const aws = await startLocalAws(source);
Object.assign(process.env, aws.environment());
const queue = await aws.createQueue('image-action', { maxReceiveCount: 5, visibilitySeconds: 360 });
const inbox = await aws.createQueue('subscriber');
const topic = await aws.createTopic('alerts');
await aws.subscribeQueue(topic, inbox.arn);
await aws.createTable(tableDefinition('incidents'));
const rules = [ireland, sydney].map(({ region }) => ({ destinations: [{ region, registryId: account }] }));
aws.ecr.call(source, 'PutReplicationConfiguration', { replicationConfiguration: { rules } });

const images = Array.from({ length: events }, (_, n) => ({
  repository: `prod-${n % repositories}`,
  digest: `sha256:${n.toString(16).padStart(64, '0')}` as Digest,
  tag: `build-${n}`,
}));
for (const registry of [source, ireland, sydney]) {
  for (const { repository, digest, tag } of images)
    aws.ecr.seed(registry, repository, [{ digest, tags: [tag] }]);
}

const config: Config = {
  incidentsTable: 'incidents',
  alertTopicArn: topic,
  hub: source,
  queueUrl: queue.url,
  policies: { ...defaultPolicies, looks },
};
const ports = awsPorts(config, { now: Date.now, chance: Math.random, log: () => {} });
const queues = createQueueReader(aws);
let runs = 0;
let notices = 0;
let mostBytes = 0;

const endThrottle = aws.ecr.faults.place({ ...sydney, effect: { is: 'throttle' } });
const startedAt = performance.now();
const sources = [
  queues.startSource(queue, {
    batchSize: 1_000,
    batchWindowMs: 1_000,
    maxConcurrency: 4,
    handler: async (event) => {
      runs += 1;
      return batchResponse(await settleImageActions(ports, config.policies, queueRecords(event)));
    },
  }),
  queues.startSource(inbox, {
    handler: async ({ Records }) => {
      notices += Records.length;
    },
  }),
];

const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
const limit = pLimit(20);
const at = Date.now();
await Promise.all(
  Array.from({ length: Math.ceil(events / 10) }, (_, batch) =>
    limit(() =>
      sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: queue.url,
          Entries: images.slice(batch * 10, batch * 10 + 10).map((image, index) => ({
            Id: String(index),
            MessageBody: JSON.stringify(eventOf({ is: 'push', registry: source, ...image, at })),
          })),
        }),
      ),
    ),
  ),
);
const sentSeconds = (performance.now() - startedAt) / 1000;
setTimeout(endThrottle, throttledSeconds * 1000);

const progress = createProgress(process.stderr, events * 2, 'replicas');
const sum = (name: string): number =>
  aws.cloudwatch
    .datapoints(name)
    .filter(({ dimensions }) => Object.keys(dimensions).length > 0)
    .flatMap((point) => point.values)
    .reduce((total, { value, count }) => total + value * count, 0);
let nextFollowUp = 0;
let waiting = events;
while (waiting > 0 || performance.now() - startedAt < (sentSeconds + throttledSeconds) * 1000) {
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
  if (performance.now() >= nextFollowUp) {
    nextFollowUp = performance.now() + followUpSeconds * 1000;
    await followUp(ports, config);
  }
  waiting = await queues.countMessages(queue);
  progress.show(Math.min(events * 2, sum('ReplicasVerified')));
}
// The next look at the destination's own incident comes a minute after it was opened.
const restUntil = performance.now() + 90_000;
while (performance.now() < restUntil && (await openIncidents()) > 0) {
  await followUp(ports, config);
  await new Promise((resolve) => setTimeout(resolve, 5_000));
}
progress.end();

async function openIncidents(): Promise<number> {
  const counts = await Promise.all((await ports.readGroups()).map((group) => ports.readOpen(group, 0)));
  return counts.reduce((total, { ids }) => total + ids.size, 0);
}

const took = (performance.now() - startedAt) / 1000;
const dead = queue.dead === undefined ? 0 : await queues.countMessages(queue.dead);
const open = await openIncidents();
const [verified, pushesSeen, unreadable] = ['ReplicasVerified', 'PushesSeen', 'ReplicasUnreadable'].map(sum);
const number = (value: number): string => Math.round(value).toLocaleString('en-US');
process.stdout.write(`
events                    ${number(events)} × 2 destinations, sent within ${number(sentSeconds)} s
throttled                 ${sydney.region}, every call until ${number(sentSeconds + throttledSeconds)} s
pushes seen               ${number(pushesSeen ?? 0)}
verified                  ${number(verified ?? 0)}
looks that were throttled ${number(unreadable ?? 0)}
batches                   ${number(runs)}
notices                   ${number(notices)}
left in the queue         ${number(waiting)}; dead letters ${number(dead)}; open incidents ${number(open)}
most memory               ${number(mostBytes / 2 ** 20)} MB, the local AWS included
time                      ${number(took)} s, ${number(events / took)} events a second
`);
if (pushesSeen !== events || verified !== events * 2 || waiting + dead + open > 0) {
  process.stdout.write('\nLOST, or counted twice: the figures do not add up\n');
  process.exitCode = 1;
}
for (const one of sources) await one.stop();
queues.close();
sqs.destroy();
await aws.stop();
process.exit();
