/** `wait`: the deploy gate. Returns when an image is verified at every destination that it is expected at. */

import { Argument, Command, Option } from 'commander';
import type { ImageReference } from '../image/image-reference.ts';
import {
  asDuration,
  asImage,
  destinationOption,
  jsonOption,
  type ReadRoleOptions,
  readRoleOptions,
} from './options.ts';
import { terminalFor } from './shell.ts';

const help = `
Verified means: seen there, active, under this digest and this tag. ECR's own COMPLETE is not enough.

Exit codes: 0 verified everywhere; 1 not, and waiting does not help (ECR reported a failure, the tag moved, the image
was deleted or never pushed, no rule covers it); 2 usage; 3 could not tell (no access; stopped by Ctrl-C); 4 timed out.

Examples:
  ecr-replication-monitor wait prod-api:1.4.2 --timeout 30m
  ecr-replication-monitor wait 111122223333.dkr.ecr.us-east-1.amazonaws.com/prod-api:1.4.2 --destination eu-west-1
`;

export interface WaitOptions extends ReadRoleOptions {
  readonly region?: string;
  readonly destination?: readonly string[];
  readonly timeout: number;
  readonly interval: number;
  readonly waitForPush?: true;
  readonly keepWaiting?: true;
  readonly allowUncovered?: true;
  readonly json?: true;
}

export function waitCommand(): Command {
  return readRoleOptions(
    new Command('wait')
      .summary('wait until an image is at every destination')
      .description('Waits until an image is verified at every destination that the replication rules name.')
      .addArgument(
        new Argument('<image>', 'repository:tag, repository@digest, or a full image URI').argParser(asImage),
      )
      .addOption(destinationOption())
      .addOption(
        new Option('--timeout <duration>', 'never wait longer: 90s, 30m, 2h')
          .default(30 * 60, '30m')
          .argParser(asDuration),
      )
      .addOption(
        new Option('--interval <duration>', 'look at least this often')
          .default(15, '15s')
          .argParser(asDuration),
      )
      .option('--wait-for-push', 'wait for an image that is not pushed yet')
      .option('--keep-waiting', 'go on when ECR reports a failure: it may try again')
      .option('--allow-uncovered', 'end with 0 when no rule covers the repository')
      .addOption(jsonOption()),
  )
    .addHelpText('after', help)
    .action(async (image: ImageReference, _: WaitOptions, command: Command) => {
      const { runWait } = await import('./wait-run.ts');
      process.exitCode = await runWait(terminalFor(command), image, command.optsWithGlobals<WaitOptions>());
    });
}
