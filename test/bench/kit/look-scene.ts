/** A burst of pushes, of which some are missing, and what it costs the monitor and its peers to see through it. */

import { ECRClient } from '@aws-sdk/client-ecr';
import type { Digest } from '../../../lib/image/digest.ts';
import type { Registry } from '../../../lib/image/registry.ts';
import { settleImageActions } from '../../../lib/monitor/image-actions.ts';
import { inBatches } from '../../../lib/replication/reads.ts';
import { source } from '../../samples.ts';
import { createClock } from '../../world.ts';
import { checkRecentImages } from '../peers/scheduled-checker.ts';
import { cliVersion, isThere } from '../peers/shell-loop.ts';
import { statusApiOfModel, statusApiOfSdk } from '../peers/status-api.ts';
import { batchSizeOf } from './deployed.ts';
import { imageOfNumber, imagesUpTo, pushRecords } from './images.ts';
import {
  environmentOf,
  type LocalEcr,
  type LocalEcrOptions,
  replicate,
  startLocalEcr,
  usualCallsPerSecond,
  usualLatencyMs,
} from './local-ecr.ts';
import { createMonitor } from './monitor.ts';
import { threeDestinations } from './registries.ts';
import { chanceOf } from './statistics.ts';

const repository = 'prod-web';

export interface Scene {
  readonly size: number;
  readonly destinations: readonly Registry[];
  /** At none of the destinations. */
  readonly missing: ReadonlySet<Digest>;
}

/** `seed` decides which ones are missing. */
export function sceneOf(size: number, share: number, destinations: readonly Registry[], seed: number): Scene {
  const chance = chanceOf(seed);
  const missing = new Set<Digest>();
  const wanted = Math.round(size * share);
  if (wanted === size)
    return { size, destinations, missing: new Set(imagesUpTo(size).map(({ digest }) => digest)) };
  while (missing.size < wanted) missing.add(imageOfNumber(Math.floor(chance() * size)).digest);
  return { size, destinations, missing };
}

async function stage(scene: Scene, options: LocalEcrOptions): Promise<LocalEcr> {
  const local = await startLocalEcr(options);
  const images = imagesUpTo(scene.size);
  const arrived = images.filter(({ digest }) => !scene.missing.has(digest));
  local.ecr.seed(source, repository, images);
  for (const registry of scene.destinations) local.ecr.seed(registry, repository, arrived);
  replicate(local.ecr, source, 'prod-', scene.destinations);
  return local;
}

/** ECR calls of one look, for each replica that it verified; for each replica, where none can be. */
export async function callsOfMonitor(scene: Scene, missingIdHint = true): Promise<number> {
  const clock = createClock();
  const local = await stage(scene, { now: clock.now, quirks: { missingIdHint } });
  const monitor = createMonitor(clock.now);
  const records = pushRecords(repository, imagesUpTo(scene.size), clock.now());
  clock.turn(15);
  for (const batch of inBatches(records, batchSizeOf('image-action'))) {
    await settleImageActions(monitor.ports, monitor.config.policies, batch);
  }
  const calls = local.ecr.calls.count();
  await local.stop();
  const verified = (scene.size - scene.missing.size) * scene.destinations.length;
  if (monitor.sum('ReplicasVerified') !== verified || monitor.again.length !== scene.missing.size) {
    throw new Error('the monitor did not see what is there: its calls mean nothing');
  }
  return calls / (verified === 0 ? scene.size * scene.destinations.length : verified);
}

/** The same of the scheduled checker: a call an image, whatever became of it. */
export async function callsOfChecker(scene: Scene): Promise<number> {
  const { now, turn } = createClock();
  const local = await stage(scene, { now });
  const time = { now, turn, latencyMs: usualLatencyMs, callsPerSecond: usualCallsPerSecond };
  const { images } = await checkRecentImages(statusApiOfModel(local.ecr, source, time), repository, 0);
  const calls = local.ecr.calls.count();
  await local.stop();
  if (images !== scene.size) throw new Error('the checker did not see every image');
  return calls / (scene.size * scene.destinations.length);
}

export interface Times {
  readonly images: number;
  readonly monitor: readonly number[];
  readonly checker: readonly number[];
  /** Of one process; a loop takes one for each replica. Empty where there is no CLI. */
  readonly shell: readonly number[];
  readonly cli: string | undefined;
}

/** Milliseconds by the real clock, in turns: a burst that has arrived, seen through by each in its own way. */
export async function measureTimes(runs: number): Promise<Times> {
  const scene = sceneOf(100, 0, threeDestinations, 1);
  const local = await stage(scene, {
    now: Date.now,
    latencyMs: usualLatencyMs,
    callsPerSecond: usualCallsPerSecond,
  });
  const api = statusApiOfSdk(new ECRClient({}));
  const cli = await cliVersion();
  const times = { monitor: [] as number[], checker: [] as number[], shell: [] as number[] };
  for (let run = 0; run < runs; run += 1) {
    const { ports, config } = createMonitor(Date.now);
    const records = pushRecords(repository, imagesUpTo(scene.size), Date.now());
    times.monitor.push(await timed(() => settleImageActions(ports, config.policies, records)));
    times.checker.push(await timed(() => checkRecentImages(api, repository, 0)));
    for (const destination of cli === undefined ? [] : scene.destinations.slice(0, 1)) {
      const environment = environmentOf(local.url);
      times.shell.push(
        await timed(() => isThere(destination, repository, imageOfNumber(0).digest, environment)),
      );
    }
  }
  await local.stop();
  return { images: scene.size, ...times, cli };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}
