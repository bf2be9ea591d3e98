/** What every function does once, before its first event: read its environment, make its ports. */

import { awsPorts } from '../aws/ports.ts';
import { type Config, loadConfig } from '../config.ts';
import { createLog, isLogLevel } from '../log.ts';
import type { Ports } from '../ports.ts';

/**
 * Throws one line that names every fault of the environment: Lambda logs it and starts the function again,
 * the messages stay in their queue.
 */
export function startUp(functionName: string): { readonly ports: Ports; readonly config: Config } {
  const { config, own } = begin(functionName);
  return { ports: awsPorts(config, own), config };
}

/** Its configuration, and what it has of its own: a clock, chance and a log. */
export function begin(functionName: string): {
  readonly config: Config;
  readonly own: Pick<Ports, 'now' | 'chance' | 'log'>;
} {
  const config = loadConfig(process.env, functionName);
  if (!config.ok) throw new Error(config.fault);
  const level = process.env['AWS_LAMBDA_LOG_LEVEL'];
  const log = createLog((line) => process.stdout.write(line), Date.now, isLogLevel(level) ? level : 'INFO');
  return { config: config.value, own: { now: Date.now, chance: Math.random, log } };
}
