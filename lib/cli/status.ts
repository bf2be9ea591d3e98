/** `status`: what is open and since when, or one image at every destination. */

import { Argument, Command, Option } from 'commander';
import type { ImageReference } from '../image/image-reference.ts';
import {
  asCount,
  asImage,
  jsonOption,
  type ReadRoleOptions,
  readRoleOptions,
  tableOption,
} from './options.ts';
import { terminalFor } from './shell.ts';

const help = `
Without an image it reads the table of incidents of a deployed monitor. With one it looks for itself, now: what is at
each destination, what ECR says of it, and how long it took.

Exit codes: 0 nothing is open, or the image is verified everywhere; 1 something is open, or it is not; 2 usage;
3 could not tell.

Examples:
  ecr-replication-monitor status --table ecr-replication-monitor-prod-incidents
  ecr-replication-monitor status prod-api:1.4.2
`;

export interface StatusOptions extends ReadRoleOptions {
  readonly region?: string;
  readonly table?: string;
  readonly most: number;
  readonly json?: true;
}

export function statusCommand(): Command {
  return readRoleOptions(
    new Command('status')
      .summary('what is open now, or where one image is')
      .description('Shows what is open and since when; with an image, where it is and where not.')
      .addArgument(
        new Argument('[image]', 'repository:tag, repository@digest, or a full image URI').argParser(asImage),
      )
      .addOption(tableOption())
      .addOption(
        new Option('--most <number>', 'incidents listed for each destination and kind')
          .default(20)
          .argParser(asCount),
      )
      .addOption(jsonOption()),
  )
    .addHelpText('after', help)
    .action(async (image: ImageReference | undefined, _: StatusOptions, command: Command) => {
      const terminal = terminalFor(command);
      const options = command.optsWithGlobals<StatusOptions>();
      if (image === undefined) {
        const { runStatusOfAll } = await import('./status-of-all.ts');
        process.exitCode = await runStatusOfAll(terminal, options);
      } else {
        const { runStatusOfImage } = await import('./status-of-image.ts');
        process.exitCode = await runStatusOfImage(terminal, image, options);
      }
    });
}
