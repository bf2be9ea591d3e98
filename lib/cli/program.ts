/** The whole command line as commander knows it: commands, options and help. Nothing that a command needs is loaded. */

import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { auditCommand } from './audit.ts';
import { completionCommand } from './completion.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { explainCommand } from './explain.ts';
import { type GlobalOptions, globalOptions } from './options.ts';
import { printable } from './printable.ts';
import { applyGlobals } from './shell.ts';
import { silenceCommand } from './silence.ts';
import { statusCommand } from './status.ts';
import { waitCommand } from './wait.ts';

const help = `
Exit codes: 0 verified, or clean; 1 not; 2 usage; 3 could not tell; 4 timed out.
Data go to stdout, all else to stderr. Registries are only read: nothing is ever pulled, pushed or deleted.

Example:
  ecr-replication-monitor wait prod-api:1.4.2 --timeout 30m
`;

export function createProgram(): Command {
  const program = globalOptions(
    new Command('ecr-replication-monitor')
      .description('Tells which container images did not reach the Regions and accounts they should be in.')
      .version(versionOfPackage(), '--version', 'the version')
      .addHelpText('after', help)
      .configureHelp({ showGlobalOptions: true })
      .configureOutput({
        outputError: (text, write) => write(`${printable(text.trim())} (--help explains)\n`),
      })
      .exitOverride()
      .hook('preAction', () => applyGlobals(program.opts<GlobalOptions>())),
  );
  const commands = [
    auditCommand(),
    waitCommand(),
    statusCommand(),
    explainCommand(),
    doctorCommand(),
    silenceCommand(),
    demoCommand(),
    completionCommand(),
  ];
  for (const command of commands) program.addCommand(inheriting(command, program));
  return program;
}

/** Commander hands its settings on only to commands that it makes itself. */
function inheriting(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inheriting(child, command);
  return command;
}

/** As deep below the package from lib/cli as from dist/cli. */
function versionOfPackage(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version }: { readonly version?: unknown } = JSON.parse(text);
  return String(version);
}
