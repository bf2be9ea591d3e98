// Keys of a grid, as WAI-ARIA's "Grid Pattern" has them: one stop for the Tab key, arrows inside.

/** Moves the focus between the buttons of a table's body. */
export function moveInGrid(body: HTMLTableSectionElement, event: KeyboardEvent): void {
  if (event.altKey || event.metaKey || !(event.target instanceof HTMLButtonElement)) return;
  const rows = [...body.rows].map((row) => [...row.querySelectorAll('button')]);
  const row = rows.findIndex((buttons) => buttons.some((button) => button === event.target));
  const column = rows[row]?.indexOf(event.target) ?? 0;
  const last = (rows[row]?.length ?? 1) - 1;
  const to = target(event, { row, column, lastRow: rows.length - 1, last });
  if (to === undefined) return;
  event.preventDefault();
  rows[to[0]]?.[to[1]]?.focus();
}

function target(
  { key, ctrlKey }: KeyboardEvent,
  { row, column, lastRow, last }: { row: number; column: number; lastRow: number; last: number },
): readonly [row: number, column: number] | undefined {
  switch (key) {
    case 'ArrowUp':
      return [Math.max(row - 1, 0), column];
    case 'ArrowDown':
      return [Math.min(row + 1, lastRow), column];
    case 'ArrowLeft':
      return [row, Math.max(column - 1, 0)];
    case 'ArrowRight':
      return [row, Math.min(column + 1, last)];
    case 'Home':
      return [ctrlKey ? 0 : row, 0];
    case 'End':
      return [ctrlKey ? lastRow : row, last];
    default:
      return undefined;
  }
}
