/** `silence`: hold back notices for a while, see what is held back, end it. Records and metrics go on. */

import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { Command } from 'commander';
import { clockTime } from '../alert/words.ts';
import { isRepositoryName } from '../image/reference.ts';
import { parseRegistry, regionPattern } from '../image/registry.ts';
import { isActive, type Silence } from '../incident/silence.ts';
import type { Ports } from '../ports.ts';
import { parseDuration } from './duration.ts';
import { exitCodes, UserFault } from './fault.ts';
import { tableName, tableOption } from './options.ts';
import { printable, printableJson } from './printable.ts';

type SilencePorts = Pick<Ports, 'readSilences' | 'saveSilence'>;

/** Longer than this it is no silence but a setting: leave the repositories out by parameter. */
const longestSeconds = 30 * 24 * 60 * 60;

interface AddOptions {
  readonly table?: string;
  readonly destination?: string;
  readonly prefix?: string;
  readonly image?: string;
  readonly for: string;
  readonly reason: string;
  readonly author: string;
}

export function silenceCommand(): Command {
  const command = new Command('silence')
    .summary('hold back notices for a while')
    .description(
      'Holds back notices for a while. Incidents are still recorded and counted, and told afterwards if they last.',
    );
  const withTable = (name: string): Command => new Command(name).addOption(tableOption());

  command.addCommand(
    withTable('add')
      .description('Adds a silence. What is silent must match everything that is given.')
      .option('--destination <registry>', 'a Region, or ACCOUNT/REGION')
      .option('--prefix <prefix>', 'repositories that begin so')
      .option('--image <image>', 'repository:tag or repository@digest')
      .requiredOption('--for <duration>', 'how long: 30m, 2h, 3d; at most 30d')
      .requiredOption('--reason <text>', 'why, for whoever wonders')
      .option('--author <name>', 'who', userInfo().username)
      .addHelpText(
        'after',
        '\nExample:\n  silence add --destination eu-west-1 --prefix batch/ --for 2h --reason "migration"\n',
      )
      .action(async (options: AddOptions) => {
        const silence = silenceOf(options, Date.now());
        await (await portsOn(options.table)).saveSilence(silence);
        process.stdout.write(`${lineOf(silence, Date.now())}\n`);
      }),
  );
  command.addCommand(
    withTable('list')
      .description('Lists the silences that hold back notices now.')
      .option('--all', 'the ended ones as well', false)
      .option('--json', 'one JSON document', false)
      .addHelpText('after', '\nExample:\n  silence list --json\n')
      .action(async ({ table, all, json }: { table?: string; all: boolean; json: boolean }) => {
        const now = Date.now();
        const silences = (await (await portsOn(table)).readSilences()).filter(
          (silence) => all || isActive(silence, now),
        );
        if (json) process.stdout.write(`${printableJson({ version: '1', silences })}\n`);
        else if (silences.length === 0) process.stderr.write('Nothing is silent.\n');
        else for (const silence of silences) process.stdout.write(`${lineOf(silence, now)}\n`);
      }),
  );
  command.addCommand(
    withTable('end')
      .description('Ends a silence now.')
      .argument('<id>', 'as `silence list` shows it')
      .addHelpText('after', '\nExample:\n  silence end 4f2a9c10\n')
      .action(async (id: string, { table }: { table?: string }) => {
        const ports = await portsOn(table);
        const silence = (await ports.readSilences()).find((one) => one.id === id);
        if (silence === undefined)
          throw new UserFault(`no silence ${id}; \`silence list\` shows them`, exitCodes.notClean);
        await ports.saveSilence({ ...silence, until: Math.min(silence.until, Date.now()) });
        process.stderr.write(`Ended: ${id}\n`);
      }),
  );
  return command;
}

async function portsOn(table: string | undefined): Promise<SilencePorts> {
  const name = tableName(table);
  const [{ dynamoDbClient }, { noticeTable }] = await Promise.all([
    import('../aws/clients.ts'),
    import('../aws/notice-table.ts'),
  ]);
  return noticeTable({ client: dynamoDbClient(), name });
}

/** Throws a UserFault that names what is wrong. */
function silenceOf(options: AddOptions, now: number): Silence {
  const { destination, prefix, image } = options;
  if (destination === undefined && prefix === undefined && image === undefined) {
    throw new UserFault('what is to be silent? Give --destination, --prefix or --image');
  }
  if (destination !== undefined && !regionPattern.test(destination) && !parseRegistry(destination).ok) {
    throw new UserFault(`--destination ${destination}: neither a Region nor ACCOUNT/REGION`);
  }
  if (image !== undefined && !isImage(image)) {
    throw new UserFault(`--image ${image}: write repository:tag or repository@digest`);
  }
  const seconds = parseDuration(options.for);
  if (!seconds.ok) throw new UserFault(`--for: ${seconds.fault}`);
  if (seconds.value > longestSeconds) {
    throw new UserFault(
      '--for: at most 30d; to leave repositories out for good, use the parameter deadlinesByPrefix',
    );
  }
  return {
    id: randomBytes(4).toString('hex'),
    ...(destination === undefined ? {} : { destination }),
    ...(prefix === undefined ? {} : { repositoryPrefix: prefix }),
    ...(image === undefined ? {} : { image }),
    from: now,
    until: now + seconds.value * 1000,
    author: options.author,
    reason: options.reason,
  };
}

function isImage(text: string): boolean {
  const [repository = '', ...rest] = text.split(/[:@]/);
  return rest.length > 0 && isRepositoryName(repository);
}

function lineOf(silence: Silence, now: number): string {
  const { id, destination, repositoryPrefix, image, until, author, reason } = silence;
  const what = [
    ...(destination === undefined ? [] : [`to ${destination}`]),
    ...(repositoryPrefix === undefined ? [] : [`${repositoryPrefix}*`]),
    ...(image === undefined ? [] : [image]),
  ].join(', ');
  const ends = now < until ? `until ${clockTime(until)}` : `ended ${clockTime(until)}`;
  return printable(`${id}  ${what}  ${ends}  ${author}: ${reason}`);
}
