/**
 * The use cases on an AWS whose answers are garbage. A replica is verified only if an answer of its destination held
 * that digest, active, under its tag; a message is let go only for a reason that an answer gave; nothing crashes.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awsPorts } from '../../lib/aws/ports.ts';
import { loadConfig } from '../../lib/config.ts';
import { writeSweepMessage } from '../../lib/event/sweep-message.ts';
import { type Registry, registryKey } from '../../lib/image/registry.ts';
import { memoryIncidentStore } from '../../lib/local/incident-store.ts';
import { watchConfig } from '../../lib/monitor/config-watch.ts';
import { followUp } from '../../lib/monitor/follow-up.ts';
import { settleImageActions } from '../../lib/monitor/image-actions.ts';
import { settleReplicationActions } from '../../lib/monitor/replication-actions.ts';
import { startSweep } from '../../lib/monitor/start-sweep.ts';
import { settleSweepMessages } from '../../lib/monitor/sweep-message.ts';
import { exemptMessage, lookedMessage } from '../../lib/monitor/trace.ts';
import { defaultPolicies } from '../../lib/policies.ts';
import type { Ports } from '../../lib/ports.ts';
import { sampleEvent } from '../functions/bundle.ts';
import { digestOf, ireland, source, sydney } from '../samples.ts';
import { pushEvent, reportEvent } from '../world.ts';
import { bodyOf, expectTheirs, isRecord, mishapsOf, useGarbageAws } from './against-garbage.ts';
import type { Exchange, WellFormed } from './garbage-aws.ts';
import { runs, timeFor } from './runs.ts';

const garbageAws = useGarbageAws();

const hour = 3_600_000;
const now = Date.UTC(2026, 10, 24, 12);
const repository = 'prod-api';
const digest = digestOf('prod-api');
const tag = '1.4.2';
const destinations: readonly Registry[] = [ireland, sydney];

/** Everything is where it must be: whatever else comes out is the garbage's doing. */
const allIsWell: WellFormed = ({ service, operation, input }) => {
  const at = now / 1000 - 100;
  switch (`${service}.${operation}`) {
    case 'ecr.DescribeRegistry':
      return {
        registryId: source.account,
        replicationConfiguration: {
          rules: [
            {
              destinations: destinations.map(({ account, region }) => ({ registryId: account, region })),
              repositoryFilters: [{ filter: 'prod-', filterType: 'PREFIX_MATCH' }],
            },
          ],
        },
      };
    case 'ecr.DescribeImages':
      return {
        imageDetails: [
          { imageDigest: digest, imageTags: ['latest', tag], imageStatus: 'ACTIVE', imagePushedAt: at },
        ],
      };
    case 'ecr.ListImages':
      return { imageIds: [{ imageDigest: digest, imageTag: tag }] };
    case 'ecr.DescribeImageReplicationStatus':
      return {
        replicationStatuses: destinations.map(({ account, region }) => ({
          registryId: account,
          region,
          status: 'IN_PROGRESS',
        })),
      };
    case 'ecr.DescribeRepositories':
      return { repositories: [{ repositoryName: repository, imageTagMutability: 'MUTABLE' }] };
    case 'dynamodb.BatchGetItem':
      return { Responses: { incidents: [] }, UnprocessedKeys: {} };
    case 'dynamodb.Query':
      return { Items: [], Count: 0 };
    case 'sqs.SendMessageBatch': {
      const entries = Array.isArray(input['Entries']) ? (input['Entries'] as { Id: string }[]) : [];
      return { Successful: entries.map(({ Id }) => ({ Id, MessageId: Id })), Failed: [] };
    }
    case 'sns.Publish':
      return '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>';
    default:
      return {};
  }
};

const operations = {
  ecr: [
    'DescribeRegistry',
    'DescribeImages',
    'ListImages',
    'DescribeImageReplicationStatus',
    'DescribeRepositories',
  ],
  others: [
    ...['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem', 'Query'].map((name) => `dynamodb.${name}`),
    ...['sqs.SendMessageBatch', 'sns.Publish', 'monitoring.PutMetricData'],
  ],
};

interface Line {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

function portsWith(lines: Line[]): Ports {
  const config = loadConfig(
    {
      INCIDENTS_TABLE: 'incidents',
      ALERT_TOPIC_ARN: `arn:aws:sns:${source.region}:${source.account}:alerts`,
      IMAGE_ACTION_QUEUE_URL: `https://sqs.${source.region}.amazonaws.com/${source.account}/image-action`,
    },
    'image-action',
  );
  if (!config.ok) throw new Error(config.fault);
  return awsPorts(config.value, {
    now: () => now,
    chance: () => 0.5,
    log: (_, message, fields = {}) => void lines.push({ message, fields }),
  });
}

describe('an ECR that answers garbage', () => {
  it(
    'makes nothing verified that it did not show, and loses no message',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          mishapsOf(operations.ecr.map((name) => `ecr.${name}`)),
          fc.constantFrom(60_000, 2 * hour),
          fc.boolean(),
          async (mishaps, age, isTagged) => {
            garbageAws().begin(mishaps, allIsWell);
            const lines: Line[] = [];
            const again = new Set<string>();
            const store = memoryIncidentStore();
            const ports: Ports = {
              ...portsWith(lines),
              ...store,
              publish: async () => {},
              putMetrics: async () => {},
              sendAgain: async (messages) => {
                for (const { id } of messages) again.add(id);
                return new Set();
              },
            };
            const image = { repository, digest, tag: isTagged ? tag : undefined, at: now - age };
            const unfinished = await settleImageActions(ports, defaultPolicies, [
              { messageId: 'm', body: pushEvent(image) },
            ]);
            const looked = lines
              .filter(({ message }) => message === lookedMessage)
              .map(({ fields }) => fields);
            for (const { destination, verdict } of looked) {
              if (verdict === 'verified') expectSeen(String(destination), isTagged);
            }
            if (lines.some(({ message }) => message === exemptMessage)) expectRules();
            // Every destination of the rules that were read has come to something.
            const groups = await store.readGroups();
            const open = (await Promise.all(groups.map((group) => store.readOpen(group, 9)))).flatMap(
              ({ oldest }) => oldest,
            );
            for (const { destination, verdict, decision } of looked) {
              if (unfinished.has('m') || again.has('m')) continue;
              const ended =
                decision === 'done'
                  ? verdict === 'verified' || isTagged
                  : decision === 'withdraw' && saidGone();
              const told = open.some(({ replica }) => registryKey(replica.destination) === destination);
              expect(ended || told, `${destination} ${verdict} ${decision}`).toBe(true);
            }
            expect(looked.length > 0 || unfinished.has('m') || lines.length > 0).toBe(true);
          },
        ),
        runs(150),
      );
    },
    timeFor(150),
  );
});

/** Some answer of this destination held the digest, active, under its tag; or said that the tag is on it. */
function expectSeen(destination: string, isTagged: boolean): void {
  const [, region] = destination.split('/');
  const shown = garbageAws()
    .exchanges()
    .filter((one) => one.operation === 'DescribeImages' && one.region === region);
  const images = shown.flatMap(imagesIn);
  const active = images.filter(
    (image) =>
      image['imageDigest'] === digest && [undefined, null, 'ACTIVE'].includes(image['imageStatus'] as string),
  );
  expect(active, 'no answer showed it active').not.toEqual([]);
  if (!isTagged) return;
  const tagged = images.filter(
    (image) =>
      image['imageDigest'] === digest &&
      Array.isArray(image['imageTags']) &&
      image['imageTags'].includes(tag),
  );
  expect(tagged, 'no answer showed it under its tag').not.toEqual([]);
}

function imagesIn({ answer }: Exchange): readonly Readonly<Record<string, unknown>>[] {
  const body = bodyOf(answer);
  const list = isRecord(body) ? body['imageDetails'] : undefined;
  return answer?.status === 200 && Array.isArray(list) ? list.filter(isRecord) : [];
}

/** No rule covers it: only a list of rules can say that. */
function expectRules(): void {
  const lists = garbageAws()
    .exchanges()
    .filter((one) => {
      if (one.operation !== 'DescribeRegistry' || one.answer?.status !== 200) return false;
      const body = bodyOf(one.answer);
      const configuration = isRecord(body) ? body['replicationConfiguration'] : undefined;
      return isRecord(configuration) && Array.isArray(configuration['rules']);
    });
  expect(lists, 'no answer held a list of rules').not.toEqual([]);
}

function saidGone(): boolean {
  return garbageAws()
    .exchanges()
    .some(
      ({ operation, answer }) =>
        operation === 'DescribeImageReplicationStatus' &&
        /(?:Image|Repository)NotFoundException/.test(answer?.body ?? ''),
    );
}

describe('a table, a queue, a topic and metrics that answer garbage, and ECR with them', () => {
  const everything = [...operations.ecr.map((name) => `ecr.${name}`), ...operations.others];
  const config = { hub: source, policies: defaultPolicies, allowedDestinations: ['eu-west-1'] };
  const image = { repository, digest, tag };

  it(
    'stop a run by a fault of theirs at most, never by one of ours',
    async () => {
      const changed = await rulesChanged();
      const works: Readonly<Record<string, (ports: Ports) => Promise<unknown>>> = {
        'image-action': (ports) =>
          settleImageActions(ports, defaultPolicies, [
            { messageId: 'late', body: pushEvent({ ...image, at: now - 2 * hour }) },
            { messageId: 'young', body: pushEvent({ ...image, digest: digestOf('young'), at: now }) },
          ]),
        'replication-action': (ports) =>
          settleReplicationActions(ports, defaultPolicies, [
            {
              messageId: 'failed',
              body: reportEvent({ ...image, to: ireland, result: 'FAILED', at: now - hour }),
            },
            { messageId: 'arrived', body: reportEvent({ ...image, to: sydney, result: 'SUCCESS', at: now }) },
          ]),
        'follow-up': (ports) => followUp(ports, config),
        sweep: (ports) => startSweep(ports, config, {}, 'an invocation'),
        'sweep-repository': (ports) =>
          settleSweepMessages(ports, defaultPolicies, [{ messageId: 'm', body: comparing }], now + hour),
        'config-watch': (ports) => watchConfig(ports, config, changed),
      };
      await fc.assert(
        fc.asyncProperty(
          mishapsOf(everything),
          fc.constantFrom(...Object.keys(works)),
          async (mishaps, name) => {
            garbageAws().begin(mishaps, allIsWell);
            const fault = await works[name]?.(portsWith([])).then(
              () => undefined,
              (error: unknown) => error,
            );
            if (fault !== undefined) expectTheirs(fault);
          },
        ),
        runs(150),
      );
    },
    timeFor(150),
  );

  it(
    'are believed only when they say that they took it: a message sent again, a notice',
    async () => {
      await fc.assert(
        fc.asyncProperty(mishapsOf(['sqs.SendMessageBatch', 'sns.Publish']), async (mishaps) => {
          garbageAws().begin(mishaps, allIsWell);
          const { sendAgain, publish } = portsWith([]);
          const unsent = await sendAgain([{ id: 'm', body: '{}', delaySeconds: 1 }]);
          if (!unsent.has('m')) expect(answersOf('SendMessageBatch').some(namesAsTaken)).toBe(true);
          const isPublished = await publish(notice).then(
            () => true,
            () => false,
          );
          if (isPublished) expect(answersOf('Publish').join('')).toMatch(/<MessageId\s*>[^<]/);
        }),
        runs(100),
      );
    },
    timeFor(100),
  );
});

const comparing = writeSweepMessage({
  is: 'compare',
  run: 'a run',
  source,
  repository,
  destinations: destinations.map((registry) => ({ registry, expectedSince: 0 })),
  watchedSince: 0,
  since: now - hour,
  stops: 0,
});

const notice = { subject: 'x', texts: { default: '{}', email: 'x' }, attributes: {} };

async function rulesChanged(): Promise<object> {
  return { ...(await sampleEvent('registry-change-rules.json', 0)), time: new Date(now).toISOString() };
}

function answersOf(operation: string): readonly string[] {
  return garbageAws()
    .exchanges()
    .flatMap((one) => (one.operation === operation && one.answer?.status === 200 ? [one.answer.body] : []));
}

function namesAsTaken(body: string): boolean {
  const answer = bodyOf({ status: 200, body });
  const taken = isRecord(answer) ? answer['Successful'] : undefined;
  return Array.isArray(taken) && taken.some((one) => isRecord(one) && one['Id'] === '0');
}
