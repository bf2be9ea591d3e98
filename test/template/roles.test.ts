// Each function's role against the SDK calls that its code can make: all of them where they are needed, and no more.
import { join } from 'node:path';
import { isWildcardOnlyAction } from '@cloud-copilot/iam-simulate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metricNamespace } from '../../lib/metric/catalogue.ts';
import { everyOption } from './options.ts';
import { type Packaged, packageCopy } from './package.ts';
import { admitting, alertKeyPolicy, type Role, rightsOf, roleOfFunction, rolesOf } from './role.ts';
import { sdkCallsIn, sdkCallsOf } from './sdk-calls.ts';
import { isAllowed, standIns } from './simulate.ts';
import {
  account,
  functionsFolder,
  functionsOf,
  lastOf,
  listOf,
  functionNames as names,
  type Policy,
  queueOf,
  region,
  resourcesOf,
  type Statement,
  type Template,
  the,
  withParameters,
} from './template.ts';

interface Attached {
  readonly PolicyDocument: Policy;
}

/** What makes all functions, and their widest roles but for a network of their own, which is looked at by itself. */
const asked = {
  SlackWebhookParameter: everyOption.SlackWebhookParameter,
  AlertTopics: everyOption.AlertTopics,
  ReadRoleName: everyOption.ReadRoleName,
  ReadRoleExternalId: everyOption.ReadRoleExternalId,
  Repair: everyOption.Repair,
  ReadManifests: everyOption.ReadManifests,
};

let packaged: Packaged;
let template: Template;

beforeAll(async () => {
  packaged = await packageCopy();
  template = withParameters(packaged.template, asked);
});
afterAll(() => packaged?.remove());

const arn = {
  table: `arn:aws:dynamodb:${region}:${account}:table/IncidentsTable`,
  topic: `arn:aws:sns:${region}:${account}:AlertTopic`,
  key: `arn:aws:kms:${region}:${account}:key/AlertKey`,
  routed: everyOption.AlertTopics.split(',').map((route) => route.split('=')[1] ?? ''),
  /** As spoke.yml makes it in another account. */
  readRole: `arn:aws:iam::999999999999:role/${asked.ReadRoleName}`,
  webhook: `arn:aws:ssm:${region}:${account}:parameter${asked.SlackWebhookParameter}`,
  deadLetters: `arn:aws:sqs:${region}:${account}:ImageActionDeadLetters`,
  // Replication crosses Regions, and so do its reads.
  theirRepository: 'arn:aws:ecr:eu-central-1:999999999999:repository/prod/api',
  farRepository: `arn:aws:ecr:ap-south-1:${account}:repository/prod/api`,
};
const inNamespace = { 'cloudwatch:namespace': metricNamespace };

function roleOf(name: string, of = template): Policy {
  const role = roleOfFunction(of, name);
  expect(role.ManagedPolicyArns ?? []).toEqual([]);
  return rightsOf(role);
}

function roles(of = template): ReadonlyMap<string, Role> {
  return rolesOf(of);
}

/** What a role must allow, and on what: the function's own calls, and what Lambda and SNS do in its name. */
async function needsOf(name: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const calls = await sdkCallsOf(join(functionsFolder, `${name}.ts`));
  const queue = queueOf(template, name);
  const sendsTo = queueSentTo(name);
  const { id, DeadLetterConfig } = the(functionsOf(template), name);
  const needs = new Map<string, readonly string[]>();
  for (const call of calls) {
    // The code that sends is shared; a function that is given no queue has nowhere to send to.
    if (call === 'sqs:SendMessage' && sendsTo === undefined) continue;
    needs.set(call, resourcesFor(call, sendsTo, calls));
  }
  const logStream = `arn:aws:logs:${region}:${account}:log-group:${logGroupOf(id)}:log-stream:2026/11/24/[$LATEST]0`;
  for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents']) needs.set(action, [logStream]);
  // "Configuring an Amazon SQS queue to trigger an AWS Lambda function"
  const taking = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
  if (queue !== undefined) for (const action of taking) needs.set(action, [queue]);
  // "Managing Amazon SNS encryption keys and costs": the publisher needs both.
  const encrypting = ['kms:GenerateDataKey', 'kms:Decrypt'];
  if (calls.has('sns:Publish')) for (const action of encrypting) needs.set(action, [arn.key]);
  // "AWS KMS encryption for AWS Systems Manager Parameter Store SecureString parameters"
  if (calls.has('ssm:GetParameter')) needs.set('kms:Decrypt', [`arn:aws:kms:${region}:${account}:key/any`]);
  // "Configuring a dead-letter queue": Lambda sends in the function's name.
  if (DeadLetterConfig !== undefined) needs.set('sqs:SendMessage', [DeadLetterConfig.TargetArn]);
  return needs;
}

/** Its own queue; `sweep` fills the one that `sweep-repository` reads. */
function queueSentTo(name: string): string | undefined {
  return queueOf(template, name === 'sweep' ? 'sweep-repository' : name);
}

function logGroupOf(functionId: string): string {
  return functionId.replace(/LambdaFunction$/, 'LogGroup');
}

/** Calls that speak of a registry as a whole. */
const ofRegistries = new Set([
  'ecr:DescribeRegistry',
  'ecr:DescribeRepositoryCreationTemplates',
  'ecr:GetRegistryPolicy',
  'ecr:GetRegistryScanningConfiguration',
  'ecr:RegisterPullTimeUpdateExclusion',
  ...standIns.keys(),
]);

function resourcesFor(
  call: string,
  queue: string | undefined,
  calls: ReadonlySet<string>,
): readonly string[] {
  if (ofRegistries.has(call) || call === 'cloudwatch:PutMetricData') return ['*'];
  if (call === 'dynamodb:Query') {
    // The indexes are of incidents, which only who gets them can find by.
    const indexes = calls.has('dynamodb:BatchGetItem') ? ['open', 'changes'] : [];
    return [arn.table, ...indexes.map((index) => `${arn.table}/index/${index}`)];
  }
  if (call.startsWith('ecr:')) return [arn.farRepository];
  if (call.startsWith('dynamodb:')) return [arn.table];
  if (call.startsWith('sns:')) return [arn.topic, ...arn.routed];
  if (call === 'sts:AssumeRole') return [arn.readRole];
  if (call === 'ssm:GetParameter') return [arn.webhook];
  if (call.startsWith('sqs:') && queue !== undefined) return [queue];
  throw new Error(`on what is ${call} called?`);
}

/** KMS asks the key's own policy too, whoever calls; and so does whatever is in another account. */
async function may(
  name: string,
  action: string,
  resource: string,
  context: Readonly<Record<string, string>> = inNamespace,
): Promise<boolean> {
  const elsewhere = ![account, ''].includes(resource.split(':')[4] ?? '');
  const theirs = elsewhere ? { resource: admitting(action) } : {};
  const keys = action.startsWith('kms:') ? { resource: alertKeyPolicy(template) } : theirs;
  return isAllowed({ action, resource, context }, { identity: roleOf(name), ...keys });
}

/** What SSM adds when it decrypts in the function's name; SNS, for the stack's own key, is asked nothing of. */
function viaService(name: string): Readonly<Record<string, string>> {
  if (name !== 'slack') return {};
  return {
    'kms:ViaService': `ssm.${region}.amazonaws.com`,
    'kms:EncryptionContext:PARAMETER_ARN': arn.webhook,
  };
}

/** `slack` reads no registry, and `repair` no repository. */
const readers = names.filter((name) => name !== 'slack' && name !== 'repair');

describe.each(names)('the role of %s', (name) => {
  it('names exactly the calls that its code makes', async () => {
    const named = roleOf(name).Statement.flatMap(({ Action }) => listOf(Action));
    expect([...new Set(named)].sort()).toEqual([...(await needsOf(name)).keys()].sort());
  });

  it('allows each of them where it is needed', async () => {
    const refused: string[] = [];
    for (const [action, resources] of await needsOf(name)) {
      for (const resource of resources) {
        if (!(await may(name, action, resource, { ...inNamespace, ...viaService(name) })))
          refused.push(`${action} on ${resource}`);
      }
    }
    expect(refused).toEqual([]);
  });

  it.each([
    ['pulling an image', 'ecr:BatchGetImage', name === 'manifests' ? arn.theirRepository : arn.farRepository],
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
    ['becoming anyone but a reader', 'sts:AssumeRole', 'arn:aws:iam::999999999999:role/admin'],
    ['reading another parameter', 'ssm:GetParameter', `arn:aws:ssm:${region}:${account}:parameter/payroll`],
    ['entering a network', 'ec2:CreateNetworkInterface', '*'],
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
    const others = queues.filter((queue) => queue !== queueSentTo(name));
    expect(others).not.toEqual([]);
    for (const queue of others) expect(await may(name, 'sqs:SendMessage', queue)).toBe(false);
  });
});

describe.each(readers)('the role of %s, which reads registries,', (name) => {
  it('reads repositories of another account whose own policy admits it', async () => {
    const resource = 'arn:aws:ecr:eu-central-1:999999999999:repository/prod/api';
    const identity = roleOf(name);
    const looks = listOf(identity.Statement.flatMap(({ Action }) => listOf(Action))).includes(
      'ecr:DescribeImages',
    );
    const action = looks ? 'ecr:DescribeImages' : 'ecr:DescribeRepositories';
    const read = { action, resource };
    expect(await isAllowed(read, { identity, resource: admitting(action) })).toBe(true);
    expect(await isAllowed(read, { identity, resource: admitting('ecr:ListTagsForResource') })).toBe(false);
  });

  it('is known to other accounts by its path', () => {
    const { Role } = the(functionsOf(template), name);
    expect(the(roles(), lastOf(Role).replace('role/', '')).Path).toBe('/ecr-replication-monitor/');
  });

  it('becomes nobody in other accounts, and publishes to no other topic, unless asked to', async () => {
    const identity = roleOf(name, withParameters(packaged.template, { ReadManifests: 'on' }));
    expect(await isAllowed({ action: 'sts:AssumeRole', resource: arn.readRole }, { identity })).toBe(false);
    const actions = identity.Statement.flatMap(({ Action }) => listOf(Action));
    expect(actions.filter((action) => action.startsWith('sts:'))).toEqual([]);
    for (const resource of arn.routed) {
      expect(await isAllowed({ action: 'sns:Publish', resource }, { identity })).toBe(false);
    }
  });

  it('uses the keys of other topics, if it publishes at all, through SNS only', async () => {
    const publishes = roleOf(name).Statement.some(({ Action }) => listOf(Action).includes('sns:Publish'));
    const resource = `arn:aws:kms:${region}:444455556666:key/any`;
    const through = (service: string) =>
      isAllowed(
        {
          action: 'kms:GenerateDataKey',
          resource,
          context: { 'kms:ViaService': `${service}.${region}.amazonaws.com` },
        },
        { identity: roleOf(name), resource: admitting('kms:GenerateDataKey') },
      );
    expect(await through('sns')).toBe(publishes);
    expect(await through('s3')).toBe(false);
  });
});

describe('the role of repair', () => {
  it.each([
    ['looking at images', 'ecr:DescribeImages', arn.farRepository],
    ['telling anybody', 'sns:Publish', arn.topic],
    ['publishing metrics', 'cloudwatch:PutMetricData', '*'],
  ])('forbids %s', async (_, action, resource) => {
    expect(await may('repair', action, resource)).toBe(false);
  });

  it.each(names.filter((name) => name !== 'repair'))('alone starts backfills: %s does not', async (name) => {
    for (const action of ['ecr:StartReplicationBackfill', 'ecr:StopReplicationBackfill']) {
      expect(await may('repair', action, '*')).toBe(true);
      expect(await may(name, action, '*')).toBe(false);
    }
  });
});

describe('the role of manifests', () => {
  it.each(names.filter((name) => name !== 'manifests'))(
    'alone reads manifests: %s does not',
    async (name) => {
      expect(await may('manifests', 'ecr:BatchGetImage', arn.farRepository)).toBe(true);
      expect(await may(name, 'ecr:BatchGetImage', arn.farRepository)).toBe(false);
    },
  );

  it('reads none of another account, whatever that allows', async () => {
    const read = { action: 'ecr:BatchGetImage', resource: arn.theirRepository };
    const policies = { identity: roleOf('manifests'), resource: admitting('ecr:BatchGetImage') };
    expect(await isAllowed(read, policies)).toBe(false);
  });
});

describe('the role of slack', () => {
  it('decrypts its own parameter for SSM, and nothing else', async () => {
    const decrypt = (context: Readonly<Record<string, string>>) =>
      may('slack', 'kms:Decrypt', `arn:aws:kms:${region}:${account}:key/any`, context);
    const own = viaService('slack');
    expect(await decrypt(own)).toBe(true);
    expect(await decrypt({ ...own, 'kms:ViaService': `s3.${region}.amazonaws.com` })).toBe(false);
    expect(await decrypt({ ...own, 'kms:EncryptionContext:PARAMETER_ARN': `${arn.webhook}2` })).toBe(false);
    expect(await decrypt({})).toBe(false);
  });
});

describe('a network of its own', () => {
  const joining = [
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DeleteNetworkInterface',
  ];
  const lambda = (name: string) =>
    `arn:aws:lambda:${region}:${account}:function:${the(functionsOf(template), name).FunctionName}`;

  it.each(names)('is entered for %s by Lambda, never by its code', async (name) => {
    const identity = roleOf(name, withParameters(packaged.template, everyOption));
    for (const action of joining) {
      expect(await isAllowed({ action, resource: '*' }, { identity })).toBe(true);
      const context = { 'lambda:SourceFunctionArn': lambda(name) };
      expect(await isAllowed({ action, resource: '*', context }, { identity })).toBe(false);
    }
  });
});

describe('all policies', () => {
  it('allow no action by wildcard, but on endpoints, and to the account itself on its own key', () => {
    const byWildcard = everyStatement()
      .filter(
        ([, { Effect, Action }]) =>
          Effect === 'Allow' && listOf(Action).some((action) => action.includes('*')),
      )
      .map(([id, { Sid }]) => `${id} ${Sid}`);
    expect(byWildcard).toEqual([
      // deploy/network.yml says why: an endpoint answers one service, and ECR's lets nothing but reading pass.
      'EcrEndpoint ReadingOnly',
      ...['SqsEndpoint', 'SnsEndpoint', 'CloudWatchEndpoint', 'StsEndpoint', 'DynamoDbEndpoint'].map(
        (id) => `${id} FromThisAccount`,
      ),
      'AlertKey ByIamPoliciesOfThisAccount',
    ]);
  });

  it('name a resource for every action that has one', async () => {
    const broad: string[] = [];
    for (const [, { Effect, Action, Resource, Condition }] of statementsOfRoles(everything())) {
      if (Effect === 'Deny') continue;
      if (!listOf(Resource).includes('*')) continue;
      // What is published is bounded by its namespace: a metric is no resource.
      if (Condition?.['StringEquals']?.['cloudwatch:namespace'] === metricNamespace) continue;
      for (const action of listOf(Action)) {
        const [service = '', operation = ''] = action.split(':');
        if (standIns.has(action)) continue;
        if (!(await isWildcardOnlyAction(service, operation))) broad.push(action);
      }
    }
    // deploy/roles.yml says why: what Lambda is about to make has no name yet.
    const interfaces = [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:UnassignPrivateIpAddresses',
    ];
    expect([...new Set(broad)].sort()).toEqual(interfaces);
  });

  it('leave a part of a name open only where it cannot be known', () => {
    const open = statementsOfRoles(everything())
      .flatMap(([, { Resource }]) => listOf(Resource))
      // CloudFormation's ARN of a log group ends with `:*`, its streams.
      .filter((resource) => resource.replace(/:\*$/, '').includes('*') && resource !== '*');
    expect([...new Set(open)].sort()).toEqual([
      // The registry's rules decide on Regions and accounts,
      'arn:aws:ecr:*:*:repository/*',
      // for manifests, those of this account,
      `arn:aws:ecr:*:${account}:repository/*`,
      // and so on whose read role is needed.
      `arn:aws:iam::*:role/${asked.ReadRoleName}`,
      // Keys of topics and of a parameter, each through one service only.
      `arn:aws:kms:${region}:*:key/*`,
      `arn:aws:kms:${region}:${account}:key/*`,
    ]);
  });

  it('let nobody but the service take a role on', () => {
    const trusted = [...roles(everything())].map(([id, { AssumeRolePolicyDocument }]) => [
      id,
      AssumeRolePolicyDocument.Statement.map(({ Principal }) => Principal),
    ]);
    expect(Object.fromEntries(trusted)).toEqual({
      ChatRole: [{ Service: 'chatbot.amazonaws.com' }],
      SlackRole: [{ Service: 'lambda.amazonaws.com' }],
      ConfigWatchRole: [{ Service: 'lambda.amazonaws.com' }],
      ImageActionRole: [{ Service: 'lambda.amazonaws.com' }],
      ReplicationActionRole: [{ Service: 'lambda.amazonaws.com' }],
      FollowUpRole: [{ Service: 'lambda.amazonaws.com' }],
      SweepRole: [{ Service: 'lambda.amazonaws.com' }],
      SweepRepositoryRole: [{ Service: 'lambda.amazonaws.com' }],
      ScheduleRole: [{ Service: 'scheduler.amazonaws.com' }],
      BackfillRole: [{ Service: 'lambda.amazonaws.com' }],
      RepairRole: [{ Service: 'lambda.amazonaws.com' }],
      BackfillScheduleRole: [{ Service: 'scheduler.amazonaws.com' }],
      SettingsRole: [{ Service: 'lambda.amazonaws.com' }],
      ManifestsRole: [{ Service: 'lambda.amazonaws.com' }],
      SettingsScheduleRole: [{ Service: 'scheduler.amazonaws.com' }],
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
        { resource: alertKeyPolicy(template) },
      );
    expect(await encrypts('cloudwatch.amazonaws.com', account)).toBe(true);
    expect(await encrypts('events.amazonaws.com', account)).toBe(true);
    expect(await encrypts('cloudwatch.amazonaws.com', '999999999999')).toBe(false);
    expect(await encrypts('s3.amazonaws.com', account)).toBe(false);
  });

  it('let the schedules call follow-up and sweep, and no other', async () => {
    const identity = rightsOf(the(roles(), 'ScheduleRole'));
    const called: string[] = [];
    for (const [name, { id }] of functionsOf(template)) {
      const resource = `arn:aws:lambda:${region}:${account}:function:${id}`;
      if (await isAllowed({ action: 'lambda:InvokeFunction', resource }, { identity })) called.push(name);
    }
    expect(called.toSorted()).toEqual(['follow-up', 'sweep']);
  });
});

type Owned = readonly [id: string, statement: Statement];

function everything(): Template {
  return withParameters(packaged.template, everyOption);
}

function statementsOfRoles(of: Template): readonly Owned[] {
  return [...roles(of)].flatMap(([id, { Policies = [] }]) =>
    Policies.flatMap((policy) => owned(id, policy.PolicyDocument)),
  );
}

function everyStatement(): readonly Owned[] {
  const attached = ['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy', 'AWS::EC2::VPCEndpoint'].flatMap(
    (type) => [...resourcesOf<Attached>(everything(), type)],
  );
  return [
    ...statementsOfRoles(everything()),
    ...attached.flatMap(([id, { PolicyDocument }]) => owned(id, PolicyDocument)),
    ...owned('AlertKey', alertKeyPolicy(template)),
  ];
}

function owned(id: string, { Statement }: Policy): readonly Owned[] {
  return Statement.map((statement) => [lastOf(id), statement] as const);
}

describe('the reader of SDK calls', () => {
  it('sees commands and paginators that are used, in one line or several', () => {
    const code = `import {
      ECRClient,
      paginateListImages
    } from "@aws-sdk/client-ecr";
    import { PublishCommand as P } from "@aws-sdk/client-sns";
    import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
    import { AssumeRoleCommand } from "@aws-sdk/client-sts";
    new ECRClient(); paginateListImages(); new P(); new SendMessageBatchCommand();`;
    expect([...sdkCallsIn(code)]).toEqual(['ecr:ListImages', 'sns:Publish', 'sqs:SendMessage']);
  });

  it('refuses to guess', () => {
    expect(() =>
      sdkCallsIn('import { waitUntilTableExists as w } from "@aws-sdk/client-dynamodb"; w()'),
    ).toThrow('not known');
    expect(() => sdkCallsIn('import * as ecr from "@aws-sdk/client-ecr"')).toThrow('by name');
  });
});
