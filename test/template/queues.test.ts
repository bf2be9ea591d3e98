// The way in: which events the rules let through, and which queues take them from nobody else and lose none.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseImageAction } from '../../lib/event/image-action.ts';
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

/** Which rules an event passes. */
function admitting(event: object): readonly string[] {
  return [...rules()].filter(([, { EventPattern }]) => matchesPattern(EventPattern, event)).map(([id]) => id);
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

  it('send to the queue of their function, and keep what cannot be delivered', () => {
    const targets = [...rules()].flatMap(([id, { Targets }]) =>
      Targets.map(({ Arn, DeadLetterConfig }) => [id, lastOf(Arn), lastOf(DeadLetterConfig.Arn)]),
    );
    expect(targets).toEqual([
      ['ImageActionRule', 'ImageActionQueue', 'ImageActionDeadLetters'],
      ['ReplicationActionRule', 'ReplicationActionQueue', 'ReplicationActionDeadLetters'],
    ]);
    const ages = [...rules().values()].flatMap(({ Targets }) =>
      Targets.map(({ RetryPolicy }) => RetryPolicy.MaximumEventAgeInSeconds),
    );
    expect(ages).toEqual([3600, 3600]);
  });
});

describe('the queues', () => {
  it('hide a batch for six times as long as its function may take, and take back only what failed', () => {
    const mappings = [
      ...resourcesOf<EventSourceMapping>(template, 'AWS::Lambda::EventSourceMapping').values(),
    ];
    expect(mappings).toHaveLength(2);
    const functions = resourcesOf<LambdaFunction>(template, 'AWS::Lambda::Function');
    for (const { EventSourceArn, FunctionName, FunctionResponseTypes, ScalingConfig } of mappings) {
      const { VisibilityTimeout } = the(queues(), lastOf(EventSourceArn));
      expect(VisibilityTimeout).toBe(6 * the(functions, lastOf(FunctionName)).Timeout);
      expect(FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      expect(ScalingConfig.MaximumConcurrency).toBe(10);
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
    expect(ends).toEqual(['ImageActionDeadLetters', 'ReplicationActionDeadLetters']);
    expect(ledTo).toEqual(ends);
  });

  it('take what their own rule sends over TLS, and nothing else', async () => {
    const from = (rule: string) => ({ 'aws:SourceArn': `arn:aws:events:${region}:${account}:rule/${rule}` });
    for (const [id, { Targets }] of rules()) {
      for (const resource of Targets.flatMap(({ Arn, DeadLetterConfig }) => [Arn, DeadLetterConfig.Arn])) {
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
    expect(rules().size).toBe(2);
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
