/** What the function `slack` does once: it has a webhook and a log, and nothing to do with registries or the table. */

import { ssmClient } from '../aws/clients.ts';
import { parameterReader } from '../aws/parameter.ts';
import { loadSlackConfig } from '../config.ts';
import { createLog, isLogLevel } from '../log.ts';
import type { Ports, SlackPorts } from '../ports.ts';
import { slackWebhook } from '../slack/webhook.ts';

/** Throws one line that names the fault of the environment. */
export function slackStartUp(): SlackPorts & Pick<Ports, 'now' | 'log'> {
  const config = loadSlackConfig(process.env);
  if (!config.ok) throw new Error(config.fault);
  const level = process.env['AWS_LAMBDA_LOG_LEVEL'];
  return {
    now: Date.now,
    log: createLog((line) => process.stdout.write(line), Date.now, isLogLevel(level) ? level : 'INFO'),
    readWebhook: parameterReader(ssmClient(), config.value.parameter),
    postToSlack: slackWebhook(Date.now),
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  };
}
