/** What comes in from outside, changed in any place: events, records of a queue, notices of a topic, settings. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publicationOf } from '../../lib/alert/publication.ts';
import { parseRoutes, topicArnPattern } from '../../lib/alert/route.ts';
import { slackMessage } from '../../lib/alert/slack.ts';
import { environmentKeys, loadConfig } from '../../lib/config.ts';
import { noticeRecords } from '../../lib/event/machine-notice.ts';
import { parseSweepMessage, parseSweepOrder } from '../../lib/event/sweep-message.ts';
import { isRepositoryName } from '../../lib/image/reference.ts';
import { queueRecords } from '../../lib/lambda/queue-batch.ts';
import { memoryIncidentStore } from '../../lib/local/incident-store.ts';
import { createLog } from '../../lib/log.ts';
import { watchConfig } from '../../lib/monitor/config-watch.ts';
import { settleImageActions } from '../../lib/monitor/image-actions.ts';
import { settleReplicationActions } from '../../lib/monitor/replication-actions.ts';
import { defaultPolicies } from '../../lib/policies.ts';
import type { Ports } from '../../lib/ports.ts';
import { firing, opened } from '../alert/examples.ts';
import { notice, strangeText } from '../arbitraries.ts';
import { sampleEvent, sqsEvent } from '../functions/bundle.ts';
import { ireland, source } from '../samples.ts';
import { change, changed } from './garbage.ts';
import { runs, timeFor } from './runs.ts';

const changes = fc.array(change, { minLength: 1, maxLength: 4 });

function portsLogging(lines: string[]): Ports {
  return {
    ...memoryIncidentStore(),
    now: Date.now,
    chance: () => 0.5,
    log: createLog((line) => void lines.push(line), Date.now, 'DEBUG'),
    readRules: async () => ({ is: 'read', rules: [{ destinations: [ireland], prefixes: [] }] }),
    readRepositories: async () => ['prod-api'],
    takeCalls: () => new Map(),
    readImages: async ({ batches }) => new Map(batches.flat().map((digest) => [digest, { is: 'absent' }])),
    readTags: async () => ({ is: 'read', holders: new Map() }),
    readTagSettings: async () => undefined,
    readClaims: async () => ({ is: 'read', entries: [] }),
    readInventory: async () => ({ is: 'unreadable', why: 'throttled' }),
    sendAgain: async () => new Set(),
    publish: async () => {},
    putMetrics: async () => {},
  };
}

describe('an event', () => {
  it(
    'in a message stops only its own message, whatever is in it, and is told in a line',
    async () => {
      const samples = await Promise.all(
        ['image-action-push', 'replication-action-failed', 'image-action-delete'].map((name) =>
          sampleEvent(`${name}.json`, 4_000),
        ),
      );
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...samples),
          changes,
          fc.double({ min: 0, max: 1, noNaN: true }),
          fc.constantFrom(settleImageActions, settleReplicationActions),
          async (sample, drawn, part, settle) => {
            const whole = JSON.stringify(drawn.reduce<unknown>(changed, sample)) ?? '';
            const body = part > 0.9 ? whole.slice(0, whole.length * part) : whole;
            const lines: string[] = [];
            const records = queueRecords(sqsEvent(body, sample));
            const unfinished = await settle(portsLogging(lines), defaultPolicies, records);
            // The other one is well.
            expect(unfinished.has('m1')).toBe(false);
            if (unfinished.has('m0')) expect(lines.join('\n')).toContain('Message cannot be read');
            for (const line of lines) expect(line.length).toBeLessThan(10_000);
          },
        ),
        runs(300),
      );
    },
    timeFor(300),
  );

  it(
    'of a changed registry is acted upon, left alone, or refused in a line',
    async () => {
      const sample = await sampleEvent('registry-change-rules.json', 0);
      await fc.assert(
        fc.asyncProperty(changes, async (drawn) => {
          const event = drawn.reduce<unknown>(changed, sample);
          const fault = await watchConfig(portsLogging([]), { policies: defaultPolicies }, event).then(
            () => 'the event cannot be read: none',
            (error: Error) => error.message,
          );
          expect(fault).toMatch(/^the event cannot be read: [^\n]{1,2000}$/);
        }),
        runs(300),
      );
    },
    timeFor(300),
  );

  it('of a queue is its records, or refused in a line', async () => {
    const sample = sqsEvent(await sampleEvent('image-action-push.json', 0), 'x');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          changes.map((drawn) => drawn.reduce<unknown>(changed, sample)),
        ),
        (event) => {
          let fault = '';
          try {
            for (const { messageId, body } of queueRecords(event))
              expect([typeof messageId, typeof body]).toEqual(['string', 'string']);
          } catch (error) {
            fault = (error as Error).message;
          }
          expect(fault).toMatch(/^$|^not an event of a queue: [^\n]{1,2000}$/);
        },
      ),
      runs(500),
    );
  });
});

describe('a message of the sweep', () => {
  it('is one, or refused in a line, and so is an order to sweep', () => {
    const sound = {
      version: 1,
      is: 'compare',
      run: 'a run',
      source,
      repository: 'prod-api',
      destinations: [{ registry: ireland, expectedSince: 0 }],
      watchedSince: 0,
      since: 0,
      stops: 0,
    };
    fc.assert(
      fc.property(changes, (drawn) => {
        const message = drawn.reduce<unknown>(changed, sound);
        for (const read of [parseSweepMessage(JSON.stringify(message) ?? ''), parseSweepOrder(message)])
          if (!read.ok) expect(read.fault).toMatch(/^[^\n]{1,2000}$/);
      }),
      runs(300),
    );
  });
});

describe('a notice on its way to Slack', () => {
  it('is posted within the limits, or said to be none, whatever has become of it', () => {
    const plain = JSON.parse(
      publicationOf(firing(opened('overdue', { seen: 'missing' }))).texts.default,
    ) as unknown;
    const any = notice.map((one) => JSON.parse(publicationOf(one).texts.default) as unknown);
    fc.assert(
      fc.property(fc.oneof(fc.constant(plain), any), changes, (sound, drawn) => {
        const Message = JSON.stringify(drawn.reduce<unknown>(changed, sound));
        for (const { notice: read } of noticeRecords({ Records: [{ Sns: { MessageId: 'm', Message } }] })) {
          if (read.is !== 'ours') continue;
          const { text, blocks } = slackMessage(read.value);
          expect(text.length).toBeLessThanOrEqual(3_000);
          expect(blocks.length).toBeLessThanOrEqual(50);
        }
      }),
      runs(300),
    );
  });

  it('comes in records of which none is taken for another', () => {
    fc.assert(
      fc.property(fc.anything(), (event) => {
        for (const { notice: read } of noticeRecords(event)) expect(read.is).not.toBe('ours');
      }),
      runs(300),
    );
  });
});

describe('a setting', () => {
  const arn = 'arn:aws:sns:us-east-1:111122223333:alerts';
  const sound: Readonly<Record<string, string>> = {
    INCIDENTS_TABLE: 'incidents',
    ALERT_TOPIC_ARN: arn,
    ALERT_TOPICS: `severity:critical=${arn},prefix:prod/=${arn}`,
    IMAGE_ACTION_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/image-action',
    REPLICATION_ACTION_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/replication-action',
    DEADLINE_MINUTES: '30',
    DEADLINES_BY_PREFIX: 'prod/=10,batch/=120,sandbox/=ignore',
    READ_ROLE_NAME: 'reader',
    READ_ROLE_EXTERNAL_ID: 'our-monitor',
    METRICS_BY_REPOSITORY: 'prod/,base/',
    ALLOWED_DESTINATIONS: 'eu-west-1,111122223333/eu-west-2',
  };
  /** Characters of a sound value left out, put in, doubled or swapped. */
  const nearly = (value: string): fc.Arbitrary<string> =>
    fc
      .array(
        fc.tuple(
          fc.nat(value.length),
          fc.nat(4),
          fc.oneof(fc.constantFrom('=', ',', ' ', ':', '/', '\n'), strangeText),
        ),
        { maxLength: 3 },
      )
      .map((edits) =>
        edits.reduce((text, [at, drop, put]) => text.slice(0, at) + put + text.slice(at + drop), value),
      );
  const environment = fc.record(
    Object.fromEntries(
      Object.entries(sound).map(([key, value]) => [key, fc.oneof(fc.constant(value), nearly(value))]),
    ),
    { requiredKeys: [] },
  );

  it('is sound when it is taken, and named in a line when it is not', () => {
    fc.assert(
      fc.property(
        environment,
        fc.constantFrom('image-action', 'replication-action', 'follow-up', 'config-watch'),
        (values, name) => {
          const config = loadConfig(values, name);
          if (!config.ok) {
            expect(config.fault).toMatch(/^configuration: [^\n\r]+$/);
            expect(config.fault.length).toBeLessThan(6_000);
            const keys = [...config.fault.matchAll(/(?:configuration|;): ([A-Z_]+)/g)].map(
              ([, key = '']) => key,
            );
            for (const key of keys) expect(Object.keys(environmentKeys)).toContain(key);
            return;
          }
          const { alertTopicArn, alertRoutes = [], hub, policies } = config.value;
          for (const topic of [alertTopicArn, ...alertRoutes.map(({ topicArn }) => topicArn)])
            expect(topic).toMatch(topicArnPattern);
          expect(`${hub.account}/${hub.region}`).toMatch(/^\d{12}\/[a-z0-9-]+$/);
          expect(policies.looks.deadlineSeconds).toBeGreaterThan(0);
          for (const { prefix, deadline } of policies.looks.byPrefix) {
            expect(prefix).toSatisfy(isRepositoryName);
            if (deadline !== 'ignore') expect(deadline.seconds).toBeGreaterThan(0);
          }
          for (const prefix of policies.metrics.byRepository) expect(prefix).toSatisfy(isRepositoryName);
        },
      ),
      runs(1_000),
    );
  });

  it('that routes names what is wrong in a line, however long it is', () => {
    fc.assert(
      fc.property(fc.oneof(strangeText, nearly(sound['ALERT_TOPICS'] ?? '')), (text) => {
        const routes = parseRoutes(text, 'us-east-1');
        if (!routes.ok) expect(routes.fault).toMatch(/^[^\n]{1,2000}$/);
      }),
      runs(500),
    );
  });
});
