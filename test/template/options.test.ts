// The options: nothing of them is made unless asked for, and all of what was asked for is.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyOption } from './options.ts';
import { type Packaged, packageCopy } from './package.ts';
import { sdkCallsOf } from './sdk-calls.ts';
import { isAllowed } from './simulate.ts';
import {
  account,
  functionsOf,
  lastOf,
  type Policy,
  region,
  resourcesOf,
  type Template,
  the,
  typesOf,
  withParameters,
} from './template.ts';

let packaged: Packaged;
let template: Template;

beforeAll(async () => {
  packaged = await packageCopy();
  template = packaged.template;
});
afterAll(() => packaged?.remove());

function asked(values: Readonly<Record<string, string>>): Template {
  return withParameters(template, values);
}

describe('by default', () => {
  it('nothing is made that not every account, Region or emulator has', () => {
    const types = typesOf(template);
    for (const optional of [
      'AWS::Chatbot::SlackChannelConfiguration',
      'AWS::Chatbot::MicrosoftTeamsChannelConfiguration',
      'AWS::EC2::VPCEndpoint',
      'AWS::EC2::SecurityGroup',
      'AWS::ECR::ReplicationConfiguration',
      'AWS::Events::EventBusPolicy',
      'AWS::SNS::Subscription',
    ]) {
      expect(types, optional).not.toContain(optional);
      expect(typesOf(asked(everyOption)), optional).toContain(optional);
    }
  });

  it('functions are in no network of their own and not traced', () => {
    for (const [name, { VpcConfig, TracingConfig }] of functionsOf(template)) {
      expect([VpcConfig, TracingConfig], name).toEqual([undefined, undefined]);
    }
  });
});

describe('subscribers', () => {
  interface Subscription {
    readonly TopicArn: string;
    readonly Protocol: string;
    readonly Endpoint: string;
    readonly RedrivePolicy?: { readonly deadLetterTargetArn: string };
  }
  const made = (values: Readonly<Record<string, string>>) => [
    ...resourcesOf<Subscription>(asked(values), 'AWS::SNS::Subscription').values(),
  ];

  it.each([
    [{ AlertEmail: 'oncall@example.com' }, 'email', 'oncall@example.com'],
    [{ AlertUrl: 'https://example.com/in' }, 'https', 'https://example.com/in'],
    [{ SlackWebhookParameter: '/ops/slack' }, 'lambda', expect.stringContaining(':SlackLambdaFunction')],
  ])('are made for %j', (values, Protocol, Endpoint) => {
    expect(made(values)).toMatchObject([
      { Protocol, Endpoint, TopicArn: expect.stringContaining(':AlertTopic') },
    ]);
  });

  it('that can refuse an alert have a queue for what they refused', () => {
    for (const { Protocol, RedrivePolicy } of made(everyOption)) {
      if (Protocol === 'email') continue;
      expect(lastOf(RedrivePolicy?.deadLetterTargetArn ?? ''), Protocol).toBe('UndeliveredAlerts');
    }
  });

  it('in chats hear of the topic, may command nothing, and need all of their ids', () => {
    const { SlackWorkspaceId, SlackChannelId, TeamsTenantId, TeamsTeamId, TeamsChannelId } = everyOption;
    const chat = asked({ SlackWorkspaceId, SlackChannelId, TeamsTenantId, TeamsTeamId, TeamsChannelId });
    const configurations = [
      'AWS::Chatbot::SlackChannelConfiguration',
      'AWS::Chatbot::MicrosoftTeamsChannelConfiguration',
    ];
    for (const type of configurations) {
      const [configuration] = resourcesOf<object>(chat, type).values();
      expect(configuration, type).toMatchObject({
        SnsTopicArns: [`arn:aws:sns:${region}:${account}:AlertTopic`],
        GuardrailPolicies: ['arn:aws:iam::aws:policy/AWSDenyAll'],
        IamRoleArn: `arn:aws:iam::${account}:role/ChatRole`,
      });
    }
    expect(the(resourcesOf<object>(chat, 'AWS::IAM::Role'), 'ChatRole')).not.toHaveProperty('Policies');
    expect(typesOf(asked({ SlackWorkspaceId }))).not.toContain(configurations[0]);
  });

  it('by webhook are called by the topic alone, and keep what they failed at', () => {
    const slack = asked({ SlackWebhookParameter: '/ops/slack' });
    const permission = the(resourcesOf<object>(slack, 'AWS::Lambda::Permission'), 'SlackPermission');
    expect(permission).toMatchObject({
      Principal: 'sns.amazonaws.com',
      SourceArn: `arn:aws:sns:${region}:${account}:AlertTopic`,
    });
    const { DeadLetterConfig } = the(functionsOf(slack), 'slack');
    expect(lastOf(DeadLetterConfig?.TargetArn ?? '')).toBe('UndeliveredAlerts');
  });

  it('by webhook leave nothing behind when they are not asked for', () => {
    const parts = Object.entries(template.Resources).filter(
      ([id]) => id.startsWith('Slack') && id !== 'SlackChannel',
    );
    expect(parts.map(([id]) => id).sort()).toEqual([
      'SlackErrorsAlarm',
      'SlackLambdaFunction',
      'SlackLogGroup',
      'SlackPermission',
      'SlackRole',
      'SlackSubscription',
    ]);
    expect(new Set(parts.map(([, { Condition }]) => Condition))).toEqual(new Set(['HasSlackWebhook']));
  });
});

describe('a private network', () => {
  interface Endpoint {
    readonly ServiceName: string;
    readonly VpcEndpointType: string;
    readonly PrivateDnsEnabled?: boolean;
    readonly SubnetIds?: readonly string[];
    readonly RouteTableIds?: readonly string[];
    readonly PolicyDocument: Policy;
  }
  const { VpcSubnetIds, VpcSecurityGroupIds, VpcEndpointsIn, VpcRouteTableIds } = everyOption;
  const inside = { VpcSubnetIds, VpcSecurityGroupIds };
  const closed = { ...inside, VpcEndpointsIn, VpcRouteTableIds };
  const endpoints = (values: Readonly<Record<string, string>>) =>
    resourcesOf<Endpoint>(asked(values), 'AWS::EC2::VPCEndpoint');

  it('is what every function is in, once there are subnets', () => {
    for (const [name, { VpcConfig }] of functionsOf(
      asked({ ...inside, SlackWebhookParameter: '/ops/slack' }),
    )) {
      expect(VpcConfig, name).toEqual({
        SubnetIds: ['subnet-0a1b2c3d', 'subnet-1a2b3c4d'],
        SecurityGroupIds: ['sg-0a1b2c3d'],
      });
    }
    expect(endpoints(inside).size).toBe(0);
  });

  it('gets an endpoint for each service that the functions call in this Region, and for no other', async () => {
    const called = new Set<string>();
    for (const name of ['image-action', 'replication-action', 'follow-up', 'config-watch']) {
      for (const call of await sdkCallsOf(`functions/${name}.ts`)) called.add(call.split(':')[0] ?? '');
    }
    const nameOf = new Map([
      ['ecr', 'ecr.api'],
      ['cloudwatch', 'monitoring'],
    ]);
    const wanted = [...called].map((service) => `com.amazonaws.${region}.${nameOf.get(service) ?? service}`);
    const { ReadRoleName, ReadRoleExternalId } = everyOption;
    const made = endpoints({ ...closed, ReadRoleName, ReadRoleExternalId });
    expect([...made.values()].map(({ ServiceName }) => ServiceName).sort()).toEqual(wanted.sort());
    // Nobody becomes a reader elsewhere: STS is not called.
    expect([...endpoints(closed).keys()]).toEqual([...made.keys()].filter((id) => id !== 'StsEndpoint'));
  });

  it('has them answer under their public names, in the subnets of the functions', () => {
    for (const [id, endpoint] of endpoints(closed)) {
      if (id === 'DynamoDbEndpoint') {
        expect(endpoint.RouteTableIds).toEqual(['rtb-0a1b2c3d', 'rtb-1a2b3c4d']);
        continue;
      }
      expect(endpoint, id).toMatchObject({
        VpcEndpointType: 'Interface',
        PrivateDnsEnabled: true,
        SubnetIds: ['subnet-0a1b2c3d', 'subnet-1a2b3c4d'],
      });
    }
  });

  it('lets HTTPS in from the functions only', () => {
    const groups = resourcesOf<object>(asked(closed), 'AWS::EC2::SecurityGroup');
    expect([...groups.values()]).toMatchObject([
      { SecurityGroupIngress: [{ FromPort: 443, ToPort: 443, SourceSecurityGroupId: 'sg-0a1b2c3d' }] },
    ]);
  });

  it('lets nothing but reading through to ECR, and nobody of another account to the rest', async () => {
    const through = (id: string, action: string, resource: string, from: string) => {
      const policy = the(endpoints(closed), id).PolicyDocument;
      const principal = `arn:aws:iam::${from}:role/any`;
      const context = { 'aws:PrincipalAccount': from };
      return isAllowed(
        { action, resource, principal, context },
        { identity: policyFor(action), resource: policy },
      );
    };
    const repository = `arn:aws:ecr:${region}:${account}:repository/prod/api`;
    expect(await through('EcrEndpoint', 'ecr:DescribeImages', repository, account)).toBe(true);
    const topic = `arn:aws:sns:${region}:${account}:AlertTopic`;
    expect(await through('SnsEndpoint', 'sns:Publish', topic, account)).toBe(true);
    expect(await through('SnsEndpoint', 'sns:Publish', topic, '999999999999')).toBe(false);
    const passes = (values: Readonly<Record<string, string>>) =>
      the(endpoints({ ...closed, ...values }), 'EcrEndpoint').PolicyDocument.Statement.map(
        ({ Action }) => Action,
      );
    const reading = [
      'ecr:Describe*',
      'ecr:List*',
      'ecr:GetLifecyclePolicy',
      'ecr:GetRegistryPolicy',
      'ecr:GetRegistryScanningConfiguration',
    ];
    expect(passes({})).toEqual([reading]);
    expect(passes({ Repair: 'backfill' })).toEqual([
      reading,
      ['ecr:StartReplicationBackfill', 'ecr:StopReplicationBackfill'],
    ]);
    expect(passes({ ReadManifests: 'on' })).toEqual([
      reading,
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:RegisterPullTimeUpdateExclusion'],
    ]);
  });
});

function policyFor(action: string): Policy {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] };
}

describe('tracing', () => {
  it('is on for every function when asked for', () => {
    const traced = functionsOf(asked({ Tracing: 'on', SlackWebhookParameter: '/ops/slack' }));
    for (const [name, { TracingConfig }] of traced) expect(TracingConfig, name).toEqual({ Mode: 'Active' });
  });
});

describe('replication rules', () => {
  const rulesOf = (ReplicateTo: string, ReplicatePrefixes: string) => {
    const made = resourcesOf<{ ReplicationConfiguration: { Rules: readonly object[] } }>(
      asked({ ReplicateTo, ReplicatePrefixes }),
      'AWS::ECR::ReplicationConfiguration',
    );
    return [...made.values()].flatMap(({ ReplicationConfiguration }) => ReplicationConfiguration.Rules);
  };
  const to = (...regions: readonly string[]) => regions.map((one) => ({ Region: one, RegistryId: account }));
  const prefixes = (...filters: readonly string[]) =>
    filters.map((Filter) => ({ Filter, FilterType: 'PREFIX_MATCH' }));

  it('replicate every repository when no prefix is given', () => {
    expect(rulesOf('eu-central-1', '')).toEqual([{ Destinations: to('eu-central-1') }]);
  });

  it('take up to five destinations and five prefixes', () => {
    const regions = ['eu-central-1', 'eu-north-1', 'us-east-1', 'us-west-2', 'sa-east-1'];
    const names = ['prod/', 'base/', 'batch/', 'tools/', 'web/'];
    for (let count = 1; count <= 5; count += 1) {
      const [some, few] = [regions.slice(0, count), names.slice(0, count)];
      expect(rulesOf(some.join(','), few.join(','))).toEqual([
        { Destinations: to(...some), RepositoryFilters: prefixes(...few) },
      ]);
    }
  });

  it('outlive the monitor, and a deploy that forgot them', () => {
    expect(template.Resources['ReplicationRules']).toMatchObject({
      Condition: 'Replicates',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });
});
