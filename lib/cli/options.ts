/** Options that several commands share, and how their values are read. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { type ImageReference, parseImageReference } from '../image/image-reference.ts';
import { isRepositoryName } from '../image/reference.ts';
import { parseRegistry, type Registry, regionPattern } from '../image/registry.ts';
import type { Parsed } from '../parsed.ts';
import { parseDestinations } from '../setting.ts';
import { parseDuration } from './duration.ts';
import { UserFault } from './fault.ts';

export interface GlobalOptions {
  readonly profile?: string;
  readonly region?: string;
  /** False with --no-color. */
  readonly color: boolean;
}

export function globalOptions(program: Command): Command {
  return program
    .addOption(new Option('--profile <name>', "AWS profile (else the SDK's own credential chain)"))
    .addOption(
      new Option('--region <region>', 'AWS Region (else AWS_REGION, or that of the profile)').argParser(
        asRegion,
      ),
    )
    .addOption(new Option('--no-color', 'no colours (NO_COLOR does the same)'));
}

export interface ReadRoleOptions {
  readonly readRole?: string;
  readonly externalId?: string;
}

export function readRoleOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--read-role <name>', 'role to assume in other accounts, to read their registries').env(
        'READ_ROLE_NAME',
      ),
    )
    .addOption(
      new Option('--external-id <id>', 'external id that this role asks for').env('READ_ROLE_EXTERNAL_ID'),
    );
}

export function destinationOption(): Option {
  return new Option(
    '--destination <registry>',
    'only this destination: a Region, or ACCOUNT/REGION; again, or with commas, for several',
  ).argParser(asDestinations);
}

export function jsonOption(): Option {
  return new Option('--json', 'one JSON document');
}

/** Commander calls it for each value; those before it come along. */
function asDestinations(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), ...taken(parseDestinations(text))];
}

export function registryOption(): Option {
  return new Option(
    '--registry <registry>',
    'another one than your own in your Region: ACCOUNT/REGION',
  ).argParser(asRegistry);
}

export function registriesOption(): Option {
  return new Option(
    '--registry <registry>',
    'another source than your own in your Region: ACCOUNT/REGION; again for several',
  ).argParser((text: string, before: readonly Registry[] | undefined) => [
    ...(before ?? []),
    asRegistry(text),
  ]);
}

export function tableOption(): Option {
  return new Option(
    '--table <name>',
    "the monitor's table of incidents; the stack names it in its outputs",
  ).env('INCIDENTS_TABLE');
}

/** Throws a UserFault when neither the option nor the environment names it. */
export function tableName(table: string | undefined): string {
  if (table !== undefined && table !== '') return table;
  throw new UserFault(
    'no table: give --table NAME or set INCIDENTS_TABLE; the stack names it in its outputs',
  );
}

export function asCount(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError(`${text} is not a whole number.`);
  return Number(text);
}

function asRegion(text: string): string {
  if (!regionPattern.test(text)) throw new InvalidArgumentError(`${text} is not an AWS Region.`);
  return text;
}

/** Seconds. */
export function asDuration(text: string): number {
  return taken(parseDuration(text));
}

export function asImage(text: string): ImageReference {
  return taken(parseImageReference(text));
}

function asRegistry(text: string): Registry {
  return taken(parseRegistry(text));
}

export function asRepository(text: string): string {
  if (!isRepositoryName(text)) {
    throw new InvalidArgumentError(
      `${text} is not the name of a repository; leave out tag, digest and registry.`,
    );
  }
  return text;
}

function taken<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new InvalidArgumentError(`${parsed.fault}.`);
  return parsed.value;
}
