// The packaged template against the code that it deploys: what both of them say must agree.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RegoEngine, TemplateFile } from '@aws/cloudformation-validate';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableDefinition } from '../lib/aws/table-definition.ts';
import { environmentKeys, loadConfig } from '../lib/config.ts';
import { filesIn, type Packaged, packageCopy } from './template/package.ts';
import {
  functionsOf,
  lastOf,
  type Parameter,
  region,
  resourcesOf,
  type Template,
  the,
} from './template/template.ts';

const names = readdirSync(join(import.meta.dirname, '../functions')).map((file) => file.replace(/\.ts$/, ''));

let packaged: Packaged;
let template: Template;

beforeAll(async () => {
  packaged = await packageCopy();
  template = packaged.template;
});
afterAll(() => packaged?.remove());

describe('packaging', () => {
  it('deploys what is in functions/, no more and no less', () => {
    expect([...functionsOf(template).keys()].sort()).toEqual(names.sort());
    expect(names).toEqual(expect.arrayContaining(['follow-up', 'image-action', 'replication-action']));
  });

  it('puts the bundle into the archive of its function, and nothing else', async () => {
    for (const name of names) {
      const archive = join(packaged.folder, '.serverless', `${name}.zip`);
      expect(await filesIn(archive)).toEqual([`dist/functions/${name}.mjs`]);
    }
  });

  it('passes parameters and stage on, and makes the same archives of the same sources', async () => {
    const other = await packageCopy(
      '--param',
      'deadlinesByPrefix=prod/=10,sandbox/=ignore',
      '--stage',
      'trial',
    );
    expect(other.template.Parameters['DeadlinesByPrefix']?.Default).toBe('prod/=10,sandbox/=ignore');
    expect(the(functionsOf(other.template), 'follow-up').FunctionName).toBe(
      'ecr-replication-monitor-trial-follow-up',
    );
    for (const name of names) {
      const [first, second] = await Promise.all(
        [packaged, other].map(({ folder }) => readFile(join(folder, `.serverless/${name}.zip`))),
      );
      expect(second?.equals(first ?? Buffer.of()), name).toBe(true);
    }
    await other.remove();
  });

  it('refuses a parameter that does not exist, by name', async () => {
    await expect(packageCopy('--param', 'alertMail=oncall@example.com')).rejects.toThrow(
      'No parameter is called "alertMail". There are: alertEmail, deadlineMinutes',
    );
  });
});

describe.each(names)('%s', (name) => {
  it('starts from its archive alone, in the environment that the template gives it', () => {
    const { Handler, Environment } = the(functionsOf(template), name);
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
    const { Variables } = the(functionsOf(template), name).Environment;
    const declared = Object.entries(environmentKeys).filter(
      ([, key]) => !('only' in key) || key.only.some((only) => only === name),
    );
    expect(Object.keys(Variables).sort()).toEqual(declared.map(([key]) => key).sort());
    expect(loadConfig(Variables, name)).toMatchObject({ ok: true });
  });

  it('runs on the current Node, on arm64, and writes JSON to a log that is not kept for ever', () => {
    const { Runtime, Architectures, LoggingConfig, FunctionName } = the(functionsOf(template), name);
    expect({ Runtime, Architectures, LoggingConfig }).toEqual({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      LoggingConfig: { LogFormat: 'JSON' },
    });
    const logGroups = [...resourcesOf<object>(template, 'AWS::Logs::LogGroup').values()];
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
  it('calls follow-up each minute, which ends before the next', () => {
    const schedules = resourcesOf<{ ScheduleExpression: string; Target: { Arn: string } }>(
      template,
      'AWS::Scheduler::Schedule',
    );
    const { id, Timeout } = the(functionsOf(template), 'follow-up');
    const calls = [...schedules.values()].map(({ ScheduleExpression, Target }) => [
      ScheduleExpression,
      lastOf(Target.Arn),
    ]);
    expect(calls).toEqual([['rate(1 minute)', id]]);
    expect(Timeout).toBeLessThan(60);
  });
});

describe('the parameters', () => {
  it('are each described, limited, and within their limits by default', () => {
    const parameters = Object.entries(template.Parameters);
    expect(parameters).toHaveLength(4);
    for (const [name, parameter] of parameters) {
      expect(parameter.Description, name).toMatch(/\w+ \w+/);
      expect(parameter.ConstraintDescription, name).toMatch(/^must be /);
      expect(accepts(parameter, String(parameter.Default)), name).toBe(true);
      expect(accepts(parameter, '!'), name).toBe(false);
    }
  });

  it.each([
    ['AlertEmail', ['', 'oncall@example.com'], ['oncall', 'a@b', 'a@b.co, c@d.co']],
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
    ['LogRetentionDays', ['1', '30', '3653'], ['0', '2', 'forever', '']],
  ])('take for %s what it means, and nothing else', (name, good, bad) => {
    const parameter = the(new Map(Object.entries(template.Parameters)), name);
    expect(good.filter((value) => !accepts(parameter, value))).toEqual([]);
    expect(bad.filter((value) => accepts(parameter, value))).toEqual([]);
  });

  it('let no deadline in that the functions would then refuse', () => {
    const { AllowedPattern = '', MaxLength = 0 } = template.Parameters['DeadlinesByPrefix'] ?? {};
    const { MinValue = 0, MaxValue = 0 } = template.Parameters['DeadlineMinutes'] ?? {};
    const { Variables } = the(functionsOf(template), 'follow-up').Environment;
    fc.assert(
      fc.property(
        fc.stringMatching(new RegExp(AllowedPattern)).filter((text) => text.length <= MaxLength),
        fc.double({ min: MinValue, max: MaxValue, noNaN: true }).map((minutes) => minutes.toFixed(2)),
        (DEADLINES_BY_PREFIX, DEADLINE_MINUTES) => {
          const config = loadConfig({ ...Variables, DEADLINES_BY_PREFIX, DEADLINE_MINUTES }, 'follow-up');
          expect(config).toMatchObject({ ok: true });
        },
      ),
    );
  });

  it('make a subscription of an e-mail address only when there is one', () => {
    expect(template.Resources['AlertEmailSubscription']?.Condition).toBe('HasAlertEmail');
    expect(template.Conditions['HasAlertEmail']).toEqual({
      'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'AlertEmail' }, ''] }],
    });
  });
});

/** CloudFormation's own check of a value ("CloudFormation template Parameters syntax"). */
function accepts(parameter: Parameter, value: string): boolean {
  const { Type, AllowedPattern, AllowedValues, MinValue, MaxValue, MaxLength } = parameter;
  if (Type === 'Number' && (value === '' || Number.isNaN(Number(value)))) return false;
  if (AllowedValues !== undefined && !AllowedValues.map(String).includes(value)) return false;
  if (AllowedPattern !== undefined && !new RegExp(`^(?:${AllowedPattern})$`).test(value)) return false;
  if (MinValue !== undefined && Number(value) < MinValue) return false;
  if (MaxValue !== undefined && Number(value) > MaxValue) return false;
  return MaxLength === undefined || value.length <= MaxLength;
}

describe('CloudFormation', () => {
  async function objectionsTo(content: Template): Promise<readonly string[]> {
    const file = join(packaged.folder, 'template.json');
    await writeFile(file, JSON.stringify(content));
    const engine = new RegoEngine();
    try {
      const { status, diagnostics } = engine.validateStandard(new TemplateFile(file), {
        severityLevel: 'WARN',
      });
      expect(status).toBe('OK');
      // W3005: the framework makes each function depend on its role, which the reference to it does already.
      return diagnostics
        .filter(({ ruleId }) => ruleId !== 'W3005')
        .map(({ ruleId, message }) => `${ruleId} ${message}`);
    } finally {
      engine.free();
    }
  }

  it('has nothing against the template', async () => {
    expect(await objectionsTo(template)).toEqual([]);
  });

  it('would have something against a faulty one', async () => {
    const faulty = structuredClone(template.Resources['IncidentsTable']);
    const Resources = {
      ...template.Resources,
      IncidentsTable: { ...faulty, Type: 'AWS::SQS::Queue' } as never,
    };
    expect(await objectionsTo({ ...template, Resources })).not.toEqual([]);
  });

  it('tells what was made: where to subscribe, what is kept, what waits', () => {
    expect(Object.keys(template.Outputs)).toEqual(
      expect.arrayContaining([
        'AlertTopicArn',
        'IncidentsTableName',
        'ImageActionQueueUrl',
        'ReplicationActionQueueUrl',
      ]),
    );
  });
});
