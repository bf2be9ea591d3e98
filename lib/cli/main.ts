#!/usr/bin/env node
/** The command line: one binary, a command a file. Data on stdout, all else on stderr. */

import { CommanderError } from 'commander';
import { exitCodes, UserFault } from './fault.ts';
import { printable } from './printable.ts';
import { createProgram } from './program.ts';
import { listenForStop } from './stop.ts';

// Whoever reads has gone away (`| head`). Not all was read, so that nothing may be taken for clean.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(exitCodes.couldNotTell);
  });
}
listenForStop(() => {
  process.stderr.write('stopped\n');
  process.exit(exitCodes.couldNotTell);
});

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = await exitCodeOf(error);
}
// Calls that were given up may still be open; nobody waits for them. What was written is first let out.
for (const stream of [process.stdout, process.stderr]) {
  await new Promise((resolve) => stream.write('', resolve));
}
process.exit();

/** Commander has said what is wrong with the words by then; a fault of the user's gets its one line here. */
async function exitCodeOf(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.clean : exitCodes.usage;
  if (error instanceof UserFault) {
    process.stderr.write(`error: ${printable(error.message)}\n`);
    return error.exitCode;
  }
  const { awsFaultLine } = await import('./aws-fault.ts');
  const line = awsFaultLine(error);
  if (line === undefined) {
    // Nobody's mistake but ours: the stack is what a report needs. Thrown, Node would show the bundle's own line as well.
    const stack = error instanceof Error ? error.stack : String(error);
    process.stderr.write(`error: a fault of this program; please report it with these lines:\n${stack}\n`);
  } else {
    process.stderr.write(`error: ${printable(line)}\n`);
  }
  return exitCodes.couldNotTell;
}
