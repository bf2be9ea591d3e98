// Each function's role against the SDK calls that its code can make: all of them where they are needed, and no more.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isWildcardOnlyAction } from '@cloud-copilot/iam-simulate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metricNamespace } from '../../lib/metric/catalogue.ts';
import { type Packaged, packageCopy } from './package.ts';
import { sdkCallsIn, sdkCallsOf } from './sdk-calls.ts';
import { isAllowed } from './simulate.ts';
import {
  account,
  functionsOf,
  lastOf,
  listOf,
  type Policy,
  queueOf,
  region,
  resourcesOf,
  type Statement,
  type Template,
  the,
} from './template.ts';

interface Role {
  readonly AssumeRolePolicyDocument: Policy;
  readonly Policies: readonly { readonly PolicyDocument: Policy }[];
  readonly ManagedPolicyArns?: readonly string[];
}

interface Attached {
  readonly PolicyDocument: Policy;
}

const functions = join(import.meta.dirname, '../../functions');
const names = readdirSync(functions).map((file) => file.replace(/\.ts$/, ''));

let packaged: Packaged;
let template: Template;

beforeAll(async () => {
  packaged = await packageCopy();
  template = packaged.template;
});
afterAll(() => packaged?.remove());

const arn = {
  table: `arn:aws:dynamodb:${region}:${account}:table/IncidentsTable`,
  topic: `arn:aws:sns:${region}:${account}:AlertTopic`,
  key: `arn:aws:kms:${region}:${account}:key/AlertKey`,
  deadLetters: `arn:aws:sqs:${region}:${account}:ImageActionDeadLetters`,
  // Replication crosses Regions, and so do its reads.
  farRepository: `arn:aws:ecr:ap-south-1:${account}:repository/prod/api`,
};
const inNamespace = { 'cloudwatch:namespace': metricNamespace };

function roleOf(name: string): Policy {
  const { Role } = the(functionsOf(template), name);
  const { Policies, ManagedPolicyArns = [] } = the(roles(), Role.split('/').at(-1) ?? '');
  expect(ManagedPolicyArns).toEqual([]);
  return {
    Version: '2012-10-17',
    Statement: Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
  };
}

function roles(): ReadonlyMap<string, Role> {
  return resourcesOf<Role>(template, 'AWS::IAM::Role');
}

function keyPolicy(): Policy {
  return the(resourcesOf<{ KeyPolicy: Policy }>(template, 'AWS::KMS::Key'), 'AlertKey').KeyPolicy;
}

/** What a role must allow, and on what: the function's own calls, and what Lambda and SNS do in its name. */
async function needsOf(name: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const calls = await sdkCallsOf(join(functions, `${name}.ts`));
  const queue = queueOf(template, name);
  const { id } = the(functionsOf(template), name);
  const needs = new Map<string, readonly string[]>();
  for (const call of calls) {
    // The code that sends is shared; a function that is given no queue has nowhere to send to.
    if (call === 'sqs:SendMessage' && queue === undefined) continue;
    needs.set(call, resourcesFor(call, queue));
  }
  const logStream = `arn:aws:logs:${region}:${account}:log-group:${logGroupOf(id)}:log-stream:2026/11/24/[$LATEST]0`;
  for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents']) needs.set(action, [logStream]);
  // "Configuring an Amazon SQS queue to trigger an AWS Lambda function"
  const taking = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
  if (queue !== undefined) for (const action of taking) needs.set(action, [queue]);
  // "Managing Amazon SNS encryption keys and costs": the publisher needs both.
  const encrypting = ['kms:GenerateDataKey', 'kms:Decrypt'];
  if (calls.has('sns:Publish')) for (const action of encrypting) needs.set(action, [arn.key]);
  return needs;
}

function logGroupOf(functionId: string): string {
  return functionId.replace(/LambdaFunction$/, 'LogGroup');
}

function resourcesFor(call: string, queue: string | undefined): readonly string[] {
  if (call === 'ecr:DescribeRegistry' || call === 'cloudwatch:PutMetricData') return ['*'];
  if (call === 'dynamodb:Query') return [arn.table, `${arn.table}/index/open`, `${arn.table}/index/changes`];
  if (call.startsWith('ecr:')) return [arn.farRepository];
  if (call.startsWith('dynamodb:')) return [arn.table];
  if (call.startsWith('sns:')) return [arn.topic];
  if (call.startsWith('sqs:') && queue !== undefined) return [queue];
  throw new Error(`on what is ${call} called?`);
}

/** KMS asks the key's own policy too, whoever calls. */
async function may(name: string, action: string, resource: string, context = inNamespace): Promise<boolean> {
  const keys = action.startsWith('kms:') ? { resource: keyPolicy() } : {};
  return isAllowed({ action, resource, context }, { identity: roleOf(name), ...keys });
}

describe.each(names)('the role of %s', (name) => {
  it('names exactly the calls that its code makes', async () => {
    const named = roleOf(name).Statement.flatMap(({ Action }) => listOf(Action));
    expect([...named].sort()).toEqual([...(await needsOf(name)).keys()].sort());
  });

  it('allows each of them where it is needed', async () => {
    const refused: string[] = [];
    for (const [action, resources] of await needsOf(name)) {
      for (const resource of resources) {
        if (!(await may(name, action, resource))) refused.push(`${action} on ${resource}`);
      }
    }
    expect(refused).toEqual([]);
  });

  it('reads repositories of another account whose own policy admits it', async () => {
    const resource = 'arn:aws:ecr:eu-central-1:999999999999:repository/prod/api';
    const theirs = (Action: string): Policy => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: account }, Action, Resource: resource }],
    });
    const identity = roleOf(name);
    const read = { action: 'ecr:DescribeImages', resource };
    expect(await isAllowed(read, { identity, resource: theirs('ecr:DescribeImages') })).toBe(true);
    expect(await isAllowed(read, { identity, resource: theirs('ecr:ListImages') })).toBe(false);
  });

  it.each([
    ['pulling an image', 'ecr:BatchGetImage', arn.farRepository],
    ['downloading a layer', 'ecr:GetDownloadUrlForLayer', arn.farRepository],
    ['pushing an image', 'ecr:PutImage', arn.farRepository],
    ['deleting an image', 'ecr:BatchDeleteImage', arn.farRepository],
    ['changing what is replicated', 'ecr:PutReplicationConfiguration', '*'],
    ['alerting another topic', 'sns:Publish', `arn:aws:sns:${region}:${account}:payroll`],
    ['reading another table', 'dynamodb:BatchGetItem', `arn:aws:dynamodb:${region}:${account}:table/payroll`],
    ['forgetting an incident', 'dynamodb:DeleteItem', arn.table],
    ['dropping the table', 'dynamodb:DeleteTable', arn.table],
    ['emptying a dead-letter queue', 'sqs:ReceiveMessage', arn.deadLetters],
    [
      'writing another log',
      'logs:PutLogEvents',
      `arn:aws:logs:${region}:${account}:log-group:x:log-stream:y`,
    ],
    ['using another key', 'kms:Decrypt', `arn:aws:kms:${region}:${account}:key/payroll`],
  ])('forbids %s', async (_, action, resource) => {
    expect(await may(name, action, resource)).toBe(false);
  });

  it('forbids metrics in a namespace of others', async () => {
    expect(await may(name, 'cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': 'AWS/ECR' })).toBe(
      false,
    );
  });

  it('forbids sending to the queue of another function', async () => {
    const queues = names.flatMap((other) => queueOf(template, other) ?? []);
    const others = queues.filter((queue) => queue !== queueOf(template, name));
    expect(others).not.toEqual([]);
    for (const queue of others) expect(await may(name, 'sqs:SendMessage', queue)).toBe(false);
  });
});

describe('all policies', () => {
  it('allow no action by wildcard, but to the account itself on its own key', () => {
    const byWildcard = everyStatement()
      .filter(
        ([, { Effect, Action }]) =>
          Effect === 'Allow' && listOf(Action).some((action) => action.includes('*')),
      )
      .map(([id, { Sid }]) => `${id} ${Sid}`);
    expect(byWildcard).toEqual(['AlertKey ByIamPoliciesOfThisAccount']);
  });

  it('name a resource for every action that has one', async () => {
    const broad: string[] = [];
    for (const [id, { Action, Resource, Condition }] of statementsOfRoles()) {
      if (!listOf(Resource).includes('*')) continue;
      // What is published is bounded by its namespace: a metric is no resource.
      if (Condition?.['StringEquals']?.['cloudwatch:namespace'] === metricNamespace) continue;
      for (const action of listOf(Action)) {
        const [service = '', operation = ''] = action.split(':');
        if (!(await isWildcardOnlyAction(service, operation))) broad.push(`${id} ${action}`);
      }
    }
    expect(broad).toEqual([]);
  });

  it('leave a part of a name open for repositories only: the rules decide on Regions and accounts', () => {
    const open = statementsOfRoles()
      .flatMap(([, { Resource }]) => listOf(Resource))
      // CloudFormation's ARN of a log group ends with `:*`, its streams.
      .filter((resource) => resource.replace(/:\*$/, '').includes('*') && resource !== '*');
    expect([...new Set(open)]).toEqual(['arn:aws:ecr:*:*:repository/*']);
  });

  it('let nobody but the service take a role on', () => {
    const trusted = [...roles()].map(([id, { AssumeRolePolicyDocument }]) => [
      id,
      AssumeRolePolicyDocument.Statement.map(({ Principal }) => Principal),
    ]);
    expect(Object.fromEntries(trusted)).toEqual({
      ImageActionRole: [{ Service: 'lambda.amazonaws.com' }],
      ReplicationActionRole: [{ Service: 'lambda.amazonaws.com' }],
      FollowUpRole: [{ Service: 'lambda.amazonaws.com' }],
      ScheduleRole: [{ Service: 'scheduler.amazonaws.com' }],
    });
  });

  it('let alarms of this account publish over TLS, and nobody else', async () => {
    const resource = the(
      resourcesOf<Attached>(template, 'AWS::SNS::TopicPolicy'),
      'AlertTopicPolicy',
    ).PolicyDocument;
    const here = { 'aws:SourceAccount': account };
    const publish = {
      action: 'sns:Publish',
      resource: arn.topic,
      principal: 'cloudwatch.amazonaws.com',
      context: here,
    };
    expect(await isAllowed(publish, { resource })).toBe(true);
    const elsewhere = { 'aws:SourceAccount': '999999999999' };
    expect(await isAllowed({ ...publish, context: elsewhere }, { resource })).toBe(false);
    const plain = { ...here, 'aws:SecureTransport': 'false' };
    expect(await isAllowed({ ...publish, context: plain }, { resource })).toBe(false);
    const stranger = 'arn:aws:iam::999999999999:role/any';
    expect(await isAllowed({ ...publish, principal: stranger }, { resource })).toBe(false);
  });

  it('let alarms and rules encrypt alerts, and no other service', async () => {
    const encrypts = (principal: string, from: string) =>
      isAllowed(
        {
          action: 'kms:GenerateDataKey',
          resource: arn.key,
          principal,
          context: { 'aws:SourceAccount': from },
        },
        { resource: keyPolicy() },
      );
    expect(await encrypts('cloudwatch.amazonaws.com', account)).toBe(true);
    expect(await encrypts('events.amazonaws.com', account)).toBe(true);
    expect(await encrypts('cloudwatch.amazonaws.com', '999999999999')).toBe(false);
    expect(await encrypts('s3.amazonaws.com', account)).toBe(false);
  });

  it('let the schedule call follow-up alone', async () => {
    const { Policies } = the(roles(), 'ScheduleRole');
    const identity = {
      Version: '2012-10-17',
      Statement: Policies.flatMap((policy) => policy.PolicyDocument.Statement),
    };
    const called: string[] = [];
    for (const [name, { id }] of functionsOf(template)) {
      const resource = `arn:aws:lambda:${region}:${account}:function:${id}`;
      if (await isAllowed({ action: 'lambda:InvokeFunction', resource }, { identity })) called.push(name);
    }
    expect(called).toEqual(['follow-up']);
  });
});

type Owned = readonly [id: string, statement: Statement];

function statementsOfRoles(): readonly Owned[] {
  return [...roles()].flatMap(([id, { Policies }]) =>
    Policies.flatMap((policy) => owned(id, policy.PolicyDocument)),
  );
}

function everyStatement(): readonly Owned[] {
  const attached = ['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'].flatMap((type) => [
    ...resourcesOf<Attached>(template, type),
  ]);
  return [
    ...statementsOfRoles(),
    ...attached.flatMap(([id, { PolicyDocument }]) => owned(id, PolicyDocument)),
    ...owned('AlertKey', keyPolicy()),
  ];
}

function owned(id: string, { Statement }: Policy): readonly Owned[] {
  return Statement.map((statement) => [lastOf(id), statement] as const);
}

describe('the reader of SDK calls', () => {
  it('sees commands and paginators, in one line or several', () => {
    const code = `import {
      ECRClient,
      paginateListImages
    } from "@aws-sdk/client-ecr";
    import { PublishCommand as P } from "@aws-sdk/client-sns";
    import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";`;
    expect([...sdkCallsIn(code)]).toEqual(['ecr:ListImages', 'sns:Publish', 'sqs:SendMessage']);
  });

  it('refuses to guess', () => {
    expect(() => sdkCallsIn('import { waitUntilTableExists } from "@aws-sdk/client-dynamodb"')).toThrow(
      'not known',
    );
    expect(() => sdkCallsIn('import * as ecr from "@aws-sdk/client-ecr"')).toThrow('by name');
  });
});
