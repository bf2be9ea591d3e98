/** `audit`: every image of every repository that a rule covers, held against each destination, from here and now. */

import { Command, InvalidArgumentError, Option } from 'commander';
import type { Registry } from '../image/registry.ts';
import {
  asCount,
  destinationOption,
  jsonOption,
  type ReadRoleOptions,
  readRoleOptions,
  registriesOption,
} from './options.ts';
import { terminalFor } from './shell.ts';

const help = `
Reads with DescribeRegistry, DescribeRepositories, DescribeImages and DescribeImageReplicationStatus only, but for
--settings. Findings about settings, and what is older than --since, do not make an audit unclean. Images
younger than 30 minutes are left out: they may be on their way. Stopped by Ctrl-C, it says what it has found so far.

The table goes to stdout, or instead of it one JSON document (docs/audit.schema.json) or CSV. --html writes a page that
needs no network, beside any of them.

Exit codes: 0 every image is where it must be; 1 some are not; 2 usage; 3 could not tell: something could not be read,
or it was stopped.

Examples:
  ecr-replication-monitor audit --prefix prod/ --html report.html
  ecr-replication-monitor audit --json | jq '.routes[] | {destination, coverage}'
`;

export interface AuditOptions extends ReadRoleOptions {
  readonly region?: string;
  readonly registry?: readonly Registry[];
  readonly prefix?: string;
  readonly destination?: readonly string[];
  readonly since?: number;
  readonly settings?: true;
  readonly rate?: number;
  readonly concurrency: number;
  readonly most: number;
  readonly json?: true;
  readonly csv?: true;
  readonly html?: string;
}

export function auditCommand(): Command {
  return readRoleOptions(
    new Command('audit')
      .summary('compare whole registries with their destinations, now')
      .description('Compares every repository that a replication rule covers with each of its destinations.')
      .addOption(registriesOption())
      .option('--prefix <prefix>', 'only repositories that begin so')
      .addOption(destinationOption())
      .addOption(
        new Option(
          '--since <date>',
          'what was pushed before, such as 2026-01-31, was never going to be replicated',
        ).argParser(asTime),
      )
      .option(
        '--settings',
        'also what settings of registries and repositories will do later, as doctor tells',
      )
      .addOption(
        new Option('--rate <calls>', 'at most so many calls a second to each registry').argParser(asPositive),
      )
      .addOption(
        new Option('--concurrency <number>', 'repositories under way at once')
          .default(8)
          .argParser(asPositive),
      )
      .addOption(
        new Option('--most <number>', 'kinds of findings that are printed').default(20).argParser(asCount),
      )
      .addOption(jsonOption().conflicts('csv'))
      .option('--csv', 'the findings as CSV')
      .option('--html <file>', 'write a page to look at and send on'),
  )
    .addHelpText('after', help)
    .action(async (_: AuditOptions, command: Command) => {
      const { runAudit } = await import('./audit-run.ts');
      process.exitCode = await runAudit(terminalFor(command), command.optsWithGlobals<AuditOptions>());
    });
}

function asPositive(text: string): number {
  const number = asCount(text);
  if (number === 0) throw new InvalidArgumentError('It must be more than none.');
  return number;
}

/** Epoch milliseconds; a day begins in UTC. */
function asTime(text: string): number {
  const time = /^\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new InvalidArgumentError(`${text} is not a date, such as 2026-01-31.`);
  return time;
}
