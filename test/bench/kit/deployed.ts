/** What serverless.yml deploys, as far as a bench has to do the same. */

import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';

interface SqsSource {
  readonly batchSize: number;
  readonly maximumBatchingWindow: number;
  readonly maximumConcurrency: number;
}

const functions = readYaml('serverless.yml');
const events = readYaml('deploy/events.yml');

function readYaml(name: string) {
  // CloudFormation's own tags are no business of a bench.
  return parseDocument(readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8'), {
    logLevel: 'silent',
  });
}

function sourceOf(functionName: string): SqsSource {
  const source: unknown = functions.getIn(['functions', functionName, 'events', 0, 'sqs']);
  if (source === undefined) throw new Error(`${functionName} has no queue in serverless.yml`);
  return (source as { toJSON: () => SqsSource }).toJSON();
}

/** Messages that Lambda hands to one run. */
export function batchSizeOf(functionName: string): number {
  return sourceOf(functionName).batchSize;
}

/** Seconds that Lambda collects a batch for. */
export function batchingWindowOf(functionName: string): number {
  return sourceOf(functionName).maximumBatchingWindow;
}

/** Seconds from a push to its first look, by the delay of its queue. */
export function pushDelaySeconds(): number {
  const seconds: unknown = events.getIn(['Resources', 'ImageActionQueue', 'Properties', 'DelaySeconds']);
  if (typeof seconds !== 'number') throw new Error('deploy/events.yml has no delay for the queue of pushes');
  return seconds;
}
