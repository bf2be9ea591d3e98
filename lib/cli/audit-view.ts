/** An audit for people: a table by destination, then what was found, each with its cause and what to do. */

import { count, duration } from '../alert/words.ts';
import type { AuditDocument, AuditedRoute, AuditFinding } from '../audit/document.ts';
import { parseRegistry } from '../image/registry.ts';
import { closing } from './audit-closing.ts';
import type { Terminal } from './terminal.ts';
import { bold, dim, green, type Piece, red, type Text, yellow } from './text.ts';

/** `most`: groups of findings that are printed. */
export function printAudit(terminal: Terminal, document: AuditDocument, most: number): void {
  const { routes, sources } = document;
  if (routes.length > 0) printRoutes(terminal, document);
  else if (sources.some(({ unreadable }) => unreadable === undefined)) terminal.print(nothingText(document));
  const groups = groupsOf(document.findings);
  for (const group of groups.slice(0, most)) printGroup(terminal, group);
  const more = groups.length - Math.min(most, groups.length);
  if (more > 0)
    terminal.print([
      '',
      dim(
        `\u2026 and ${count(more, 'more kind')} of findings; --most ${groups.length} shows them, --json or --html all images`,
      ),
    ]);
  terminal.print('');
  terminal.print(closing(document));
}

function nothingText({ sources, scope }: AuditDocument): Text {
  const hasRules = sources.some(({ rules }) => rules.length > 0);
  if (!hasRules) return yellow('The registry has no replication rule: nothing is replicated.');
  const within =
    scope.prefix === undefined && scope.destinations === undefined ? '' : ' within what was asked for';
  return yellow(`No rule covers any repository${within}: nothing is expected anywhere.`);
}

const right = { align: 'right' } as const;

function printRoutes(terminal: Terminal, { routes }: AuditDocument): void {
  const many = new Set(routes.map(({ source }) => source)).size > 1;
  const accounts = new Set(routes.flatMap(({ source, destination }) => [source, destination].map(accountOf)));
  const name = (registry: string): string => (accounts.size > 1 ? registry : regionOf(registry));
  const titles = [
    'repositories',
    'expected',
    'in sync',
    'missing',
    'wrong tag',
    'archived',
    'older',
    'coverage',
    'lag p50',
    'p99',
  ];
  terminal.printTable(
    [
      ...(many ? [{ title: 'source' }] : []),
      { title: 'destination' },
      ...titles.map((title) => ({ title, ...right })),
    ],
    routes.map((route): readonly Text[] => [
      ...(many ? [name(route.source)] : []),
      name(route.destination),
      repositoriesCell(route),
      number(route.expected),
      number(route.inSync),
      bad(route.missing, red),
      bad(route.tagMismatch, yellow),
      bad(route.archived, yellow),
      number(route.history),
      coverageCell(route),
      route.lag === undefined ? '' : duration(route.lag.p50),
      route.lag === undefined ? '' : duration(route.lag.p99),
    ]),
  );
}

function accountOf(registry: string): string {
  return registry.split('/')[0] ?? '';
}

function regionOf(registry: string): string {
  const parsed = parseRegistry(registry);
  return parsed.ok ? parsed.value.region : registry;
}

function number(n: number): string {
  return n.toLocaleString('en-US');
}

function bad(n: number, style: (text: string) => Piece): Text {
  return n === 0 ? '0' : style(number(n));
}

function repositoriesCell({ repositories, repositoriesUnreadable }: AuditedRoute): Text {
  if (repositoriesUnreadable === 0) return number(repositories);
  return [number(repositories), red(` (${number(repositoriesUnreadable)} unreadable)`)];
}

/** Rounded down, so that what is not whole never reads 100 %. */
function coverageCell({ coverage }: AuditedRoute): Text {
  if (coverage === undefined) return '';
  const text = `${(Math.floor(coverage * 1000 + 1e-9) / 10).toFixed(1)} %`;
  return coverage === 1 ? green('100 %') : text;
}

/** Findings that one sentence and one cure serve. */
interface FindingGroup {
  readonly first: AuditFinding;
  readonly findings: readonly AuditFinding[];
}

function groupsOf(findings: readonly AuditFinding[]): readonly FindingGroup[] {
  const groups = new Map<string, AuditFinding[]>();
  for (const finding of findings) {
    const { kind, source, destination, cause, severity } = finding;
    // Told in the table; each of them is in the document.
    if (kind === 'extra') continue;
    const key = JSON.stringify([severity, kind, source, destination, cause]);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(finding);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ first, findings: group }];
  });
}

const mostNamed = 5;

function printGroup(terminal: Terminal, { first, findings }: FindingGroup): void {
  const { kind, destination, source, explanation, cures, failureCode, severity } = first;
  const style = severity === 'critical' ? red : severity === 'warning' ? yellow : bold;
  const where = destination === undefined ? ` at ${source}` : ` from ${source} to ${destination}`;
  terminal.print('');
  terminal.print([style(kind), bold(where), `: ${subjectOf(first, findings.length)}`]);
  terminal.print(`  ${explanation}${failureCode === undefined ? '' : ` Failure code: ${failureCode}.`}`);
  for (const finding of findings.slice(0, mostNamed)) {
    const name = nameOf(finding);
    if (name.length > 0) terminal.print(['  - ', ...name]);
  }
  if (findings.length > mostNamed) terminal.print(dim(`  - and ${number(findings.length - mostNamed)} more`));
  if (cures.length === 0) return;
  terminal.print(
    dim(
      findings.length > 1 && first.repository !== undefined
        ? '  What to do, for the first of them:'
        : '  What to do:',
    ),
  );
  for (const { text, command } of cures) {
    terminal.print(`    ${text}`);
    if (command !== undefined) terminal.print(dim(`      ${command}`));
  }
}

function subjectOf({ digest, repository, count: of }: AuditFinding, findings: number): string {
  if (digest !== undefined) return count(findings, 'image');
  if (repository !== undefined) return count(findings, 'repository', 'repositories');
  return of === undefined ? 'the registry' : count(of, 'repository', 'repositories');
}

function nameOf({ repository, tag, digest, part }: AuditFinding): readonly (string | Piece)[] {
  if (repository === undefined) return [];
  const name =
    tag === undefined
      ? digest === undefined
        ? repository
        : `${repository}@${digest}`
      : `${repository}:${tag}`;
  return part === undefined || part === 'image' ? [name] : [name, dim(` (${part})`)];
}
