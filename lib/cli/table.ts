/** Rows and columns for people: aligned, without borders, so that it can be read, searched and pasted. */

import Table from 'cli-table3';
import type { Paint } from './color.ts';
import { dim, rendered, type Text } from './text.ts';

export interface Column {
  readonly title: string;
  /** Numbers stand to the right. */
  readonly align?: 'right';
}

const noBorders = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'])
    .map((side) => [side, '']),
);

/** Lines without trailing spaces. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Text[])[],
  paint: Paint,
): readonly string[] {
  const table = new Table({
    head: columns.map(({ title }) => rendered(dim(title), paint)),
    chars: { ...noBorders, middle: '  ' },
    colAligns: columns.map(({ align }) => align ?? 'left'),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) table.push(row.map((cell) => rendered(cell, paint)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}
