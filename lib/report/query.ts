/** What the reader has chosen to see: as the address's hash writes it, and applied to the findings. */

import type { AuditFinding } from '../audit/document.ts';
import { type RowOrder, rowOrders } from './coverage.ts';
import { isKindGroup, type KindGroup, kindGroupOf, kindGroups } from './words.ts';

export const severities = ['critical', 'warning', 'info'] as const;
type Severity = (typeof severities)[number];

export const sortKeys = ['severity', 'repository', 'destination', 'pushed'] as const;
type SortKey = (typeof sortKeys)[number];

/** Empty text and empty lists choose everything. Pages count from 1. */
export interface Query {
  readonly text: string;
  readonly kinds: readonly KindGroup[];
  readonly severity: Severity | '';
  readonly source: string;
  readonly destination: string;
  readonly repository: string;
  readonly sort: SortKey;
  readonly descending: boolean;
  readonly page: number;
  readonly rows: string;
  readonly rowOrder: RowOrder;
  readonly rowPage: number;
}

export const everything: Query = {
  text: '',
  kinds: [],
  severity: '',
  source: '',
  destination: '',
  repository: '',
  sort: 'severity',
  descending: false,
  page: 1,
  rows: '',
  rowOrder: 'worst',
  rowPage: 1,
};

/** The hash without its `#`; empty when everything is chosen. What is as in `everything` is left out. */
export function hashOf(query: Query): string {
  const chosen = new URLSearchParams();
  for (const kind of query.kinds) chosen.append('kind', kind);
  for (const key of ['severity', 'source', 'destination', 'repository', 'rows'] as const) {
    if (query[key] !== '') chosen.set(key, query[key]);
  }
  if (query.text !== '') chosen.set('q', query.text);
  if (query.sort !== everything.sort || query.descending) {
    chosen.set('sort', `${query.descending ? '-' : ''}${query.sort}`);
  }
  if (query.page > 1) chosen.set('page', String(query.page));
  if (query.rowOrder !== everything.rowOrder) chosen.set('order', query.rowOrder);
  if (query.rowPage > 1) chosen.set('rowpage', String(query.rowPage));
  return chosen.toString().replaceAll('%2F', '/');
}

/** Whatever stands in the hash: what makes no sense is left out, since people edit and cut addresses. */
export function queryOf(hash: string): Query {
  const chosen = new URLSearchParams(hash.replace(/^#/, ''));
  const text = (key: string): string => chosen.get(key) ?? '';
  const sort = text('sort');
  return {
    text: text('q'),
    kinds: kindGroups.filter((kind) => chosen.getAll('kind').filter(isKindGroup).includes(kind)),
    severity: severities.find((severity) => severity === text('severity')) ?? '',
    source: text('source'),
    destination: text('destination'),
    repository: text('repository'),
    sort: sortKeys.find((key) => key === sort.replace(/^-/, '')) ?? everything.sort,
    descending: sort.startsWith('-'),
    page: pageOf(text('page')),
    rows: text('rows'),
    rowOrder: rowOrders.find((order) => order === text('order')) ?? everything.rowOrder,
    rowPage: pageOf(text('rowpage')),
  };
}

function pageOf(text: string): number {
  return /^[1-9]\d{0,6}$/.test(text) ? Number(text) : 1;
}

type Filter = 'kinds' | 'severity' | 'source' | 'destination' | 'repository' | 'text';

/** The findings that were chosen, in their order; `but` leaves one filter out, to say how many it would let through. */
export function chosen(
  findings: readonly AuditFinding[],
  query: Query,
  but?: Filter,
): readonly AuditFinding[] {
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean);
  return findings.filter(
    (finding) =>
      (but === 'kinds' || query.kinds.length === 0 || query.kinds.includes(kindGroupOf(finding))) &&
      (but === 'severity' || query.severity === '' || finding.severity === query.severity) &&
      (query.source === '' || finding.source === query.source) &&
      (but === 'destination' || query.destination === '' || finding.destination === query.destination) &&
      (query.repository === '' || finding.repository === query.repository) &&
      (words.length === 0 || holdsAll(finding, words)),
  );
}

function holdsAll(finding: AuditFinding, words: readonly string[]): boolean {
  const { repository = '', tag = '', digest = '', destination = '', source, kind, cause } = finding;
  const image = `${repository}:${tag} ${repository}@${digest}`;
  const claims = `${finding.ecrSays ?? ''} ${finding.failureCode ?? ''} ${finding.part ?? ''}`;
  const hay = `${image} ${destination} ${source} ${kind} ${cause} ${finding.explanation} ${claims}`;
  const lower = hay.toLowerCase();
  return words.every((word) => lower.includes(word));
}

export function sorted(findings: readonly AuditFinding[], query: Query): readonly AuditFinding[] {
  const sign = query.descending ? -1 : 1;
  return [...findings].sort(
    (a, b) => sign * compared(keyOf(a, query.sort), keyOf(b, query.sort)) || inRest(a, b),
  );
}

function keyOf(finding: AuditFinding, sort: SortKey): string | number {
  switch (sort) {
    case 'severity':
      return severities.indexOf(finding.severity);
    case 'repository':
      return finding.repository ?? '';
    case 'destination':
      return finding.destination ?? '';
    case 'pushed':
      return finding.pushedAt ?? '';
  }
}

/** Where the chosen order says nothing: worst first, then by kind, repository, tag and destination. */
function inRest(a: AuditFinding, b: AuditFinding): number {
  return (
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    kindGroups.indexOf(kindGroupOf(a)) - kindGroups.indexOf(kindGroupOf(b)) ||
    compared(a.repository ?? '', b.repository ?? '') ||
    compared(a.tag ?? a.digest ?? '', b.tag ?? b.digest ?? '') ||
    compared(a.destination ?? '', b.destination ?? '')
  );
}

function compared(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
