/** Every function as built, its peers bundled beside it, and a local AWS behind HTTPS for their first events. */

import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { type Bundle, build } from '../../../scripts/build.ts';
import { source } from '../../samples.ts';
import { sourceOfRawFunction } from '../peers/raw-calls.ts';
import { recordedTable } from '../peers/recorded-input.ts';
import { sourceOfSdkFunction } from '../peers/sdk-clients.ts';
import { startColdScene } from './cold-scene.ts';
import { firstEvents } from './first-events.ts';
import { type ColdStart, coldStart, instructionsOf, type LambdaFunction } from './fresh-process.ts';
import { openTlsDoor } from './tls-door.ts';

const root = join(import.meta.dirname, '../../..');

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
  const scene = await startColdScene();
  const door = await openTlsDoor(scene.url);
  const events = await firstEvents(scene.queueUrl);
  const folderOf = (kind: Kind): string => join(folder, kind);
  const bundles = await build(join(root, 'functions'), folderOf('built'));
  const has = new Set<string>(bundles.map(({ name }) => `built ${name}`));
  let tables = 0;

  /** Each start has a table of its own: what one remembers would spare the next one calls. */
  async function functionOf(kind: Kind, name: string, table?: string): Promise<LambdaFunction | undefined> {
    const first = events[name];
    if (first === undefined || !has.has(`${kind} ${name}`)) return undefined;
    tables += 1;
    const environment = {
      ...scene.environment(door?.url ?? scene.url),
      ...door?.trust,
      ...first.environment,
      INCIDENTS_TABLE: await scene.freshTable(table ?? `incidents-${tables}`),
      ...(first.clients.includes('ssm') ? { WEBHOOK: scene.webhook } : {}),
    };
    return { folder: folderOf(kind), handler: `${name}.handler`, event: first.event, environment };
  }

  for (const { name } of bundles) {
    const { clients } = events[name] ?? {};
    const built = await functionOf('built', name, recordedTable(name));
    if (clients === undefined || built === undefined) continue;
    // The peers make the calls that the function itself was seen to make.
    const calls = await scene.callsOf(() => coldStart(built));
    for (const [kind, contents] of [
      ['sdk', sourceOfSdkFunction(clients, calls, source.region)],
      ['raw', sourceOfRawFunction(calls)],
      ['empty', 'export const handler = async () => ({});'],
    ] as const) {
      if (contents === undefined) continue;
      has.add(`${kind} ${name}`);
      await bundlePeer(contents, join(folderOf(kind), `${name}.mjs`));
    }
  }
  return {
    bundles,
    unknown: bundles.map(({ name }) => name).filter((name) => events[name] === undefined),
    isHttps: door !== undefined,
    start: async (kind, name) => {
      const lambda = await functionOf(kind, name);
      return lambda === undefined ? undefined : coldStart(lambda);
    },
    count: async (kind, name) => {
      const lambda = hasValgrind() ? await functionOf(kind, name) : undefined;
      return lambda === undefined ? undefined : instructionsOf(lambda);
    },
    stop: async () => {
      await door?.stop();
      await scene.stop();
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

function hasValgrind(): boolean {
  return spawnSync('valgrind', ['--version']).status === 0;
}
