/** Lambda `manifests`, only where it is asked for: every hour, the day's pass over images that may not be whole is begun, or gone on with. */

import type { Context } from 'aws-lambda';
import { manifestsStartUp } from '../lib/lambda/sweep-start-up.ts';
import { readAllManifests } from '../lib/monitor/manifests.ts';

const { ports, config } = manifestsStartUp();

/** What is kept free for the page that is being read. */
const reserveMs = 180_000;

export async function handler(_: unknown, context: Context): Promise<void> {
  const { hub, policies, sourceRegistries = [hub] } = config;
  const until = Date.now() + context.getRemainingTimeInMillis() - reserveMs;
  await readAllManifests(ports, policies, hub, sourceRegistries, until);
}
