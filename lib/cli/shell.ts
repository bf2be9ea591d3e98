/** What every command begins with: the global options carried out, and a terminal to speak with. */

import type { Command } from 'commander';
import type { GlobalOptions } from './options.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** Before any client of AWS is made: they read the environment once. */
export function terminalFor(command: Command): Terminal {
  const { color } = command.optsWithGlobals<GlobalOptions>();
  return openTerminal(color);
}

/** What the user says goes before what the environment says. */
export function applyGlobals({ profile, region }: GlobalOptions): void {
  const { env } = process;
  if (profile !== undefined) {
    env['AWS_PROFILE'] = profile;
    // As the AWS CLI has it: a profile that is named goes before keys that happen to be set.
    for (const key of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) delete env[key];
  }
  if (region !== undefined) env['AWS_REGION'] = region;
  // The SDK for JavaScript does not read what the AWS CLI and the other SDKs read.
  else env['AWS_REGION'] ||= env['AWS_DEFAULT_REGION'];
  if (env['AWS_REGION'] === 'undefined' || env['AWS_REGION'] === '') delete env['AWS_REGION'];
}
