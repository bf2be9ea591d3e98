/** Steps within lines of text: indented below what they are about, each command on a line of its own, to be copied. */

import type { Step } from './cure.ts';

const indent = '  ';

export function indented({ say, command }: Step): readonly string[] {
  return [`${indent}${say}`, ...(command === undefined ? [] : [`${indent}${indent}${command}`])];
}

/** A chat has no room for them, and would change what is to be copied: they are the e-mail's. */
export function isIndented(line: string): boolean {
  return line.startsWith(indent);
}

/** Lines as they stand in an e-mail: a space between one matter with its steps and the next. */
export function spaced(lines: readonly string[]): string {
  return lines
    .map((line, at) => (!isIndented(line) && isIndented(lines[at - 1] ?? '') ? `\n${line}` : line))
    .join('\n');
}
