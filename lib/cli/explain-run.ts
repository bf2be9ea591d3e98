/** Runs `explain`: reads the rules and says of each what it means for the repository. */

import { count } from '../alert/words.ts';
import { type Registry, registryKey } from '../image/registry.ts';
import {
  type Explanation,
  explain,
  type FilterHint,
  type RuleExplanation,
} from '../replication/explanation.ts';
import type { ExplainOptions } from './explain.ts';
import { exitCodes, UserFault } from './fault.ts';
import { placeName } from './image-view.ts';
import { openSession } from './session.ts';
import type { Terminal } from './terminal.ts';
import { bold, dim, green, red, type Text, yellow } from './text.ts';
import { troubleLine } from './trouble.ts';

export async function runExplain(
  terminal: Terminal,
  repository: string,
  options: ExplainOptions,
): Promise<number> {
  const { source, ports } = await openSession(terminal, options, options.registry);
  const reading = await ports.readRules(source);
  if (reading.is === 'unreadable') {
    throw new UserFault(troubleLine('rules', source, reading.why), exitCodes.couldNotTell);
  }
  const explanation = explain(reading.rules, source, repository);
  if (options.json) terminal.printJson(documentOf(source, repository, explanation));
  else print(terminal, source, repository, explanation);
  return explanation.destinations.some(({ expected }) => expected) ? exitCodes.clean : exitCodes.notClean;
}

function print(
  terminal: Terminal,
  source: Registry,
  repository: string,
  { rules, destinations }: Explanation,
): void {
  const expected = destinations.filter((one) => one.expected);
  const places = expected.map(({ destination }) => placeName(source, destination)).join(', ');
  terminal.print([bold(repository), ` in ${registryKey(source)}`]);
  terminal.print(
    expected.length > 0
      ? ['is replicated to ', green(places)]
      : [
          red('is not replicated'),
          rules.length === 0 ? ': the registry has no replication rule' : ': no rule covers it',
        ],
  );
  for (const rule of rules) {
    terminal.print('');
    const to = rule.destinations.map((one) => placeName(source, one)).join(', ') || 'nowhere';
    terminal.print([
      bold(`Rule ${rule.number}`),
      ` to ${to}: `,
      rule.matches ? green('matches') : yellow('does not match'),
    ]);
    for (const line of filterLines(rule)) terminal.print(line);
  }
  const others = destinations.filter((one) => !one.expected);
  if (others.length > 0) terminal.print('');
  for (const { destination, rules: numbers, isSource } of others) {
    const named =
      numbers.length === 1 ? `rule ${numbers.join()}, which does` : `rules ${numbers.join(', ')}, which do`;
    terminal.print([
      `Not to ${placeName(source, destination)}: `,
      isSource ? 'it is the source itself' : `it is named only by ${named} not match`,
    ]);
  }
}

function filterLines({ matching, others, matches }: RuleExplanation): readonly Text[] {
  if (matches && matching.length === 0) return [dim('  no filters: it covers every repository')];
  const most = 10;
  return [
    ...matching.map((prefix) => `  "${prefix}" begins the name`),
    ...others
      .slice(0, most)
      .map(
        ({ prefix, hint }): Text => [
          dim(`  "${prefix}" does not begin the name`),
          ...(hint === undefined ? [] : [yellow(`: ${hints[hint]}`)]),
        ],
      ),
    ...(others.length > most
      ? [dim(`  and ${count(others.length - most, 'more filter')} that do not; --json shows all`)]
      : []),
  ];
}

const hints: { readonly [H in FilterHint]: string } = {
  separator: 'without its last character, it would match',
  'longer-than-name': 'it is longer than the name',
  'inside-name': 'it stands inside the name; a filter is a prefix of the whole name',
};

function documentOf(source: Registry, repository: string, { rules, destinations }: Explanation): object {
  return {
    version: '1',
    registry: registryKey(source),
    repository,
    replicated: destinations.some(({ expected }) => expected),
    rules: rules.map((rule) => ({ ...rule, destinations: rule.destinations.map(registryKey) })),
    destinations: destinations.map((one) => ({ ...one, destination: registryKey(one.destination) })),
  };
}
