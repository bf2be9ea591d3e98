/** Lambda `settings`: every hour, the day's pass over settings that will bite later is begun, or gone on with. */

import type { Context } from 'aws-lambda';
import { settingsStartUp } from '../lib/lambda/sweep-start-up.ts';
import { checkSettings } from '../lib/monitor/settings.ts';

const { ports, config } = settingsStartUp();

/** What is kept free for the last repositories and for telling. */
const reserveMs = 120_000;

export async function handler(_: unknown, context: Context): Promise<void> {
  const until = Date.now() + context.getRemainingTimeInMillis() - reserveMs;
  await checkSettings(ports, config.policies, config.sourceRegistries ?? [config.hub], until);
}
