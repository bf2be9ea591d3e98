/** Every function as built, its peers bundled beside it, and a local AWS behind HTTPS for their first events. */

import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { tableDefinition } from '../../../lib/aws/table-definition.ts';
import { startLocalAws } from '../../../lib/local/local-aws.ts';
import { type Bundle, build } from '../../../scripts/build.ts';
import { ireland, source } from '../../samples.ts';
import { sourceOfRawFunction } from '../peers/raw-calls.ts';
import { sourceOfSdkFunction } from '../peers/sdk-clients.ts';
import { type FirstEvent, firstEvents } from './first-events.ts';
import { type ColdStart, coldStart, instructionsOf, type LambdaFunction } from './fresh-process.ts';
import { functionEnvironment } from './function-environment.ts';
import { replicate } from './local-ecr.ts';
import { openTlsDoor } from './tls-door.ts';

const root = join(import.meta.dirname, '../../..');
const sample = { repository: 'prod-api', tags: ['1.4.2'] };

export interface ColdFunctions {
  readonly bundles: readonly Bundle[];
  /** Functions that this bench has no first event for. */
  readonly unknown: readonly string[];
  readonly isHttps: boolean;
  /** Starts one: the function itself, its peer with the SDK's clients, its floor without them, or an empty one. */
  readonly start: (kind: Kind, name: string) => Promise<ColdStart | undefined>;
  /** The same in instructions; undefined where valgrind is not installed, or takes too long. */
  readonly count: (kind: Kind, name: string) => Promise<number | undefined>;
  readonly stop: () => Promise<void>;
}

export type Kind = 'built' | 'sdk' | 'raw' | 'empty';

export async function coldFunctions(): Promise<ColdFunctions> {
  const folder = await mkdtemp(join(tmpdir(), 'ecr-replication-monitor-bench-'));
  const aws = await startLocalAws();
  const door = await openTlsDoor(aws.endpoint);
  await aws.createTable(tableDefinition('incidents'));
  const topicArn = await aws.createTopic('alerts');
  replicate(aws.ecr, source, 'prod-', [ireland]);
  const { url: queueUrl } = await aws.createQueue('queue');
  const events = await firstEvents(topicArn, queueUrl);
  for (const registry of [source, ireland]) {
    for (const digest of digestsIn(events)) {
      aws.ecr.seed(registry, sample.repository, [{ digest, tags: sample.tags }]);
    }
  }
  const folderOf = (kind: Kind): string => join(folder, kind);
  const bundles = await build(join(root, 'functions'), folderOf('built'));
  const has = new Set<string>(bundles.map(({ name }) => `built ${name}`));
  for (const { name } of bundles) {
    const first = events[name];
    if (first === undefined) continue;
    for (const [kind, contents] of [
      ['sdk', sourceOfSdkFunction(first)],
      ['raw', sourceOfRawFunction(first)],
    ] as const) {
      if (contents === undefined) continue;
      has.add(`${kind} ${name}`);
      await bundlePeer(contents, join(folderOf(kind), `${name}.mjs`));
    }
    has.add(`empty ${name}`);
    await bundlePeer('export const handler = async () => ({});', join(folderOf('empty'), `${name}.mjs`));
  }
  const environment = {
    ...functionEnvironment(door?.url ?? aws.endpoint),
    ...door?.trust,
    SWEEP_QUEUE_URL: queueUrl,
    SWEEP_CALLS_PER_SECOND: '10',
  };
  const functionOf = (kind: Kind, name: string): LambdaFunction | undefined => {
    const event = events[name]?.event;
    if (event === undefined || !has.has(`${kind} ${name}`)) return undefined;
    // The local SNS has an account of its own, which only who publishes must know: the hub's is read from the topic.
    const topic = events[name]?.calls.some(({ service }) => service === 'sns')
      ? { ALERT_TOPIC_ARN: topicArn }
      : {};
    return {
      folder: folderOf(kind),
      handler: `${name}.handler`,
      event,
      environment: { ...environment, ...topic },
    };
  };
  return {
    bundles,
    unknown: bundles.map(({ name }) => name).filter((name) => events[name] === undefined),
    isHttps: door !== undefined,
    start: async (kind, name) => {
      const lambda = functionOf(kind, name);
      return lambda === undefined ? undefined : coldStart(lambda);
    },
    count: async (kind, name) => {
      const lambda = functionOf(kind, name);
      return lambda === undefined || !hasValgrind() ? undefined : instructionsOf(lambda);
    },
    stop: async () => {
      await door?.stop();
      await aws.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** ES modules, minified, as small as the SDK allows without leaving its credential chain out. */
async function bundlePeer(contents: string, outfile: string): Promise<void> {
  await bundle({
    stdin: { contents, resolveDir: root, loader: 'js' },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    logLevel: 'silent',
  });
}

function digestsIn(events: Readonly<Record<string, FirstEvent>>): readonly string[] {
  return [...new Set(JSON.stringify(events).match(/sha256:[0-9a-f]{64}/g) ?? [])];
}

function hasValgrind(): boolean {
  return spawnSync('valgrind', ['--version']).status === 0;
}
