/** Every built function runs against its own role: what the role does not list is refused, and no right in it is idle. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useBundles } from '../functions/bundle.ts';
import { everyOption } from '../template/options.ts';
import { type Packaged, packageCopy } from '../template/package.ts';
import { rightsOf, roleOfFunction } from '../template/role.ts';
import {
  account,
  functionsOf,
  listOf,
  functionNames as names,
  queueOf,
  region,
  type Template,
  the,
  withParameters,
} from '../template/template.ts';
import { type Asked, secrets } from './gate.ts';
import { allows, idleRights, neededRights, reader, readRole, withoutEachRight } from './iam.ts';
import { type Run, runThrough } from './run.ts';
import { daysOf, tableName } from './scenarios.ts';

const bundle = useBundles();

const pager = `arn:aws:sns:${region}:${account}:pager`;

/**
 * What makes every function and every right. Notices go to the stack's own topic and to another: those that are critical,
 * and those that may be of any repository, such as a digest of settings.
 */
const asked = {
  ...everyOption,
  AlertTopics: `severity:critical=${pager},prefix:base/=${pager}`,
  AllowedDestinations: 'eu-central-1',
};

let packaged: Packaged;
let template: Template;
const runs = new Map<string, Run>();

beforeAll(async () => {
  packaged = await packageCopy();
  template = withParameters(packaged.template, asked);
  for (const name of names.filter((one) => Object.hasOwn(daysOf, one)))
    runs.set(name, await run(name, rightsOf(roleOfFunction(template, name))));
}, 400_000);
afterAll(() => packaged?.remove());

/** A function with these rights, on days on which it needs them all. */
function run(name: string, rights: Parameters<typeof allows>[3]): Promise<Run> {
  return runThrough({ template, name, bundle: bundle(name), rights }, daysOf[name] ?? []);
}

/** What Lambda itself does in a function's name, by its documentation: no run here sees it. */
function askedByLambda(name: string): readonly Asked[] {
  const { id, DeadLetterConfig, VpcConfig, TracingConfig } = the(functionsOf(template), name);
  const group = id.replace(/LambdaFunction$/, 'LogGroup');
  const stream = `arn:aws:logs:${region}:${account}:log-group:${group}:log-stream:2026/11/24/[$LATEST]0`;
  const queue = queueOf(template, name);
  const onAnything = (actions: readonly string[]): readonly [string, string][] =>
    actions.map((action) => [action, '*']);
  const all: readonly (readonly [action: string, resource: string])[] = [
    ['logs:CreateLogStream', stream],
    ['logs:PutLogEvents', stream],
    // "Configuring an Amazon SQS queue to trigger an AWS Lambda function"
    ...(queue === undefined
      ? []
      : ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'].map(
          (action) => [action, queue] as const,
        )),
    // "Adding a dead-letter queue"
    ...(DeadLetterConfig === undefined ? [] : [['sqs:SendMessage', DeadLetterConfig.TargetArn] as const]),
    // "Visualize Lambda function invocations using AWS X-Ray"
    ...(TracingConfig?.Mode === 'Active'
      ? onAnything(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'])
      : []),
    // "Giving Lambda functions access to resources in an Amazon VPC"
    ...(VpcConfig === undefined
      ? []
      : onAnything([
          'ec2:AssignPrivateIpAddresses',
          'ec2:CreateNetworkInterface',
          'ec2:DeleteNetworkInterface',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSubnets',
          'ec2:UnassignPrivateIpAddresses',
        ])),
  ];
  return all.map(([action, resource]) => ({ action, resource, caller: account }));
}

function secretsIn({ logs, answers }: Run): readonly string[] {
  const said = JSON.stringify([
    logs,
    answers.map((answer) => (answer instanceof Error ? String(answer.stack) : answer)),
  ]);
  return Object.values(secrets).filter((secret) => said.includes(secret));
}

function distinct(questions: readonly Asked[]): readonly Asked[] {
  return [...new Map(questions.map((question) => [JSON.stringify(question), question])).values()];
}

it.each(names)('the function %s has a day to go through', (name) => {
  expect(Object.keys(daysOf)).toContain(name);
});

describe.each(names)('the function %s with its own role', (name) => {
  it('is refused nothing, and does its work', async () => {
    const { refused, answers, logs, posts } = the(runs, name);
    expect(refused).toEqual([]);
    expect(answers.filter((answer) => answer instanceof Error)).toEqual([]);
    expect(logs.filter(({ level }) => level === 'ERROR')).toEqual([]);
    expect(answers).toEqual(answers.map((answer) => (answer === undefined ? undefined : nothingFailed)));
    expect(posts).toBe(name === 'slack' ? 1 : 0);
  });

  it('says no secret in a log or an answer, and has none in its environment but its own keys', () => {
    expect(secretsIn(the(runs, name))).toEqual([]);
    const { Variables } = the(functionsOf(template), name).Environment;
    expect(Object.entries(Variables).filter(([, value]) => /hooks\.slack|secret|AKIA/i.test(value))).toEqual(
      [],
    );
  });

  it('is allowed what Lambda does in its name', async () => {
    const rights = rightsOf(roleOfFunction(template, name));
    for (const question of askedByLambda(name))
      expect(await allows(template, question, name, rights), question.action).toBe(true);
  });

  it('misses every right that is taken from the role, one at a time', async () => {
    const questions = distinct([...the(runs, name).asked, ...askedByLambda(name)]);
    const rights = rightsOf(roleOfFunction(template, name));
    expect(withoutEachRight(rights).length).toBeGreaterThan(3);
    // Routes bring a right to the keys of any topic, which covers the stack's own key: that is needed without routes.
    const plain = rightsOf(roleOfFunction(withParameters(template, { AlertTopics: '' }), name));
    const ownTopic = questions.filter(({ resource }) => !resource.includes('pager'));
    const needed = await neededRights(template, plain, ownTopic, name);
    const idle = await idleRights(template, rights, questions, name);
    expect(idle.filter((right) => !needed.has(right))).toEqual([]);
  });
});

const nothingFailed = { batchItemFailures: [] };

describe('the read role of spoke.yml', () => {
  it('allows what the functions read there, and holds no right that they could do without', async () => {
    const questions = distinct([...runs.values()].flatMap((one) => one.asked)).filter(
      ({ caller }) => caller === reader,
    );
    expect(await idleRights(template, rightsOf(readRole), questions, 'reader')).toEqual([]);
  });

  it('is taken on with its external id, which is no secret, and refused without', async () => {
    const rights = rightsOf(roleOfFunction(template, 'image-action'));
    const taken = the(runs, 'image-action').asked.find(({ action }) => action === 'sts:AssumeRole');
    expect(taken?.context).toEqual({ 'sts:ExternalId': everyOption.ReadRoleExternalId });
    if (taken === undefined) return;
    expect(await allows(template, taken, 'image-action', rights)).toBe(true);
    const { context: _, ...withoutId } = taken;
    expect(await allows(template, withoutId, 'image-action', rights)).toBe(false);
  });
});

describe('a function that lacks a right', () => {
  const without = async (name: string, action: string): Promise<Run> => {
    const rights = rightsOf(roleOfFunction(template, name));
    const Statement = rights.Statement.map((one) => ({
      ...one,
      Action: listOf(one.Action).filter((other) => other !== action),
    }));
    return run(name, { ...rights, Statement: Statement.filter(({ Action }) => Action.length > 0) });
  };

  it('keeps its messages when it may not put incidents on record', async () => {
    const { refused, answers } = await without('image-action', 'dynamodb:PutItem');
    expect(refused).toContain(`dynamodb:PutItem on arn:aws:dynamodb:${region}:${account}:table/${tableName}`);
    expect(answers).not.toEqual([nothingFailed]);
  });

  it('says so when it may not publish', async () => {
    const { refused, logs } = await without('follow-up', 'sns:Publish');
    expect(refused).toContain(`sns:Publish on arn:aws:sns:${region}:${account}:AlertTopic`);
    expect(logs).toContainEqual(
      expect.objectContaining({ level: 'ERROR', message: 'Notice not sent; the next run tries again' }),
    );
  });

  it('posts nothing when it may not read where to', async () => {
    const { answers, posts } = await without('slack', 'ssm:GetParameter');
    expect(answers).toEqual([
      expect.objectContaining({ message: expect.stringContaining('not authorized') }),
    ]);
    expect(posts).toBe(0);
  });

  it('says no secret then, either', async () => {
    for (const [name, action] of [
      ['image-action', 'sts:AssumeRole'],
      ['slack', 'kms:Decrypt'],
    ] as const) {
      const refusedRun = await without(name, action);
      expect(refusedRun.refused).not.toEqual([]);
      expect(secretsIn(refusedRun)).toEqual([]);
    }
  });
});
