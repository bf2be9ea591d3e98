// The way in: which events the rules let through, and which queues take them from nobody else and lose none.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepersAtOnce } from '../../lib/aws/port-parts.ts';
import { parseImageAction } from '../../lib/event/image-action.ts';
import { parseRegistryChange, watchedCalls } from '../../lib/event/registry-change.ts';
import { parseReplicationAction } from '../../lib/event/replication-action.ts';
import { type EventPattern, matchesPattern } from '../../lib/local/event-pattern.ts';
import { type Packaged, packageCopy } from './package.ts';
import { isAllowed } from './simulate.ts';
import {
  account,
  type EventSourceMapping,
  functionsOf,
  type LambdaFunction,
  lastOf,
  listOf,
  type Policy,
  queueOf,
  region,
  resourcesOf,
  type Template,
  the,
} from './template.ts';

interface Queue {
  readonly DelaySeconds?: number;
  readonly VisibilityTimeout?: number;
  readonly MessageRetentionPeriod: number;
  readonly SqsManagedSseEnabled: boolean;
  readonly RedrivePolicy?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
}

interface Rule {
  readonly EventBusName?: string;
  readonly EventPattern: EventPattern;
  readonly Targets: readonly {
    readonly Arn: string;
    readonly RetryPolicy: { readonly MaximumEventAgeInSeconds: number };
    readonly DeadLetterConfig: { readonly Arn: string };
  }[];
}

const events = join(import.meta.dirname, '../../events');
const samples = readdirSync(events).filter((file) => file.endsWith('.json'));

let packaged: Packaged;
let template: Template;

beforeAll(async () => {
  packaged = await packageCopy();
  template = packaged.template;
});
afterAll(() => packaged?.remove());

function queues(): ReadonlyMap<string, Queue> {
  return resourcesOf<Queue>(template, 'AWS::SQS::Queue');
}

function rules(): ReadonlyMap<string, Rule> {
  return resourcesOf<Rule>(template, 'AWS::Events::Rule');
}

/** Which rules an event passes that comes to a bus. */
function admitting(event: object, bus?: string): readonly string[] {
  return [...rules()]
    .filter(
      ([, { EventBusName, EventPattern }]) => EventBusName === bus && matchesPattern(EventPattern, event),
    )
    .map(([id]) => id);
}

describe('the rules', () => {
  it('have sample events to be tried on', () => {
    expect(samples).not.toEqual([]);
  });

  it.each(samples)('let %s through exactly where a function reads it', (file) => {
    for (const event of listOf<object>(JSON.parse(readFileSync(join(events, file), 'utf8')))) {
      const readers = [
        ...(parseImageAction(event).is === 'not-ours' ? [] : ['ImageActionRule']),
        ...(parseReplicationAction(event).is === 'not-ours' ? [] : ['ReplicationActionRule']),
        ...(parseRegistryChange(event).is === 'not-ours' ? [] : ['RegistryChangeRule']),
      ];
      const isEvent = 'source' in event && 'detail-type' in event;
      expect(admitting(event)).toEqual(isEvent ? readers : []);
    }
  });

  const image = 'ECR Image Action';
  const replication = 'ECR Replication Action';
  it.each([
    ['a push', image, { 'action-type': 'PUSH', result: 'SUCCESS' }, ['ImageActionRule']],
    ['a refused push', image, { 'action-type': 'PUSH', result: 'FAILURE' }, []],
    ['a deletion', image, { 'action-type': 'DELETE', result: 'SUCCESS' }, []],
    ['an arrival', replication, { 'action-type': 'REPLICATE', result: 'SUCCESS' }, ['ReplicationActionRule']],
    ['a failure', replication, { 'action-type': 'REPLICATE', result: 'FAILED' }, ['ReplicationActionRule']],
    [
      'another word for it',
      replication,
      { 'action-type': 'REPLICATE', result: 'FAILURE' },
      ['ReplicationActionRule'],
    ],
    ['a scan', 'ECR Image Scan', { 'scan-status': 'COMPLETE' }, []],
  ])('know %s from the rest', (_, detailType, detail, expected) => {
    expect(admitting({ source: 'aws.ecr', 'detail-type': detailType, detail })).toEqual(expected);
    expect(admitting({ source: 'my.tests', 'detail-type': detailType, detail })).toEqual([]);
  });

  const call = (eventName: string, more: object = {}) => ({
    source: 'aws.ecr',
    'detail-type': 'AWS API Call via CloudTrail',
    detail: { eventSource: 'ecr.amazonaws.com', eventName, ...more },
  });
  it('let through each call that is watched, unless it was refused, and no other', () => {
    for (const name of watchedCalls) {
      expect(admitting(call(name))).toEqual(['RegistryChangeRule']);
      expect(admitting(call(name, { errorCode: 'AccessDenied' }))).toEqual([]);
    }
    for (const name of ['PutImage', 'DescribeImages', 'CreateRepository'])
      expect(admitting(call(name))).toEqual([]);
  });

  it('are the same for what comes from spokes, on a bus of their own', () => {
    const here = [...rules()].filter(([, { EventBusName }]) => EventBusName === undefined);
    const ofSpokes = [...rules()].filter(([, { EventBusName }]) => EventBusName === 'SpokeBus');
    const unnamed = ([id, { EventPattern, Targets }]: [string, Rule]) => [id, { EventPattern, Targets }];
    expect(ofSpokes.map(unnamed)).toEqual(
      here.map(unnamed).map(([id, rule]) => [`Spoke${String(id)}`, rule]),
    );
  });

  it('send to the queue of their function, and keep what cannot be delivered', () => {
    const targets = [...rules()].flatMap(([id, { Targets }]) =>
      Targets.map(({ Arn, DeadLetterConfig }) => [id, lastOf(Arn), lastOf(DeadLetterConfig.Arn)]),
    );
    expect(targets.filter(([id]) => !id?.startsWith('Spoke'))).toEqual([
      ['ImageActionRule', 'ImageActionQueue', 'ImageActionDeadLetters'],
      ['ReplicationActionRule', 'ReplicationActionQueue', 'ReplicationActionDeadLetters'],
      ['RegistryChangeRule', 'ConfigDashwatchLambdaFunction', 'RegistryChangeDeadLetters'],
    ]);
    const ages = [...rules().values()].flatMap(({ Targets }) =>
      Targets.map(({ RetryPolicy }) => RetryPolicy.MaximumEventAgeInSeconds),
    );
    expect(new Set(ages)).toEqual(new Set([3600]));
  });
});

describe('the queues', () => {
  it('hide a batch for six times as long as its function may take, and take back only what failed', () => {
    const mappings = [
      ...resourcesOf<EventSourceMapping>(template, 'AWS::Lambda::EventSourceMapping').values(),
    ];
    expect(mappings).toHaveLength(3);
    const functions = resourcesOf<LambdaFunction>(template, 'AWS::Lambda::Function');
    for (const { EventSourceArn, FunctionName, FunctionResponseTypes, ScalingConfig } of mappings) {
      const { VisibilityTimeout } = the(queues(), lastOf(EventSourceArn));
      expect(VisibilityTimeout).toBe(6 * the(functions, lastOf(FunctionName)).Timeout);
      expect(FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      // Each process of the sweep has its share of one budget of calls; the one that lists has the last.
      const isSweep = lastOf(EventSourceArn) === 'SweepQueue';
      expect(ScalingConfig.MaximumConcurrency).toBe(isSweep ? sweepersAtOnce - 1 : 10);
    }
  });

  it('may be sent to again and again by the function that reads them, and by no other', () => {
    const senders = [...functionsOf(template)].filter(([, { RecursiveLoop }]) => RecursiveLoop === 'Allow');
    const readers = [...functionsOf(template).keys()].filter((name) => queueOf(template, name) !== undefined);
    expect(senders.map(([name]) => name)).toEqual(readers);
  });

  it('hold pushes back until replication has had its usual time, and nothing else', () => {
    expect(the(queues(), 'ImageActionQueue').DelaySeconds).toBe(15);
    expect(the(queues(), 'ReplicationActionQueue').DelaySeconds ?? 0).toBe(0);
  });

  it('are encrypted, and each leads to a dead-letter queue that keeps longer', () => {
    const ledTo: string[] = [];
    for (const { SqsManagedSseEnabled, RedrivePolicy, MessageRetentionPeriod } of queues().values()) {
      expect(SqsManagedSseEnabled).toBe(true);
      if (RedrivePolicy === undefined) continue;
      const id = lastOf(RedrivePolicy.deadLetterTargetArn);
      ledTo.push(id);
      expect(RedrivePolicy.maxReceiveCount).toBe(5);
      expect(the(queues(), id).MessageRetentionPeriod).toBeGreaterThan(MessageRetentionPeriod);
    }
    const ends = [...queues()]
      .filter(([, { RedrivePolicy }]) => RedrivePolicy === undefined)
      .map(([id]) => id);
    expect(ledTo).toEqual(['ImageActionDeadLetters', 'ReplicationActionDeadLetters', 'SweepDeadLetters']);
    expect(ends.toSorted()).toEqual([...ledTo, 'RegistryChangeDeadLetters', 'UndeliveredAlerts'].sort());
  });

  it('take what their own rules send over TLS, and nothing else', async () => {
    const from = (rule: string) => ({ 'aws:SourceArn': `arn:aws:events:${region}:${account}:rule/${rule}` });
    for (const [id, { Targets }] of rules()) {
      const queuesOfRule = Targets.flatMap(({ Arn, DeadLetterConfig }) => [Arn, DeadLetterConfig.Arn]).filter(
        (arn) => arn.startsWith('arn:aws:sqs:'),
      );
      expect(queuesOfRule, id).not.toEqual([]);
      for (const resource of queuesOfRule) {
        const policy = { resource: policyOf(resource) };
        const send = {
          action: 'sqs:SendMessage',
          resource,
          principal: 'events.amazonaws.com',
          context: from(id),
        };
        expect(await isAllowed(send, policy)).toBe(true);
        expect(await isAllowed({ ...send, context: from('AnotherRule') }, policy)).toBe(false);
        const plain = { ...from(id), 'aws:SecureTransport': 'false' };
        expect(await isAllowed({ ...send, context: plain }, policy)).toBe(false);
        const stranger = 'arn:aws:iam::999999999999:role/any';
        expect(await isAllowed({ ...send, principal: stranger }, policy)).toBe(false);
      }
    }
    expect(rules().size).toBe(6);
  });

  it('take what the topic could not deliver, and nothing of another topic', async () => {
    const resource = `arn:aws:sqs:${region}:${account}:UndeliveredAlerts`;
    const send = (topic: string) => ({
      action: 'sqs:SendMessage',
      resource,
      principal: 'sns.amazonaws.com',
      context: { 'aws:SourceArn': `arn:aws:sns:${region}:${account}:${topic}` },
    });
    expect(await isAllowed(send('AlertTopic'), { resource: policyOf(resource) })).toBe(true);
    expect(await isAllowed(send('payroll'), { resource: policyOf(resource) })).toBe(false);
  });
});

describe('config-watch', () => {
  it('may be called by its two rules, and keeps what it failed at', () => {
    const permissions = resourcesOf<{ FunctionName: string; Principal: string; SourceArn: string }>(
      template,
      'AWS::Lambda::Permission',
    );
    const { id, DeadLetterConfig } = the(functionsOf(template), 'config-watch');
    const callers = [...permissions.values()]
      .filter(({ FunctionName }) => lastOf(FunctionName) === id)
      .map(({ Principal, SourceArn }) => [Principal, lastOf(SourceArn)]);
    expect(callers).toEqual([
      ['events.amazonaws.com', 'rule/RegistryChangeRule'],
      ['events.amazonaws.com', 'rule/SpokeRegistryChangeRule'],
    ]);
    expect(lastOf(DeadLetterConfig?.TargetArn ?? '')).toBe('RegistryChangeDeadLetters');
  });
});

function policyOf(queueArn: string): Policy {
  const policies = resourcesOf<{ Queues: readonly string[]; PolicyDocument: Policy }>(
    template,
    'AWS::SQS::QueuePolicy',
  );
  const found = [...policies.values()].find(({ Queues }) =>
    Queues.some((url) => url.endsWith(`/${lastOf(queueArn)}`)),
  );
  if (found === undefined) throw new Error(`${queueArn} has no policy`);
  return found.PolicyDocument;
}
