/** One cold start: a function in a fresh process under AWS's own runtime client, against a Runtime API of ours. */

import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listen } from '../../../lib/local/listen.ts';

const runtimeClient = fileURLToPath(import.meta.resolve('aws-lambda-ric'));
const standIn = join(import.meta.dirname, 'native-stand-in.cjs');
const longestMs = 60_000;
/** What every function is told that it has: as long as Lambda gives any, so that a count sees the whole of its work. */
const longestRunMs = 900_000;
/** Node runs some thirty times slower there. */
const timesSlower = 30;
const triesUnderCallgrind = 3;
const longestUnderCallgrindMs = 240_000;
const callgrind = ['--tool=callgrind', '--callgrind-out-file=/dev/null', '--smc-check=all-non-file'];

/** Milliseconds. */
export interface ColdStart {
  /** From the start of the process until it asks for its first event. */
  readonly init: number;
  /** From the first event to its answer. */
  readonly first: number;
  /** Of all threads, from the start of the process to the answer. */
  readonly processor: number;
}

/** A function as Lambda has it: `handler` is `file.export` in `folder`. */
export interface LambdaFunction {
  readonly folder: string;
  readonly handler: string;
  readonly event: object;
  readonly environment: Readonly<Record<string, string>>;
}

/** Throws when the function answers with an error. */
export async function coldStart(lambda: LambdaFunction): Promise<ColdStart> {
  const { init, first, said } = await firstAnswer(lambda, [process.execPath], longestMs);
  return { init, first, processor: numberIn(said, /processor (\d+)/) / 1000 };
}

/**
 * From the start of the process to its end, of all threads. Undefined where that takes too long.
 * Not on one thread, which would take a flag of V8's: Node's own modules are compiled in for V8 without any, and would all be
 * compiled anew. One helper thread is enough to keep the count from wandering by more than 3 %.
 */
export async function instructionsOf(lambda: LambdaFunction): Promise<number | undefined> {
  const command = ['valgrind', ...callgrind, process.execPath, '--v8-pool-size=1'];
  const slowed = { ...lambda, environment: { ...lambda.environment, BENCH_SLOWED: String(timesSlower) } };
  // Valgrind loses a process of several threads now and then.
  for (let left = triesUnderCallgrind; ; left -= 1) {
    try {
      const { said } = await firstAnswer(slowed, command, longestUnderCallgrindMs);
      return numberIn(said, /Collected : (\d+)/);
    } catch (error) {
      if (error instanceof TimeIsUp) return undefined;
      if (left === 1) throw error;
    }
  }
}

class TimeIsUp extends Error {}

function numberIn(said: string, pattern: RegExp): number {
  const [, number] = pattern.exec(said) ?? [];
  if (number === undefined) throw new Error(`the process did not tell what it used: ${said.slice(0, 500)}`);
  return Number(number);
}

async function firstAnswer(
  { folder, handler, event, environment }: LambdaFunction,
  [command = '', ...options]: readonly string[],
  timeout: number,
): Promise<{ readonly init: number; readonly first: number; readonly said: string }> {
  const marks = { next: 0, answer: 0 };
  let answered = (_fault: string | undefined): void => {};
  const answer = new Promise<string | undefined>((resolve) => {
    answered = resolve;
  });
  const server = createServer((request, response) => {
    if (request.url?.endsWith('/invocation/next')) {
      // The second is never answered: there is one event only.
      if (marks.next > 0) return;
      marks.next = performance.now();
      response.writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': 'first',
        'lambda-runtime-deadline-ms': String(Date.now() + longestRunMs),
        'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:111122223333:function:first',
      });
      response.end(JSON.stringify(event));
      return;
    }
    marks.answer = performance.now();
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      response.writeHead(202).end('{}');
      answered(request.url?.endsWith('/response') ? undefined : body);
    });
  });
  const api = await listen(server);
  const begin = performance.now();
  const child = spawn(command, [...options, '--require', standIn, runtimeClient], {
    cwd: folder,
    env: {
      ...environment,
      _HANDLER: handler,
      LAMBDA_TASK_ROOT: folder,
      AWS_LAMBDA_RUNTIME_API: new URL(api.url).host,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: 'first',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_LAMBDA_LOG_GROUP_NAME: 'first',
      AWS_LAMBDA_LOG_STREAM_NAME: 'first',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => {
      answered(`the process ended: ${said.slice(-500)}`);
      resolve();
    });
  });
  const fault = await answer;
  const seconds = (performance.now() - begin) / 1000;
  child.kill('SIGTERM');
  await ended;
  await api.stop();
  if (fault !== undefined && seconds * 1000 >= timeout) throw new TimeIsUp();
  if (fault !== undefined) throw new Error(`${handler}: ${fault}`);
  return { init: marks.next - begin, first: marks.answer - marks.next, said };
}
