/** What a command has to speak with: data to stdout, all else to stderr, colour as each of them shows it. */

import { fstatSync } from 'node:fs';
import { type Paint, painter, wantsColor } from './color.ts';
import { printableJson } from './printable.ts';
import { type Column, tableLines } from './table.ts';
import { rendered, type Text } from './text.ts';

export interface Terminal {
  /** A line of data. */
  readonly print: (text: Text) => void;
  readonly printTable: (columns: readonly Column[], rows: readonly (readonly Text[])[]) => void;
  /** One document, one line; indented where a person reads it. */
  readonly printJson: (document: unknown) => void;
  /** As it stands: for formats that escape by themselves. */
  readonly printRaw: (text: string) => void;
  /** A line about the work, not of it. */
  readonly say: (text: Text) => void;
  /** Somebody watches stderr, and nothing reads stdout from a pipe: a display that moves has its place. */
  readonly isWatched: boolean;
  readonly paintLive: Paint;
}

/** `color`: false with --no-color. */
export function openTerminal(color: boolean): Terminal {
  const { stdout, stderr, env } = process;
  const paint = painter(wantsColor(color, env, stdout.isTTY === true));
  const paintLive = painter(wantsColor(color, env, stderr.isTTY === true));
  return {
    print: (text) => void stdout.write(`${rendered(text, paint)}\n`),
    printTable: (columns, rows) => {
      for (const line of tableLines(columns, rows, paint)) stdout.write(`${line}\n`);
    },
    printJson: (document) => {
      stdout.write(`${printableJson(document, stdout.isTTY === true ? 2 : undefined)}\n`);
    },
    printRaw: (text) => void stdout.write(text),
    say: (text) => void stderr.write(`${rendered(text, paintLive)}\n`),
    isWatched: stderr.isTTY === true && env['TERM'] !== 'dumb' && !isPipe(1),
    paintLive,
  };
}

function isPipe(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return true;
  }
}
