// The packaged template against the code that it deploys: what both of them say must agree.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableDefinition } from '../lib/aws/table-definition.ts';
import { environmentKeys, loadConfig } from '../lib/config.ts';
import { everyOption } from './template/options.ts';
import { filesIn, type Packaged, packageCopy } from './template/package.ts';
import { readSpoke } from './template/spoke.ts';
import {
  brokenRules,
  functionsOf,
  lastOf,
  functionNames as names,
  type Parameter,
  region,
  resourcesOf,
  type Template,
  the,
  withParameters,
} from './template/template.ts';

const spoke = readSpoke();
let packaged: Packaged;
/** As it is deployed when nothing is asked for. */
let template: Template;
/** As it is deployed with every option, and so every function. */
let full: Template;

beforeAll(async () => {
  packaged = await packageCopy();
  template = packaged.template;
  full = withParameters(template, everyOption);
});
afterAll(() => packaged?.remove());

describe('packaging', () => {
  it('deploys what is in functions/, no more and no less', () => {
    expect([...functionsOf(full).keys()].sort()).toEqual([...names].sort());
    const always = [
      'backfill',
      'config-watch',
      'follow-up',
      'image-action',
      'replication-action',
      'settings',
      'sweep',
      'sweep-repository',
    ];
    expect([...functionsOf(template).keys()].sort()).toEqual(always);
  });

  it('puts the bundle into the archive of its function, and nothing else', async () => {
    for (const name of names) {
      const archive = join(packaged.folder, '.serverless', `${name}.zip`);
      expect(await filesIn(archive)).toEqual([`dist/functions/${name}.mjs`]);
    }
  });
});

describe.each(names)('%s', (name) => {
  it('starts from its archive alone, in the environment that the template gives it', () => {
    const { Handler, Environment } = the(functionsOf(full), name);
    const load = `
      const { handler } = await import('./${Handler.replace('.handler', '.mjs')}');
      process.stdout.write(typeof handler);`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', load], {
      cwd: packaged.folder,
      env: { ...Environment.Variables, AWS_REGION: region },
      encoding: 'utf8',
    });
    expect(printed).toBe('function');
  });

  it('is given exactly the environment keys that lib/config.ts declares for it, with values it accepts', () => {
    const { Variables } = the(functionsOf(full), name).Environment;
    const declared = Object.entries(environmentKeys).filter(
      ([, key]) => !('only' in key) || key.only.some((only) => only === name),
    );
    expect(Object.keys(Variables).sort()).toEqual(declared.map(([key]) => key).sort());
    expect(loadConfig(Variables, name)).toMatchObject({ ok: true });
  });

  it('runs on the current Node, on arm64, and writes JSON to a log that is not kept for ever', () => {
    const { Runtime, Architectures, LoggingConfig, FunctionName } = the(functionsOf(full), name);
    expect({ Runtime, Architectures, LoggingConfig }).toEqual({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      LoggingConfig: { LogFormat: 'JSON' },
    });
    const logGroups = [...resourcesOf<object>(full, 'AWS::Logs::LogGroup').values()];
    expect(logGroups).toContainEqual({ LogGroupName: `/aws/lambda/${FunctionName}`, RetentionInDays: '30' });
  });
});

describe('the table', () => {
  it('has the keys and indexes that the code works with', () => {
    const [table] = resourcesOf<object>(template, 'AWS::DynamoDB::Table').values();
    const { TableName, ...definition } = tableDefinition('any');
    expect(table).toMatchObject(definition);
  });

  it('forgets what has expired, is encrypted, and can be restored to any second', () => {
    expect(resourcesOf<object>(template, 'AWS::DynamoDB::Table').get('IncidentsTable')).toMatchObject({
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
    });
  });

  it('goes with the monitor, but stays when an update would replace it', () => {
    expect(template.Resources['IncidentsTable']).toMatchObject({
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Retain',
    });
  });
});

describe('the schedule', () => {
  it('calls follow-up each minute, which ends before the next, and the others as often as they are needed', () => {
    const schedules = resourcesOf<{ ScheduleExpression: string; Target: { Arn: string } }>(
      template,
      'AWS::Scheduler::Schedule',
    );
    const { id, Timeout } = the(functionsOf(template), 'follow-up');
    const calls = [...schedules.values()].map(({ ScheduleExpression, Target }) => [
      ScheduleExpression,
      lastOf(Target.Arn),
    ]);
    const idOf = (name: string): string => the(functionsOf(template), name).id;
    expect(calls.toSorted()).toEqual([
      ['rate(1 day)', idOf('sweep')],
      ['rate(1 hour)', idOf('settings')],
      ['rate(1 minute)', id],
      ['rate(5 minutes)', idOf('backfill')],
    ]);
    expect(Timeout).toBeLessThan(60);
  });
});

/** What CloudFormation says of parameters that go together. */
function hub(values: Readonly<Record<string, string>>): readonly string[] {
  return brokenRules(withParameters(template, values));
}

describe('the parameters', () => {
  it('are each described, limited, and within their limits by default', () => {
    for (const [name, parameter] of everyParameter()) {
      expect(parameter.Description, name).toMatch(/\w+ \w+/);
      expect(parameter.ConstraintDescription, name).toMatch(/^must be /);
      if (parameter.Default !== undefined)
        expect(accepts(parameter, String(parameter.Default)), name).toBe(true);
      expect(accepts(parameter, '!'), name).toBe(false);
    }
  });

  it('are those of serverless.yml, by the same names', () => {
    const written = Object.keys(template.Parameters).map(
      (name) => `${name[0]?.toLowerCase()}${name.slice(1)}`,
    );
    const yaml = readFileSync(join(import.meta.dirname, '../serverless.yml'), 'utf8');
    const passed = /^params:\n {2}default:\n((?: {4}.*\n)+)/m.exec(yaml)?.[1] ?? '';
    expect([...passed.matchAll(/^ {4}(\w+):/gm)].map(([, name]) => name).sort()).toEqual(written.sort());
  });

  it('and alarms are named in docs/deploy.md', () => {
    const text = readFileSync(join(import.meta.dirname, '../docs/deploy.md'), 'utf8');
    const names = Object.keys(template.Parameters).map((name) => `${name[0]?.toLowerCase()}${name.slice(1)}`);
    expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
    const alarms = [...resourcesOf<{ AlarmName: string }>(full, 'AWS::CloudWatch::Alarm').values()];
    const short = alarms.map(({ AlarmName }) => AlarmName.replace('ecr-replication-monitor-prod-', ''));
    expect(short.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });

  it('are each tried below', () => {
    const tried = new Set<string>(values.map(([name]) => name));
    expect([...everyParameter().keys()].filter((name) => !tried.has(name))).toEqual([]);
  });

  const topic = 'arn:aws:sns:eu-west-1:111122223333:pager';
  const uuid = '0f5c1c1a-3f1f-4c43-9d0c-6a1b2c3d4e5f';
  const values: readonly [name: string, good: readonly string[], bad: readonly string[]][] = [
    ['AlertEmail', ['', 'oncall@example.com'], ['oncall', 'a@b', 'a@b.co, c@d.co']],
    ['AlertUrl', ['', 'https://example.com/in?a=b'], ['http://example.com', 'example.com', 'https://a b']],
    [
      'AlertTopics',
      ['', `severity:critical=${topic}`, `severity:warning=${topic},prefix:prod/=${topic}`],
      [
        topic,
        `critical=${topic}`,
        `severity:info=${topic}`,
        `prefix:=${topic}`,
        'prefix:a=b',
        `prefix:a=${topic},`,
      ],
    ],
    ['SlackWebhookParameter', ['', '/ops/slack', '/slack'], ['slack', '/', '/a/', '/a b', '/a//b']],
    ['SlackWorkspaceId', ['', 'T0123ABCD'], ['our-team', 'T0 1']],
    ['SlackChannelId', ['', 'C0123ABCD'], ['#alerts']],
    ['TeamsTenantId', ['', uuid], ['contoso', `${uuid}0`]],
    ['TeamsTeamId', ['', uuid], ['platform']],
    ['TeamsChannelId', ['', '19%3Ab6ef35dc342d56%40thread.tacv2'], ['General', '19:b6ef@thread.tacv2']],
    ['DeadlineMinutes', ['0.1', '2.5', '30', '10080'], ['0', '-1', '10081', 'soon', '']],
    [
      'DeadlinesByPrefix',
      ['', 'prod/=10', 'prod=0.5', 'prod/=10,batch/=120,sandbox/=ignore', 'a.b_c-d/e=9999'],
      [
        'prod/',
        'prod/=',
        '=10',
        'prod/=0',
        'prod/=0.0',
        'prod/=10,',
        'prod/=10, b/=1',
        'Prod=10',
        'prod=never',
      ],
    ],
    [
      'AllowedDestinations',
      ['', 'eu-west-1', '444455556666/eu-central-1', 'eu-west-1,us-gov-west-1,444455556666/eu-central-1'],
      ['eu', 'Ireland', 'eu-west-1,', '4444/eu-west-1', 'eu-west-1/444455556666', 'eu-west-1, eu-west-2'],
    ],
    [
      'SpokeAccounts',
      ['', '444455556666', '444455556666,777788889999'],
      ['4444', '444455556666,', 'prod', '*'],
    ],
    ['OrganizationId', ['', 'o-a1b2c3d4e5'], ['a1b2c3d4e5', 'o-1', '*']],
    ['ReadRoleName', ['', 'ecr-replication-monitor-read'], ['a/b', '*', 'a b']],
    ['ReadRoleExternalId', ['', 'our-monitor'], ['a', 'a b', '*']],
    ['LogRetentionDays', ['1', '30', '3653'], ['0', '2', 'forever', '']],
    ['LagAlarm', ['on', 'off'], ['', 'yes']],
    ['Repair', ['off', 'backfill', 'stop'], ['', 'on']],
    ['ReadManifests', ['on', 'off'], ['', 'yes']],
    ['MetricsByRepository', ['', 'prod/', 'prod/,base/'], ['*', 'prod/,', 'Prod']],
    ['Tracing', ['on', 'off'], ['', 'Active']],
    [
      'VpcSubnetIds',
      ['', 'subnet-0a1b2c3d', 'subnet-0a1b2c3d,subnet-0123456789abcdef0'],
      ['vpc-0a1b2c3d', 'subnet-1,'],
    ],
    ['VpcSecurityGroupIds', ['', 'sg-0a1b2c3d'], ['default', 'sg-xyz']],
    ['VpcEndpointsIn', ['', 'vpc-0a1b2c3d'], ['true', 'vpc-1']],
    ['VpcRouteTableIds', ['', 'rtb-0a1b2c3d,rtb-1a2b3c4d'], ['main', 'rtb-0a1b2c3d,']],
    [
      'ReplicateTo',
      ['', 'eu-west-1', 'eu-west-1,eu-west-2,eu-west-3,eu-north-1,eu-south-1'],
      ['444455556666/eu-west-1', 'eu-west-1,', 'a-b-1,a-b-2,a-b-3,a-b-4,a-b-5,a-b-6'],
    ],
    [
      'SourceRegistries',
      ['', '111122223333/us-east-1', '111122223333/us-east-1,444455556666/us-gov-west-1'],
      ['us-east-1', '111122223333', '111122223333/us-east-1,', '1111/us-east-1'],
    ],
    [
      'SweepSchedule',
      ['rate(1 day)', 'rate(6 hours)', 'rate(7 days)', 'cron(0 3 * * ? *)', 'cron(30 2 ? * MON-FRI *)'],
      ['', 'daily', 'rate(1 minute)', 'rate(0 days)', 'rate(1 days)', 'cron()'],
    ],
    ['SweepCallsPerSecond', ['0.1', '10', '1000'], ['0', '1001', 'fast', '']],
    ['SweepTooOldHours', ['12', '30', '800'], ['1', '31', '']],
    ['ReplicatePrefixes', ['', 'prod/', 'prod/,base/'], ['*', 'a', 'prod/,', 'aa,bb,cc,dd,ee,ff']],
    ['HubAccountId', ['111122223333'], ['', '1111', 'hub']],
    ['HubRegion', ['eu-west-1', 'us-gov-west-1'], ['', 'Ireland', '*']],
    [
      'HubBusName',
      ['ecr-replication-monitor-prod'],
      ['', 'arn:aws:events:eu-west-1:111122223333:event-bus/x', '*'],
    ],
    ['ReadRoleRegion', ['', 'eu-west-1'], ['all', '*']],
    ['ReadLayers', ['on', 'off'], ['', 'yes']],
    ['AlarmTopicArn', ['', topic], ['pager', '*']],
  ];
  it.each(values)('take for %s what it means, and nothing else', (name, good, bad) => {
    const parameter = the(everyParameter(), name);
    expect(good.filter((value) => !accepts(parameter, value))).toEqual([]);
    expect(bad.filter((value) => accepts(parameter, value))).toEqual([]);
  });

  it('that the hub and a spoke have in common mean the same in both', () => {
    for (const name of ['ReadRoleName', 'ReadRoleExternalId']) {
      const [ours, theirs] = [template, spoke].map(({ Parameters }) =>
        the(new Map(Object.entries(Parameters)), name),
      );
      for (const value of ['our-monitor', 'a b', 'a/b', '*', 'x'.repeat(129)]) {
        expect(theirs !== undefined && accepts(theirs, value), `${name} ${value}`).toBe(
          ours !== undefined && accepts(ours, value),
        );
      }
    }
  });

  it('let nothing in that the functions would then refuse', () => {
    const { Variables } = the(functionsOf(template), 'follow-up').Environment;
    const { MinValue = 0, MaxValue = 0 } = template.Parameters['DeadlineMinutes'] ?? {};
    const anyText = (name: string) => {
      const { AllowedPattern = '', MaxLength = 0 } = template.Parameters[name] ?? {};
      return fc.stringMatching(new RegExp(AllowedPattern)).filter((text) => text.length <= MaxLength);
    };
    const environment = fc.record({
      DEADLINE_MINUTES: fc
        .double({ min: MinValue, max: MaxValue, noNaN: true })
        .map((minutes) => minutes.toFixed(2)),
      DEADLINES_BY_PREFIX: anyText('DeadlinesByPrefix'),
      ALLOWED_DESTINATIONS: anyText('AllowedDestinations'),
      SOURCE_REGISTRIES: anyText('SourceRegistries'),
      METRICS_BY_REPOSITORY: anyText('MetricsByRepository'),
      READ_ROLE_NAME: anyText('ReadRoleName'),
      READ_ROLE_EXTERNAL_ID: anyText('ReadRoleExternalId'),
    });
    fc.assert(
      fc.property(environment, (given) => {
        const { READ_ROLE_NAME: ReadRoleName, READ_ROLE_EXTERNAL_ID: ReadRoleExternalId } = given;
        fc.pre(hub({ ReadRoleName, ReadRoleExternalId }).length === 0);
        // That a prefix is given two deadlines is beyond a pattern: the functions say so when they start.
        const prefixes = given.DEADLINES_BY_PREFIX.split(',').map((pair) => pair.split('=')[0]);
        fc.pre(new Set(prefixes).size === prefixes.length);
        expect(loadConfig({ ...Variables, ...given }, 'follow-up')).toMatchObject({ ok: true });
      }),
    );
  });

  it('fit into the 4 KB that a function has for its environment, however long they are', () => {
    const { Variables } = the(functionsOf(template), 'follow-up').Environment;
    const named = new Map<string, string>([
      ['ALERT_TOPICS', 'AlertTopics'],
      ['DEADLINES_BY_PREFIX', 'DeadlinesByPrefix'],
      ['ALLOWED_DESTINATIONS', 'AllowedDestinations'],
      ['METRICS_BY_REPOSITORY', 'MetricsByRepository'],
      ['READ_ROLE_NAME', 'ReadRoleName'],
      ['READ_ROLE_EXTERNAL_ID', 'ReadRoleExternalId'],
    ]);
    const bytes = Object.entries(Variables).map(([key, value]) => {
      const longest = template.Parameters[named.get(key) ?? '']?.MaxLength;
      return key.length + Math.max(value.length, longest ?? 0);
    });
    expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(4096);
  });
});

function everyParameter(): ReadonlyMap<string, Parameter> {
  return new Map([...Object.entries(spoke.Parameters), ...Object.entries(template.Parameters)]);
}

describe('parameters that go together', () => {
  it('are complete by default, and with every option', () => {
    expect(brokenRules(template)).toEqual([]);
    expect(brokenRules(full)).toEqual([]);
  });

  it.each([
    [{ SlackWorkspaceId: 'T1' }, 'SlackWorkspaceId needs SlackChannelId'],
    [{ TeamsTenantId: 'x', TeamsTeamId: 'x' }, 'TeamsTenantId needs TeamsChannelId'],
    [{ ReadRoleName: 'read' }, 'ReadRoleName needs ReadRoleExternalId'],
    [{ ReadRoleExternalId: 'our-monitor' }, 'ReadRoleExternalId needs ReadRoleName'],
    [{ VpcSubnetIds: 'subnet-1' }, 'VpcSubnetIds needs VpcSecurityGroupIds'],
    [
      { VpcEndpointsIn: 'vpc-1', VpcSubnetIds: 'subnet-1', VpcSecurityGroupIds: 'sg-1' },
      'VpcEndpointsIn needs VpcRouteTableIds',
    ],
  ])('are refused by halves: %j', (values, fault) => {
    expect(hub(values)).toEqual([fault]);
  });

  it('are refused by halves in a spoke as well', () => {
    expect(brokenRules(withParameters(spoke, { ReadRoleRegion: 'eu-west-1' }))).toEqual([
      'ReadRoleRegion needs ReadRoleExternalId',
    ]);
  });
});

/** CloudFormation's own check of a value ("CloudFormation template Parameters syntax"). */
function accepts(parameter: Parameter, value: string): boolean {
  const { Type, AllowedPattern, AllowedValues, MinValue, MaxValue, MaxLength } = parameter;
  if (Type === 'Number' && (value === '' || Number.isNaN(Number(value)))) return false;
  if (AllowedValues !== undefined && !AllowedValues.map(String).includes(value)) return false;
  // Of a list, each of its values is asked.
  const parts = Type === 'CommaDelimitedList' ? value.split(',') : [value];
  if (Type === 'CommaDelimitedList' && parts.length > 1 && parts.includes('')) return false;
  const pattern = new RegExp(`^(?:${AllowedPattern ?? '.*'})$`, 's');
  if (!parts.every((part) => pattern.test(part))) return false;
  if (MinValue !== undefined && Number(value) < MinValue) return false;
  if (MaxValue !== undefined && Number(value) > MaxValue) return false;
  return MaxLength === undefined || value.length <= MaxLength;
}

describe('CloudFormation', () => {
  it('tells what was made: where to subscribe, what is kept, what waits', () => {
    expect(Object.keys(template.Outputs)).toEqual(
      expect.arrayContaining([
        'AlertTopicArn',
        'DashboardUrl',
        'IncidentsTableName',
        'ImageActionQueueUrl',
        'ReplicationActionQueueUrl',
        'SpokeBusArn',
      ]),
    );
  });

  it('takes a template as large as this one, in bytes and in parts', () => {
    // "Understand CloudFormation quotas"
    expect(JSON.stringify(template).length).toBeLessThan(1_000_000);
    expect(Object.keys(template.Resources).length).toBeLessThan(500);
    expect(readFileSync(join(import.meta.dirname, '../spoke.yml')).length).toBeLessThan(51_200);
  });
});
