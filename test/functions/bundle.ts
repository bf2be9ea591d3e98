/** A built function in a process of its own, as a stranger runs it: plain Node, environment variables, events in, answers out. */

import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { beforeAll, expect, onTestFinished } from 'vitest';
import { build } from '../../scripts/build.ts';
import { oncePerRun } from '../run-folder.ts';

const root = join(import.meta.dirname, '../..');

/** Builds all functions for the tests of one file. Answers where a function's bundle is. */
export function useBundles(): (name: string) => string {
  let folder = '';
  beforeAll(async () => {
    folder = await oncePerRun(
      'functions',
      async (empty) => void (await build(join(root, 'functions'), empty)),
    );
  });
  return (name) => join(folder, `${name}.mjs`);
}

/** What Lambda's runtime does, in small. */
const runtime = `
  const [bundle] = process.argv.slice(1);
  const started = import(bundle).then(
    ({ handler }) => ({ handler }),
    (error) => ({ fault: error.message }),
  );
  const left = Number(process.env.REMAINING_MS ?? 60_000);
  process.on('message', async ({ number, event }) => {
    const context = { awsRequestId: String(number), getRemainingTimeInMillis: () => left };
    const { handler, fault } = await started;
    if (fault !== undefined) return process.send({ number, fault });
    try {
      process.send({ number, answer: await handler(event, context) });
    } catch (error) {
      process.send({ number, fault: error.message });
    }
  });
`;

interface Reply {
  readonly number: number;
  readonly answer?: unknown;
  readonly fault?: string;
}

export interface RunningFunction {
  /** Rejects with what the function, or its start, threw. */
  readonly invoke: (event?: unknown) => Promise<unknown>;
  /** The lines that it has logged. */
  readonly logs: () => readonly {
    readonly level: string;
    readonly message: string;
    readonly [field: string]: unknown;
  }[];
  /** Ends the process, which ends with the test at the latest. */
  readonly stop: () => Promise<void>;
}

/** Starts a bundle with nothing in its environment but what is given; outside a test, whoever starts it stops it. */
export function startFunction(
  bundle: string,
  environment: Readonly<Record<string, string>>,
): RunningFunction {
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '--eval', runtime, bundle], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const over = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = (): Promise<void> => {
    child.kill();
    return over;
  };
  if (expect.getState().currentTestName !== undefined) onTestFinished(stop);
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (fault: Error) => void }>();
  child.on('message', (message) => {
    const { number, answer, fault } = message as Reply;
    const one = waiting.get(number);
    waiting.delete(number);
    if (fault === undefined) one?.resolve(answer);
    else one?.reject(new Error(fault));
  });
  child.on('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the process ended with ${code}`));
  });
  let invocations = 0;
  return {
    invoke: (event = {}) =>
      new Promise((resolve, reject) => {
        invocations += 1;
        waiting.set(invocations, { resolve, reject });
        child.send({ number: invocations, event });
      }),
    stop,
    logs: () => output.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)])),
  };
}

/** A sample event as its file has it, but of another age, and of other details if given. */
export async function sampleEvent(file: string, ageSeconds: number, detail: object = {}): Promise<object> {
  const event = JSON.parse(await readFile(join(root, 'events', file), 'utf8')) as { detail: object };
  const time = new Date(Date.now() - ageSeconds * 1000).toISOString();
  return { ...event, time, detail: { ...event.detail, ...detail } };
}

/** Lambda's event of some messages; the ids are m0, m1, m2 … */
export function sqsEvent(...bodies: readonly (object | string)[]): SQSEvent {
  const records = bodies.map((body, n) => ({
    messageId: `m${n}`,
    receiptHandle: `r${n}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:111122223333:queue',
    awsRegion: 'us-east-1',
  }));
  return { Records: records satisfies SQSRecord[] };
}
