/** What commands say: pieces of text with a style each. Only here do they become what a stream gets. */

import type { Paint, Style } from './color.ts';
import { printable } from './printable.ts';

export interface Piece {
  readonly text: string;
  readonly style: Style;
}

/** One line, or one cell of a table. */
export type Text = string | Piece | readonly (string | Piece)[];

export function rendered(text: Text, paint: Paint): string {
  const pieces: readonly (string | Piece)[] = Array.isArray(text) ? text : [text];
  return pieces
    .map((piece) =>
      typeof piece === 'string' ? printable(piece) : paint(piece.style, printable(piece.text)),
    )
    .join('');
}

export function bold(text: string): Piece {
  return { text, style: 'bold' };
}

export function dim(text: string): Piece {
  return { text, style: 'dim' };
}

export function red(text: string): Piece {
  return { text, style: 'red' };
}

export function green(text: string): Piece {
  return { text, style: 'green' };
}

export function yellow(text: string): Piece {
  return { text, style: 'yellow' };
}
