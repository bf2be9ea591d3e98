/** A change of a registry's replication settings in words: what it means for which repositories, and who made it. */

import type { RegistryChange, WatchedCall } from '../event/registry-change.ts';
import { type Registry, registryKey } from '../image/registry.ts';
import type { CoverageChange } from '../replication/coverage-change.ts';
import { chatList } from './chat-list.ts';
import { startBackfill } from './commands.ts';
import { characters, cut, textLimit } from './limits.ts';
import { code, icons, prose } from './markup.ts';
import { clockTime, count, grouped } from './words.ts';

/** Repositories named in a text; the rest is counted. */
const mostNamed = 20;

export interface ChangeTexts {
  readonly summary: string;
  readonly email: string;
  readonly chat: string;
  readonly machine: string;
  readonly severity: 'warning' | 'info';
}

/**
 * `coverage`: empty for calls that leave the rules alone, or when nothing that exists is concerned.
 * `beforeKnown`: false when nobody has seen the rules before this change; then it is what holds now, not what changed.
 */
export function changeTexts(
  change: RegistryChange,
  coverage: readonly CoverageChange[],
  beforeKnown: boolean,
): ChangeTexts {
  const words = beforeKnown ? linesOf : linesOfNow;
  const lines =
    change.call === 'PutReplicationConfiguration' ? coverage.flatMap(words) : [consequence[change.call]];
  if (lines.length === 0) lines.push('The replication rules were written again; no repository is concerned.');
  const loses = coverage.some(({ lost }) => lost.length > 0) || change.call === 'DeleteRegistryPolicy';
  return {
    summary: `${place(change.registry)}: ${lines[0]}${lines.length > 1 ? ` (and ${count(lines.length - 1, 'more change')})` : ''}`,
    email: email(change, lines, coverage),
    chat: JSON.stringify(chat(change, lines, loses)),
    machine: JSON.stringify(machine(change, lines, coverage)),
    severity: loses ? 'warning' : 'info',
  };
}

const consequence: { readonly [C in Exclude<WatchedCall, 'PutReplicationConfiguration'>]: string } = {
  PutRegistryPolicy:
    'The registry policy was changed: it decides which accounts may replicate into this registry.',
  DeleteRegistryPolicy:
    'The registry policy was deleted: no other account can replicate into this registry any more.',
  CreateRepositoryCreationTemplate:
    'A repository creation template was added: it shapes repositories that replication creates.',
  UpdateRepositoryCreationTemplate:
    'A repository creation template was changed: it shapes repositories that replication creates.',
  DeleteRepositoryCreationTemplate:
    'A repository creation template was deleted: repositories that replication creates get default settings.',
};

/** `eu-west-1 (111122223333) is no longer a destination of 41 repositories.` */
function linesOf({ destination, gained, lost, covered, named }: CoverageChange): readonly string[] {
  const where = `${destination.region} (${destination.account})`;
  const repositories = (n: number): string => count(n, 'repository', 'repositories');
  const lines: string[] = [];
  if (lost.length > 0) lines.push(`${where} is no longer a destination of ${repositories(lost.length)}.`);
  if (gained.length > 0)
    lines.push(
      `${where} is now a destination of ${repositories(gained.length)}${covered > gained.length ? ' more' : ''}.`,
    );
  if (lines.length > 0) return lines;
  return [
    named
      ? `${where} is now a destination, of no repository yet.`
      : `${where} is no longer a destination; no repository was covered.`,
  ];
}

/** `eu-west-1 (111122223333) is a destination of 41 repositories; what it was before is not on record.` */
function linesOfNow({ destination, covered }: CoverageChange): readonly string[] {
  const where = `${destination.region} (${destination.account})`;
  const covers = count(covered, 'repository', 'repositories');
  return [`${where} is a destination of ${covers}; what it was before is not on record.`];
}

function email(
  change: RegistryChange,
  lines: readonly string[],
  coverage: readonly CoverageChange[],
): string {
  const parts = [
    lines.join('\n'),
    [
      `Registry  ${place(change.registry)}`,
      `Changed   ${clockTime(change.at)}, ${change.call}`,
      `By        ${change.by}`,
    ].join('\n'),
    ...coverage.flatMap(({ destination, lost, gained }) => [
      ...namesOf(`No longer to ${destination.region} (${destination.account})`, lost),
      ...namesOf(`Now to ${destination.region} (${destination.account})`, gained),
    ]),
  ];
  if (coverage.some(({ gained }) => gained.length > 0)) parts.push(backfillNote(change.registry, coverage));
  return `${cut(parts.join('\n\n'), textLimit, '\n\n… cut here. The rules: aws ecr describe-registry')}\n`;
}

function namesOf(title: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const more = names.length > mostNamed ? `\n  … and ${grouped(names.length - mostNamed)} more` : '';
  return [
    `${title}:\n${names
      .slice(0, mostNamed)
      .map((name) => `  ${name}`)
      .join('\n')}${more}`,
  ];
}

function backfillNote(source: Registry, coverage: readonly CoverageChange[]): string {
  const commands = coverage
    .filter(({ gained }) => gained.length > 0)
    .map(({ destination }) => `   ${startBackfill({ source, destination })}`);
  return `ECR copies only what is pushed from now on. To copy what is there already:\n${commands.join('\n')}`;
}

function chat(change: RegistryChange, lines: readonly string[], loses: boolean): object {
  const where = place(change.registry);
  return chatList({
    kind: 'configuration',
    region: change.registry.region,
    title: `${icons[loses ? 'warning' : 'info']} Replication settings of ${where} were changed`,
    rows: [
      ...lines.map(prose),
      `*By:* ${code(change.by)}`,
      `*Call:* ${change.call}, ${clockTime(change.at)}`,
    ],
    thread: `${where} configuration ${change.at}`,
    context: { registry: where, call: change.call, by: cut(change.by, 1_000, '…', characters) },
  });
}

function machine(
  change: RegistryChange,
  lines: readonly string[],
  coverage: readonly CoverageChange[],
): object {
  return {
    version: '1',
    type: 'ecr-configuration-change',
    registry: change.registry,
    call: change.call,
    changedAt: new Date(change.at).toISOString(),
    by: change.by,
    summary: lines,
    destinations: coverage.map(({ destination, gained, lost, covered }) => ({
      destination,
      gained: gained.length,
      lost: lost.length,
      covered,
    })),
  };
}

function place(registry: Registry): string {
  return registryKey(registry);
}
