/** `doctor`: what makes replication fail, looked for before it fails. */

import { Command, InvalidArgumentError, Option } from 'commander';
import type { Registry } from '../image/registry.ts';
import { parseTopicArn } from '../setting.ts';
import { jsonOption, type ReadRoleOptions, readRoleOptions, registryOption, tableOption } from './options.ts';
import { terminalFor } from './shell.ts';

const help = `
Checks rules and limits, destination Regions, registry policies, creation templates and their roles, tag immutability,
lifecycle policies, chains and prefixes; makes each call that the monitor lives by once; and, where they are named,
looks at the table, the topic and the heartbeat of a deployed monitor. Settings of registries in other accounts can
only be read by a role there (--read-role).

Each check passed (✓), failed (✗, with what to do), or could not tell (?, and why).

Exit codes: 0 all passed; 1 some failed; 2 usage; 3 none failed, and some could not tell.

Examples:
  ecr-replication-monitor doctor
  ecr-replication-monitor doctor --table ecr-replication-monitor-prod-incidents --json
`;

export interface DoctorOptions extends ReadRoleOptions {
  readonly region?: string;
  readonly registry?: Registry;
  readonly table?: string;
  readonly topic?: string;
  readonly json?: true;
}

export function doctorCommand(): Command {
  return readRoleOptions(
    new Command('doctor')
      .summary('what will make replication fail, before it does')
      .description('Examines everything that makes replication fail, or the monitor blind.')
      .addOption(registryOption())
      .addOption(tableOption())
      .addOption(
        new Option('--topic <arn>', "the monitor's SNS topic").env('ALERT_TOPIC_ARN').argParser(asTopic),
      )
      .addOption(jsonOption()),
  )
    .addHelpText('after', help)
    .action(async (_: DoctorOptions, command: Command) => {
      const { runDoctor } = await import('./doctor-run.ts');
      process.exitCode = await runDoctor(terminalFor(command), command.optsWithGlobals<DoctorOptions>());
    });
}

function asTopic(text: string): string {
  const parsed = parseTopicArn(text);
  if (!parsed.ok) throw new InvalidArgumentError(`${parsed.fault}.`);
  return text;
}
