// One built function, its process and the AWS around it, for as long as it takes to go through a day of its own.
import { createServer } from 'node:http';
import { tableDefinition } from '../../lib/aws/table-definition.ts';
import { listen } from '../../lib/local/listen.ts';
import { startLocalAws } from '../../lib/local/local-aws.ts';
import { startFunction } from '../functions/bundle.ts';
import { account, functionsOf, type Policy, region, type Template, the } from '../template/template.ts';
import { type Asked, secrets, startGate } from './gate.ts';
import { allows } from './iam.ts';
import { arrange, type Day, tableName } from './scenarios.ts';

export interface Run {
  readonly asked: readonly Asked[];
  readonly refused: readonly string[];
  readonly logs: readonly { readonly level: string; readonly message: string }[];
  /** The answer or the fault of each invocation. */
  readonly answers: readonly unknown[];
  readonly posts: number;
}

/** What is to be run: which function, out of which template and bundle, with which rights. */
export interface Subject {
  readonly template: Template;
  readonly name: string;
  readonly bundle: string;
  readonly rights: Policy;
}

/** All of a function's days, one after the other, each in an AWS of its own. */
export async function runThrough(subject: Subject, days: readonly Day[]): Promise<Run> {
  const runs: Run[] = [];
  for (const day of days) runs.push(await runDay(subject, day));
  return {
    asked: runs.flatMap(({ asked }) => asked),
    refused: runs.flatMap(({ refused }) => refused),
    logs: runs.flatMap(({ logs }) => logs),
    answers: runs.flatMap(({ answers }) => answers),
    posts: runs.reduce((sum, { posts }) => sum + posts, 0),
  };
}

async function runDay({ template, name, bundle, rights }: Subject, day: Day): Promise<Run> {
  // What is replicated is there at once, and so is the end of a backfill.
  const aws = await startLocalAws({ account, region, delayMs: 0, quirks: { prepareMs: 0 } });
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
    allows: (question) => allows(template, question, name, rights),
    topicAccount: topic.split(':')[4] ?? '',
    parameter: `${slack.url}${secrets.webhook}`,
  });
  try {
    const events = await day.begin(aws);
    const lambda = the(functionsOf(template), name);
    const { invoke, logs, stop } = startFunction(bundle, {
      ...lambda.Environment.Variables,
      AWS_ENDPOINT_URL: gate.url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: account,
      AWS_SECRET_ACCESS_KEY: secrets.ofTheFunction,
      AWS_LAMBDA_LOG_LEVEL: 'DEBUG',
      REMAINING_MS: '900000',
      // Nobody throttles here: what is paced would only take longer.
      SWEEP_CALLS_PER_SECOND: '1000',
      ...day.environment,
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
