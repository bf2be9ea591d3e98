/** Log lines: one JSON object a line, a constant message with fields, as CloudWatch Logs Insights reads them. */

import type { LogLevel, Ports } from './ports.ts';

const rank: { readonly [L in LogLevel]: number } = { DEBUG: 0, INFO: 1, WARN: 2, ERROR: 3 };

/** No field makes a line grow without bound: an event's text is somebody else's. */
const longestField = 1_000;

/** `now` in epoch milliseconds; `least`: lines below it are not written. */
export function createLog(write: (line: string) => void, now: () => number, least: LogLevel): Ports['log'] {
  return (level, message, fields = {}) => {
    if (rank[level] < rank[least]) return;
    const bounded = Object.entries(fields).map(([key, value]) => [key, bound(value)]);
    // The line's own keys come last: no field may pass for them.
    const own = { timestamp: new Date(now()).toISOString(), level, message };
    const line = { ...own, ...Object.fromEntries(bounded), ...own };
    write(`${plain(JSON.stringify(line))}\n`);
  };
}

/** A value as it may stand in a line; what is nested and long is cut as text. */
function bound(value: unknown): unknown {
  if (typeof value === 'string') return cut(value);
  if (typeof value === 'bigint' || value instanceof Error) return cut(String(value));
  const text = JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner));
  return text === undefined || text.length <= longestField ? value : cut(text);
}

/** JSON leaves characters as they are that a terminal obeys: `aws logs tail` must not pass them on. */
function plain(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function cut(text: string): string {
  return text.length <= longestField ? text : `${text.slice(0, longestField)}… (${text.length} characters)`;
}

export function isLogLevel(text: string | undefined): text is LogLevel {
  return text !== undefined && Object.hasOwn(rank, text);
}
