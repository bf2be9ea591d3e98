/** One cold start: a function in a fresh process under AWS's own runtime client, against a Runtime API of ours. */

import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { listen } from '../../../lib/local/listen.ts';

const root = join(import.meta.dirname, '../../..');
const runtimeClient = join(root, 'node_modules/aws-lambda-ric/index.mjs');
const standIn = join(import.meta.dirname, 'native-stand-in.cjs');
const longestMs = 60_000;

/** Milliseconds. */
export interface ColdStart {
  /** From the start of the process until it asks for its first event. */
  readonly init: number;
  /** From the first event to its answer. */
  readonly first: number;
  /** Of all threads, from the start of the process to the answer. */
  readonly processor: number;
}

/** `handler`: as Lambda has it, `file.export`, in `folder`. Throws when the function answers with an error. */
export async function coldStart(
  folder: string,
  handler: string,
  event: object,
  environment: Readonly<Record<string, string>>,
): Promise<ColdStart> {
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
        'lambda-runtime-deadline-ms': String(Date.now() + longestMs),
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
  const child = spawn(process.execPath, ['--require', standIn, runtimeClient], {
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
    timeout: longestMs,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => {
      answered(`the process ended: ${said.slice(0, 500)}`);
      resolve();
    });
  });
  const fault = await answer;
  child.kill('SIGTERM');
  await ended;
  await api.stop();
  if (fault !== undefined) throw new Error(`${handler}: ${fault}`);
  const [, microseconds] = /processor (\d+)/.exec(said) ?? [];
  if (microseconds === undefined)
    throw new Error(`${handler} did not tell what it used: ${said.slice(0, 500)}`);
  return {
    init: marks.next - begin,
    first: marks.answer - marks.next,
    processor: Number(microseconds) / 1000,
  };
}
