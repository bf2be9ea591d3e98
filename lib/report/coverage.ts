/** One cell of the heat map, a repository at a destination: how well it is covered, in colour and in words; and which rows come first. */

import { count } from '../alert/words.ts';
import type { AuditedRepository } from '../audit/document.ts';
import { brokenOf } from './answer.ts';
import { type Place, percent } from './words.ts';

export type Cell = AuditedRepository['destinations'][number];

/** From well to bad; `empty`: nothing is expected there yet; `outside`: no rule names this destination. */
export type Level =
  | 'outside'
  | 'empty'
  | 'full'
  | 'most'
  | 'much'
  | 'half'
  | 'little'
  | 'absent'
  | 'unreadable';

export function levelOf(cell: Cell | undefined): Level {
  if (cell === undefined) return 'outside';
  if (cell.unreadable !== undefined) return 'unreadable';
  if (cell.expected === 0) return 'empty';
  if (cell.repositoryAbsent === true) return 'absent';
  const share = cell.inSync / cell.expected;
  if (share === 1) return 'full';
  if (share >= 0.99) return 'most';
  if (share >= 0.9) return 'much';
  return share >= 0.5 ? 'half' : 'little';
}

/** What stands in the cell: never colour alone. */
export function markOf(cell: Cell | undefined): string {
  const level = levelOf(cell);
  switch (level) {
    case 'outside':
      return '';
    case 'empty':
      return '–';
    case 'full':
      return '✓';
    case 'absent':
      return 'none';
    case 'unreadable':
      return '?';
    default:
      return cell === undefined ? '' : percent(cell.inSync / cell.expected);
  }
}

/** The cell in a sentence, for those who hear it. */
export function sentenceOf(
  repository: string,
  destination: string,
  cell: Cell | undefined,
  place: Place,
): string {
  return `${repository} in ${place(destination)}: ${stateOf(cell)}`;
}

function stateOf(cell: Cell | undefined): string {
  if (cell === undefined) return 'not replicated there';
  switch (levelOf(cell)) {
    case 'unreadable':
      return `could not be read, ${cell.unreadable}`;
    case 'empty':
      return cell.young > 0 ? `nothing expected yet, ${cell.young} pushed just now` : 'nothing expected';
    case 'absent':
      return `none, the repository does not exist there, ${count(cell.expected, 'image')} expected`;
    case 'full':
      return `all ${count(cell.expected, 'image')} in sync`;
    default:
      return `${percent(cell.inSync / cell.expected)} in sync, ${faultsOf(cell)} of ${count(cell.expected, 'image')}`;
  }
}

function faultsOf({ missing, history, tagMismatch, archived }: Cell): string {
  return [
    [missing, 'missing'],
    [history, 'older than the rule'],
    [tagMismatch, 'with another tag'],
    [archived, 'archived'],
  ]
    .filter(([n]) => n !== 0)
    .map(([n, what]) => `${n?.toLocaleString('en-US')} ${what}`)
    .join(', ');
}

export const rowOrders = ['worst', 'broken', 'name'] as const;
export type RowOrder = (typeof rowOrders)[number];

/** `worst`: the lowest coverage at any destination first; `broken`: the most images that would not pull. */
export function ordered(
  repositories: readonly AuditedRepository[],
  order: RowOrder,
): readonly AuditedRepository[] {
  const rated = repositories.map((row) => ({ row, harm: harmOf(row), broken: brokenIn(row) }));
  rated.sort(
    (a, b) =>
      (order === 'worst' ? b.harm - a.harm : 0) ||
      (order === 'name' ? 0 : b.broken - a.broken) ||
      byName(a.row.repository, b.row.repository) ||
      byName(a.row.source, b.row.source),
  );
  return rated.map(({ row }) => row);
}

export function brokenIn({ destinations }: AuditedRepository): number {
  return destinations.reduce((sum, cell) => sum + brokenOf(cell), 0);
}

/** 0: all well; 1: not known; above 1: the share that is broken, at the worst destination. */
function harmOf({ destinations }: AuditedRepository): number {
  return destinations.reduce((worst, cell) => {
    if (cell.unreadable !== undefined) return Math.max(worst, 1);
    return cell.expected > cell.inSync ? Math.max(worst, 2 - cell.inSync / cell.expected) : worst;
  }, 0);
}

/** By code units: the same on every machine, whatever its language. */
function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
