/** Reports as a terminal shows them: tables, and for each figure whether it was reached. */

import { painter } from '../../../lib/cli/color.ts';
import { tableLines } from '../../../lib/cli/table.ts';
import { inDigits, inSpread } from './numbers.ts';
import { type Figure, type Growth, isReached, type Report, type Table } from './report.ts';

export interface Finished {
  readonly name: string;
  readonly seconds: number;
  readonly report: Report;
}

export function textOf({ name, seconds, report }: Finished): string {
  const { tables, figures, growth = [], notes } = report;
  const blocks = [
    `== ${name} (${Math.round(seconds)} s)`,
    ...tables.map(({ title, columns, rows }: Table) => `${title}\n${inColumns(columns, rows)}`),
    ...(growth.length === 0 ? [] : [inColumns(['curve', 'measured', 'growth'], growth.map(growthRow))]),
    notes.map((note) => `  - ${note}`).join('\n'),
    inColumns(['', 'figure', 'seen', 'must be'], figures.map(figureRow)),
  ];
  return `\n${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

export function figureRow(figure: Figure): readonly string[] {
  const { what, must, limit, seen, unit = '' } = figure;
  return [
    isReached(figure) ? 'reached' : 'MISSED',
    what,
    inSpread(seen, unit),
    `${must} ${inDigits(limit)}${unit === '' ? '' : ` ${unit}`}`,
  ];
}

export function growthRow({ what, over, sizes, exponent }: Growth): readonly string[] {
  const [first = 0] = sizes;
  const range = `${inDigits(first)} to ${inDigits(sizes.at(-1) ?? 0)} ${over}, ${sizes.length} sizes`;
  return [what, range, `grows as size^${exponent.toFixed(2)}`];
}

function inColumns(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = tableLines(
    columns.map((title) => ({ title })),
    rows,
    painter(false),
  );
  return lines.map((line) => `  ${line}`).join('\n');
}
