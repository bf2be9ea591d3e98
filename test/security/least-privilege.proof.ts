/** Every built function runs against its own role: what the role does not list is refused, and no right in it is idle. */

import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableDefinition } from '../../lib/aws/table-definition.ts';
import { listen } from '../../lib/local/listen.ts';
import { startLocalAws } from '../../lib/local/local-aws.ts';
import { startFunction, useBundles } from '../functions/bundle.ts';
import { everyOption } from '../template/options.ts';
import { type Packaged, packageCopy } from '../template/package.ts';
import { admitting, type Role, rightsOf, roleOfFunction, rolesOf, trustOf } from '../template/role.ts';
import { isAllowed } from '../template/simulate.ts';
import { readSpoke } from '../template/spoke.ts';
import {
  account,
  functionsOf,
  listOf,
  type Policy,
  queueOf,
  region,
  resourcesOf,
  type Statement,
  type Template,
  the,
  withParameters,
} from '../template/template.ts';
import { type Asked, secrets, startGate } from './gate.ts';
import { arrange, notReached, scenarios, tableName } from './scenarios.ts';

const bundle = useBundles();

const names = readdirSync(join(import.meta.dirname, '../../functions')).map((file) =>
  file.replace(/\.ts$/, ''),
);

const externalId = everyOption.ReadRoleExternalId;
const reader = '444455556666';

/** What makes every function and every right; the topics so that notices go to the stack's own and to another. */
const asked = {
  ...everyOption,
  AlertTopics: `severity:critical=arn:aws:sns:${region}:${account}:pager`,
  AllowedDestinations: 'eu-central-1',
};

let packaged: Packaged;
let template: Template;
const runs = new Map<string, Run>();

beforeAll(async () => {
  packaged = await packageCopy();
  template = withParameters(packaged.template, asked);
  for (const name of names.filter((one) => Object.hasOwn(scenarios, one)))
    runs.set(name, await run(name, rightsOf(roleOfFunction(template, name))));
}, 400_000);
afterAll(() => packaged?.remove());

/** spoke.yml in the other account. Templates are resolved for one account, which here is the hub's: the two change names. */
const readRole = inOtherAccount(
  the(
    rolesOf(
      withParameters(readSpoke(), {
        HubAccountId: '999999999999',
        HubRegion: region,
        ReadRoleRegion: region,
        ReadRoleExternalId: externalId,
      }),
    ),
    'ReadRole',
  ),
);

function inOtherAccount(role: Role): Role {
  const text = JSON.stringify(role).replaceAll(account, reader).replaceAll('999999999999', account);
  return JSON.parse(text) as Role;
}

interface Run {
  readonly asked: readonly Asked[];
  readonly refused: readonly string[];
  readonly logs: readonly { readonly level: string; readonly message: string }[];
  /** The answer or the fault of each invocation. */
  readonly answers: readonly unknown[];
  readonly posts: number;
}

/** A function with these rights, on a day on which it needs them all. */
async function run(name: string, rights: Policy): Promise<Run> {
  const aws = await startLocalAws({ account, region });
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`${name} has no scenario: write one in scenarios.ts`);
  let posts = 0;
  const slack = await listen(
    createServer((request, response) => {
      if (request.url === secrets.webhook) posts += 1;
      response.end('ok');
    }),
  );
  for (const queue of ['ImageActionQueue', 'ReplicationActionQueue', 'SweepQueue'])
    await aws.createQueue(queue);
  const topic = await aws.createTopic('AlertTopic');
  await aws.createTopic('pager');
  await aws.createTable(tableDefinition(tableName));
  arrange(aws);
  const gate = await startGate({
    aws,
    allows: (question) => allows(question, name, rights),
    topicAccount: topic.split(':')[4] ?? '',
    parameter: `${slack.url}${secrets.webhook}`,
  });
  try {
    const events = await scenario(aws);
    const lambda = the(functionsOf(template), name);
    const { invoke, logs, stop } = startFunction(bundle(name), {
      ...lambda.Environment.Variables,
      AWS_ENDPOINT_URL: gate.url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: account,
      AWS_SECRET_ACCESS_KEY: secrets.ofTheFunction,
      AWS_LAMBDA_LOG_LEVEL: 'DEBUG',
      REMAINING_MS: '300000',
    });
    const answers: unknown[] = [];
    for (const event of events) answers.push(await invoke(event).catch((fault: Error) => fault));
    await stop();
    return { asked: gate.asked(), refused: gate.refused(), logs: logs(), answers, posts };
  } finally {
    await gate.stop();
    await slack.stop();
    await aws.stop();
  }
}

/** IAM's answer: the caller's own policy, and whatever policy stands at what is called. */
function allows(question: Asked, name: string, rights: Policy): Promise<boolean> {
  const { action, resource, caller, context = {} } = question;
  if (caller === reader) {
    const principal = `arn:aws:iam::${reader}:role/${everyOption.ReadRoleName}`;
    return isAllowed(
      { action, resource, principal, context },
      { identity: name === 'reader' ? rights : rightsOf(readRole) },
    );
  }
  const principal = `arn:aws:iam::${account}:role/ecr-replication-monitor/${name}`;
  const theirs = action === 'sts:AssumeRole' ? trustOf(readRole) : undefined;
  const key = action.startsWith('kms:') ? keyPolicyOf(action, resource) : undefined;
  const attached = theirs ?? key;
  return isAllowed(
    { action, resource, principal, context: { 'aws:PrincipalArn': principal, ...context } },
    { identity: rights, ...(attached === undefined ? {} : { resource: attached }) },
  );
}

function keyPolicyOf(action: string, resource: string): Policy {
  if (!resource.endsWith('/AlertKey')) return admitting(action);
  return the(resourcesOf<{ KeyPolicy: Policy }>(template, 'AWS::KMS::Key'), 'AlertKey').KeyPolicy;
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

/** A policy for each right that it grants, without that right. */
function withoutEachRight(policy: Policy): readonly (readonly [right: string, rest: Policy])[] {
  return policy.Statement.flatMap((statement, at) => {
    if (statement.Effect === 'Deny') return [];
    return listOf(statement.Action).map((action): readonly [string, Policy] => {
      const left = listOf(statement.Action).filter((other) => other !== action);
      const rest: readonly Statement[] = left.length === 0 ? [] : [{ ...statement, Action: left }];
      const Statement = [...policy.Statement.slice(0, at), ...rest, ...policy.Statement.slice(at + 1)];
      return [`${action} on ${listOf(statement.Resource).join(', ')}`, { ...policy, Statement }];
    });
  });
}

it.each(names)('the function %s has a scenario', (name) => {
  expect(Object.keys(scenarios)).toContain(name);
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
      expect(await allows(question, name, rights), question.action).toBe(true);
  });

  it('misses every right that is taken from the role, one at a time', async () => {
    const questions = distinct([...the(runs, name).asked, ...askedByLambda(name)]);
    const rights = rightsOf(roleOfFunction(template, name));
    expect(withoutEachRight(rights).length).toBeGreaterThan(3);
    // Routes bring a right to the keys of any topic, which covers the stack's own key: that is needed without routes.
    const plain = rightsOf(roleOfFunction(withParameters(template, { AlertTopics: '' }), name));
    const ownTopic = questions.filter(({ resource }) => !resource.includes('pager'));
    const needed = new Set(await neededRights(plain, ownTopic, name));
    const idle = await idleRights(rights, questions, name);
    const unused = idle.filter((right) => !needed.has(right)).map((right) => right.split(' on ')[0] ?? '');
    expect([...new Set(unused)]).toEqual(notReached[name] ?? []);
  });
});

/** The rights that a caller can do without: with all the others, nothing that it asks is refused. */
async function idleRights(rights: Policy, questions: readonly Asked[], name: string): Promise<string[]> {
  const idle: string[] = [];
  for (const [right, rest] of withoutEachRight(rights)) {
    const [action] = right.split(' on ');
    const concerned = questions.filter((question) => question.action === action);
    const answers = await Promise.all(concerned.map((question) => allows(question, name, rest)));
    if (!answers.includes(false)) idle.push(right);
  }
  return idle;
}

async function neededRights(rights: Policy, questions: readonly Asked[], name: string): Promise<string[]> {
  const idle = await idleRights(rights, questions, name);
  return withoutEachRight(rights).flatMap(([right]) => (idle.includes(right) ? [] : [right]));
}

const nothingFailed = { batchItemFailures: [] };

describe('the read role of spoke.yml', () => {
  it('allows what the functions read there, and holds no right that they could do without', async () => {
    const questions = distinct([...runs.values()].flatMap((one) => one.asked)).filter(
      ({ caller }) => caller === reader,
    );
    const idle = (await idleRights(rightsOf(readRole), questions, 'reader')).map(
      (right) => right.split(' on ')[0],
    );
    expect(idle).toEqual(notReachedThere);
  });

  it('is taken on with its external id, which is no secret, and refused without', async () => {
    const rights = rightsOf(roleOfFunction(template, 'image-action'));
    const taken = the(runs, 'image-action').asked.find(({ action }) => action === 'sts:AssumeRole');
    expect(taken?.context).toEqual({ 'sts:ExternalId': externalId });
    if (taken === undefined) return;
    expect(await allows(taken, 'image-action', rights)).toBe(true);
    const { context: _, ...withoutId } = taken;
    expect(await allows(withoutId, 'image-action', rights)).toBe(false);
  });
});

/** Of a backfill that has ended. */
const notReachedThere = ['ecr:DescribeReplicationBackfillResults'];

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
