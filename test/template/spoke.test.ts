// Hub and spokes: what a spoke forwards, who may put events on the hub's bus, and who may read in a spoke's account.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyOption } from './options.ts';
import { type Packaged, packageCopy } from './package.ts';
import { type Role, rightsOf, rolesOf, trustOf } from './role.ts';
import { isAllowed } from './simulate.ts';
import { readSpoke } from './spoke.ts';
import {
  account,
  functionsOf,
  lastOf,
  listOf,
  type Policy,
  region,
  resourcesOf,
  type Statement,
  type Template,
  the,
  typesOf,
  withParameters,
} from './template.ts';

interface Rule {
  readonly EventBusName?: string;
  readonly EventPattern: object;
  readonly Targets: readonly {
    readonly Arn: string;
    readonly RoleArn?: string;
    readonly DeadLetterConfig: { readonly Arn: string };
  }[];
}

const hub = '999999999999';
const externalId = 'our-monitor';
const bus = `arn:aws:events:us-east-1:${hub}:event-bus/ecr-replication-monitor-prod`;

/** spoke.yml in an account that is not the hub's, in the Region that makes the read role. */
const spoke = withParameters(readSpoke(), {
  HubAccountId: hub,
  HubRegion: 'us-east-1',
  ReadRoleRegion: region,
  ReadRoleExternalId: externalId,
});

let packaged: Packaged;
let template: Template;

beforeAll(async () => {
  packaged = await packageCopy();
  template = packaged.template;
});
afterAll(() => packaged?.remove());

/** Calls that speak of a registry as a whole. */
const ofRegistries = [
  'ecr:DescribeRegistry',
  'ecr:DescribeReplicationBackfillResults',
  'ecr:DescribeRepositoryCreationTemplates',
  'ecr:GetRegistryPolicy',
  'ecr:GetRegistryScanningConfiguration',
  'ecr:ListReplicationBackfills',
];
const ofTheHub = [
  'ecr:StartReplicationBackfill',
  'ecr:StopReplicationBackfill',
  'ecr:BatchGetImage',
  'ecr:RegisterPullTimeUpdateExclusion',
];

describe('spoke.yml', () => {
  it('is YAML as CloudFormation itself reads it: no aliases, which only `package` and the Serverless command resolve', () => {
    const code = readFileSync(join(import.meta.dirname, '../../spoke.yml'), 'utf8').replace(/^ *#.*$/gm, '');
    expect(code.match(/(?<=[\s[{,:-]\s*)[&*][A-Za-z]\w*|<<:/g)).toBe(null);
  });
});

describe('a spoke', () => {
  it('forwards what the hub listens to, and nothing else', () => {
    const patterns = (of: Template) =>
      [...resourcesOf<Rule>(of, 'AWS::Events::Rule')]
        .filter(([, { EventBusName }]) => EventBusName === undefined)
        .map(([id, { EventPattern }]) => [id, EventPattern]);
    expect(patterns(spoke)).toEqual(patterns(template));
  });

  it('forwards to the bus that serverless.yml makes, by a role, and keeps what cannot be delivered', () => {
    const { Name } = the(resourcesOf<{ Name: string }>(template, 'AWS::Events::EventBus'), 'SpokeBus');
    expect(bus.endsWith(`/${Name}`)).toBe(true);
    for (const [id, { Targets }] of resourcesOf<Rule>(spoke, 'AWS::Events::Rule')) {
      const [target, ...others] = Targets;
      expect(others, id).toEqual([]);
      expect(target, id).toMatchObject({
        Arn: bus,
        RoleArn: expect.stringContaining('ForwardRole'),
        DeadLetterConfig: { Arn: expect.stringContaining('UndeliveredEvents') },
      });
    }
  });

  it('lets its rules fill the dead-letter queue, and nobody else', async () => {
    const resource = `arn:aws:sqs:${region}:${account}:UndeliveredEvents`;
    const { PolicyDocument } = the(
      resourcesOf<{ PolicyDocument: Policy }>(spoke, 'AWS::SQS::QueuePolicy'),
      'UndeliveredEventsPolicy',
    );
    const send = (rule: string) => ({
      action: 'sqs:SendMessage',
      resource,
      principal: 'events.amazonaws.com',
      context: { 'aws:SourceArn': `arn:aws:events:${region}:${account}:rule/${rule}` },
    });
    for (const rule of resourcesOf(spoke, 'AWS::Events::Rule').keys()) {
      expect(await isAllowed(send(rule), { resource: PolicyDocument })).toBe(true);
    }
    expect(await isAllowed(send('AnotherRule'), { resource: PolicyDocument })).toBe(false);
  });

  it('makes nothing where the hub is, and no read role in the account of the hub', () => {
    const here = withParameters(spoke, { HubAccountId: account, HubRegion: region });
    expect([...typesOf(here)]).toEqual(['AWS::CloudFormation::WaitConditionHandle']);
    const nextDoor = withParameters(spoke, { HubAccountId: account });
    expect([...resourcesOf(nextDoor, 'AWS::IAM::Role').keys()]).toEqual(['ForwardRole']);
    expect(resourcesOf(nextDoor, 'AWS::Events::Rule').size).toBe(3);
  });

  it('makes the read role in one Region only', () => {
    expect([...resourcesOf(spoke, 'AWS::IAM::Role').keys()]).toEqual(['ForwardRole', 'ReadRole']);
    for (const ReadRoleRegion of ['', 'ap-southeast-2']) {
      const roles = resourcesOf(withParameters(spoke, { ReadRoleRegion }), 'AWS::IAM::Role');
      expect([...roles.keys()]).toEqual(['ForwardRole']);
    }
  });

  it('raises an alarm only when there is a topic to tell', () => {
    expect(resourcesOf(spoke, 'AWS::CloudWatch::Alarm').size).toBe(0);
    const AlarmTopicArn = `arn:aws:sns:${region}:${account}:pager`;
    const alarms = resourcesOf<object>(withParameters(spoke, { AlarmTopicArn }), 'AWS::CloudWatch::Alarm');
    expect([...alarms.values()]).toMatchObject([
      { AlarmActions: [AlarmTopicArn], OKActions: [AlarmTopicArn] },
    ]);
  });
});

function roleOf(name: string, of = spoke): Role {
  return the(rolesOf(of), name);
}

describe("the forwarding role's", () => {
  it('only right is to put events on the bus of the hub', async () => {
    const identity = rightsOf(roleOf('ForwardRole'));
    const resource: Policy = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: account }, Action: 'events:PutEvents', Resource: '*' },
      ],
    };
    const put = { action: 'events:PutEvents', resource: bus };
    expect(await isAllowed(put, { identity, resource })).toBe(true);
    expect(await isAllowed({ ...put, resource: `${bus}2` }, { identity, resource })).toBe(false);
    const ownBus = `arn:aws:events:${region}:${account}:event-bus/default`;
    expect(await isAllowed({ ...put, resource: ownBus }, { identity })).toBe(false);
    expect(identity.Statement.flatMap(({ Action }) => listOf(Action))).toEqual(['events:PutEvents']);
  });

  it('holder is EventBridge, for rules of this account', async () => {
    const resource = trustOf(roleOf('ForwardRole'));
    const assume = (principal: string, from: string) =>
      isAllowed(
        {
          action: 'sts:AssumeRole',
          resource: forwardRole,
          principal,
          context: { 'aws:SourceAccount': from },
        },
        { resource },
      );
    expect(await assume('events.amazonaws.com', account)).toBe(true);
    expect(await assume('events.amazonaws.com', hub)).toBe(false);
    expect(await assume('lambda.amazonaws.com', account)).toBe(false);
  });
});

const forwardRole = `arn:aws:iam::${account}:role/ForwardRole`;
const readRole = `arn:aws:iam::${account}:role/ecr-replication-monitor-read`;

describe('the read role', () => {
  const assumer = `arn:aws:iam::${hub}:role/ecr-replication-monitor/prod-ImageActionRole-1A2B3C`;
  const assuming: Policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Resource: `arn:aws:iam::*:role/${readRole.split('/')[1]}`,
      },
    ],
  };
  const assume = (principal: string, context: Readonly<Record<string, string>>) =>
    isAllowed(
      {
        action: 'sts:AssumeRole',
        resource: readRole,
        principal,
        context: { 'aws:PrincipalArn': principal, ...context },
      },
      { identity: assuming, resource: trustOf(roleOf('ReadRole')) },
    );
  const known = { 'sts:ExternalId': externalId };

  it('is taken on by the functions of the hub, with the external id', async () => {
    expect(await assume(assumer, known)).toBe(true);
  });

  it.each([
    ['without the external id', assumer, {}],
    ['with another external id', assumer, { 'sts:ExternalId': 'theirs' }],
    ['by another role of the hub', `arn:aws:iam::${hub}:role/admin`, known],
    ['by a user of the hub', `arn:aws:iam::${hub}:user/ecr-replication-monitor/ann`, known],
    [
      'by a role of that path in a stranger’s account',
      `arn:aws:iam::123456789012:role/ecr-replication-monitor/prod-ImageActionRole-1A2B3C`,
      known,
    ],
    ['by a role of its own account', `arn:aws:iam::${account}:role/any`, known],
  ])('is refused %s', async (_, principal, context) => {
    expect(await assume(principal, context)).toBe(false);
  });

  it('has the name that the hub is told, and is reached by the path that its functions have', () => {
    expect(roleOf('ReadRole').RoleName).toBe('ecr-replication-monitor-read');
    expect(readRole).toBe(`arn:aws:iam::${account}:role/${everyOption.ReadRoleName}`);
    const roles = resourcesOf<Role>(template, 'AWS::IAM::Role');
    const readers = [...functionsOf(template).values()].map(({ Role }) =>
      the(roles, lastOf(Role).replace('role/', '')),
    );
    expect(new Set(readers.map(({ Path }) => Path))).toEqual(new Set(['/ecr-replication-monitor/']));
  });

  it('allows the reads that the functions make, in any Region of its account', async () => {
    const identity = rightsOf(roleOf('ReadRole', withParameters(spoke, { ReadLayers: 'on' })));
    const roles = resourcesOf<Role>(withParameters(template, { ReadManifests: 'on' }), 'AWS::IAM::Role');
    const reads = [...roles.values()]
      .flatMap(({ Policies = [] }) => Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement))
      .flatMap(({ Action }) => listOf(Action))
      .filter((action) => action.startsWith('ecr:'));
    expect(reads).toContain('ecr:DescribeImages');
    // What changes anything, or pulls, is of the hub's own account only.
    for (const action of new Set(reads.filter((one) => !ofTheHub.includes(one)))) {
      const resource = ofRegistries.includes(action)
        ? '*'
        : `arn:aws:ecr:sa-east-1:${account}:repository/prod/api`;
      expect(await isAllowed({ action, resource }, { identity }), action).toBe(true);
    }
  });

  const repository = `arn:aws:ecr:${region}:${account}:repository/prod/api`;
  it.each([
    ['pulling an image', 'ecr:BatchGetImage', repository],
    ['downloading a layer', 'ecr:GetDownloadUrlForLayer', repository],
    ['asking for layers, unless manifests are read', 'ecr:BatchCheckLayerAvailability', repository],
    ['logging in', 'ecr:GetAuthorizationToken', '*'],
    ['pushing an image', 'ecr:PutImage', repository],
    ['deleting an image', 'ecr:BatchDeleteImage', repository],
    ['changing what is replicated', 'ecr:PutReplicationConfiguration', '*'],
    ['changing who may replicate', 'ecr:PutRegistryPolicy', '*'],
    ['reading what a scan found', 'ecr:DescribeImageScanFindings', repository],
    ['becoming another role', 'sts:AssumeRole', forwardRole],
  ])('forbids %s', async (_, action, resource) => {
    expect(await isAllowed({ action, resource }, { identity: rightsOf(roleOf('ReadRole')) })).toBe(false);
  });
});

describe("the hub's bus", () => {
  const hubBus = `arn:aws:events:${region}:${account}:event-bus/SpokeBus`;
  const policies = (values: Readonly<Record<string, string>>): Policy | undefined => {
    const made = resourcesOf<{ Statement: Statement }>(
      withParameters(template, values),
      'AWS::Events::EventBusPolicy',
    );
    if (made.size === 0) return undefined;
    return { Version: '2012-10-17', Statement: [...made.values()].map(({ Statement }) => Statement) };
  };
  const put = (from: string, resource: Policy | undefined, more: Readonly<Record<string, string>> = {}) =>
    isAllowed(
      {
        action: 'events:PutEvents',
        resource: hubBus,
        principal: `arn:aws:iam::${from}:role/ForwardRole`,
        context: more,
      },
      {
        identity: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'events:PutEvents', Resource: hubBus }],
        },
        ...(resource === undefined ? {} : { resource }),
      },
    );

  it('takes events of its own account in other Regions without any policy, and of no other', async () => {
    expect(policies({})).toBe(undefined);
    expect(await put(account, undefined)).toBe(true);
    expect(await put('444455556666', undefined)).toBe(false);
  });

  it('takes events of the accounts that are named, and of no other', async () => {
    const policy = policies({ SpokeAccounts: '444455556666,777788889999' });
    expect(await put('444455556666', policy)).toBe(true);
    expect(await put('777788889999', policy)).toBe(true);
    expect(await put('123456789012', policy)).toBe(false);
  });

  it('takes events of the organization that is named, and of no other', async () => {
    const policy = policies({ OrganizationId: 'o-a1b2c3d4e5' });
    expect(await put('444455556666', policy, { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' })).toBe(true);
    expect(await put('444455556666', policy, { 'aws:PrincipalOrgID': 'o-z9y8x7w6v5' })).toBe(false);
    expect(await put('444455556666', policy)).toBe(false);
  });

  it('lets nobody else make rules on it', async () => {
    const policy = policies({ SpokeAccounts: '444455556666', OrganizationId: 'o-a1b2c3d4e5' });
    const actions = policy?.Statement.flatMap(({ Action }) => listOf(Action));
    expect(actions).toEqual(['events:PutEvents', 'events:PutEvents']);
    expect(policy?.Statement.map(({ Resource }) => Resource)).toEqual([hubBus, hubBus]);
  });
});

describe('what spoke.yml allows', () => {
  it('has no action by wildcard, and names a resource for every action that has one', () => {
    const roles = [...rolesOf(withParameters(spoke, { ReadLayers: 'on' })).values()];
    const statements = roles.flatMap(({ Policies = [] }) =>
      Policies.flatMap((one) => one.PolicyDocument.Statement),
    );
    expect(
      statements.flatMap(({ Action }) => listOf(Action)).filter((action) => action.includes('*')),
    ).toEqual([]);
    const open = statements.filter(({ Resource }) => listOf(Resource).includes('*'));
    // These speak of the registry as a whole ("Actions, resources, and condition keys for Amazon ECR").
    expect(open.flatMap(({ Action }) => listOf(Action))).toEqual(ofRegistries);
  });
});
