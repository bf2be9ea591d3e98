/** `explain`: which rules and filters match a repository, which destinations follow, and why not the others. */

import { Argument, Command } from 'commander';
import type { Registry } from '../image/registry.ts';
import {
  asRepository,
  jsonOption,
  type ReadRoleOptions,
  readRoleOptions,
  registryOption,
} from './options.ts';
import { terminalFor } from './shell.ts';

const help = `
Exit codes: 0 it is replicated somewhere; 1 it is not; 2 usage; 3 could not tell.

Example:
  ecr-replication-monitor explain prod-api
`;

export interface ExplainOptions extends ReadRoleOptions {
  readonly region?: string;
  readonly registry?: Registry;
  readonly json?: true;
}

export function explainCommand(): Command {
  return readRoleOptions(
    new Command('explain')
      .summary('why a repository is replicated where it is, and why not elsewhere')
      .description('Explains which rules and filters match a repository, and which destinations follow.')
      .addArgument(new Argument('<repository>', 'its whole name').argParser(asRepository))
      .addOption(registryOption())
      .addOption(jsonOption()),
  )
    .addHelpText('after', help)
    .action(async (repository: string, _: ExplainOptions, command: Command) => {
      const { runExplain } = await import('./explain-run.ts');
      const options = command.optsWithGlobals<ExplainOptions>();
      process.exitCode = await runExplain(terminalFor(command), repository, options);
    });
}
