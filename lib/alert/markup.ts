/** Somebody else's text made safe for chat: Slack and Teams show it as it is, whatever is in it. */

import { oneLine } from '../parsed.ts';
import type { Severity } from './machine.ts';

/** The first thing that a phone shows. */
export const icons: { readonly [S in Severity]: string } = { critical: '🔴', warning: '🟠', info: '🟢' };

/**
 * Slack, "Formatting message text": these three are control characters, escaped so; there is no way to escape the
 * others (`*`, `_`, `~`, backtick), which is why names stand in code.
 */
export function escaped(text: string): string {
  return oneLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A name, digest or command: shown letter for letter. */
export function code(text: string): string {
  return `\`${escaped(text).replaceAll('`', "'") || ' '}\``;
}

/** A command on lines of its own, which can be copied at once. */
export function codeBlock(text: string): string {
  return ['```', escaped(text).replaceAll('`', "'"), '```'].join('\n');
}

/** A sentence: words that a chat would format, link or take for an emoji or a mention stand in code. */
export function prose(text: string): string {
  return oneLine(text)
    .split(' ')
    .map((word) =>
      word.replace(/([("']*)(.*?)([)"',.;:!?]*)$/s, (_, before: string, core: string, after: string) =>
        special.test(core) ? escaped(before) + code(core) + escaped(after) : escaped(word),
      ),
    )
    .join(' ');
}

const special = /[_*~`[\]|\\]|^[@#:]|\S[:./@]\S/;
