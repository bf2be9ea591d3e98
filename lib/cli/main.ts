#!/usr/bin/env node
/** The command line: one binary, a command a file. Data on stdout, all else on stderr. */

import { Command, CommanderError } from 'commander';
import { demoCommand } from './demo.ts';
import { exitCodes, UserFault } from './fault.ts';

const program = new Command('ecr-replication-monitor')
  .description('Tells which container images did not reach the Regions and accounts they should be in.')
  .showHelpAfterError('(--help explains)')
  .exitOverride();
for (const command of [demoCommand()]) {
  program.addCommand(command.copyInheritedSettings(program));
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

/** Commander has said what is wrong with the words by then; a fault of the user's gets its one line here. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.clean : exitCodes.usage;
  if (error instanceof UserFault) {
    process.stderr.write(`error: ${error.message}\n`);
    return error.exitCode;
  }
  throw error;
}
