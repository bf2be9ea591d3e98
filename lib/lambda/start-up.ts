/** What every function does once, before its first event: read its environment, make its ports. */

import type { OwnPorts } from '../aws/port-parts.ts';
import { followUpPorts, rulesPorts, settlingPorts } from '../aws/ports.ts';
import { type Config, loadConfig } from '../config.ts';
import { createLog, isLogLevel } from '../log.ts';

export interface Started<FunctionPorts> {
  readonly ports: FunctionPorts;
  readonly config: Config;
}

/** Of functions that settle messages of a queue. */
export function startUpToSettle(functionName: string): Started<ReturnType<typeof settlingPorts>> {
  return startUp(functionName, (config, own) => settlingPorts(config, own));
}

export function startUpToFollowUp(functionName: string): Started<ReturnType<typeof followUpPorts>> {
  return startUp(functionName, followUpPorts);
}

export function startUpToWatchRules(functionName: string): Started<ReturnType<typeof rulesPorts>> {
  return startUp(functionName, rulesPorts);
}

/**
 * Throws one line that names every fault of the environment: Lambda logs it and starts the function again,
 * the messages stay in their queue.
 */
export function startUp<FunctionPorts>(
  functionName: string,
  portsOf: (config: Config, own: OwnPorts) => FunctionPorts,
): Started<FunctionPorts> {
  const config = loadConfig(process.env, functionName);
  if (!config.ok) throw new Error(config.fault);
  const level = process.env['AWS_LAMBDA_LOG_LEVEL'];
  const log = createLog((line) => process.stdout.write(line), Date.now, isLogLevel(level) ? level : 'INFO');
  return { ports: portsOf(config.value, { now: Date.now, chance: Math.random, log }), config: config.value };
}
