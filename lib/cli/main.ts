#!/usr/bin/env node
/** The command line: one binary, a command a file. Data on stdout, all else on stderr. */

import { Command, CommanderError } from 'commander';
import { awsFaultLine } from './aws-fault.ts';
import { demoCommand } from './demo.ts';
import { exitCodes, UserFault } from './fault.ts';
import { silenceCommand } from './silence.ts';

const program = new Command('ecr-replication-monitor')
  .description('Tells which container images did not reach the Regions and accounts they should be in.')
  .configureOutput({ outputError: (text, write) => write(`${text.trimEnd()} (--help explains)\n`) })
  .exitOverride();
for (const command of [demoCommand(), silenceCommand()]) {
  program.addCommand(inheriting(command, program));
}

// Whoever reads, such as `head`, has read enough: nobody is left to be told how it came out.
process.stdout.on('error', (error) => {
  if ('code' in error && error.code === 'EPIPE') process.exit(exitCodes.couldNotTell);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

/** Commander hands its settings on only to commands that it makes itself. */
function inheriting(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inheriting(child, command);
  return command;
}

/** Commander has said what is wrong with the words by then; a fault of the user's gets its one line here. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.clean : exitCodes.usage;
  if (error instanceof UserFault) {
    process.stderr.write(`error: ${error.message}\n`);
    return error.exitCode;
  }
  const line = awsFaultLine(error);
  if (line === undefined) throw error;
  process.stderr.write(`error: ${line}\n`);
  return exitCodes.couldNotTell;
}
