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
    const line = { timestamp: new Date(now()).toISOString(), level, message, ...Object.fromEntries(bounded) };
    write(`${JSON.stringify(line)}\n`);
  };
}

function bound(value: unknown): unknown {
  if (typeof value !== 'string' || value.length <= longestField) return value;
  return `${value.slice(0, longestField)}… (${value.length} characters)`;
}

export function isLogLevel(text: string | undefined): text is LogLevel {
  return text !== undefined && Object.hasOwn(rank, text);
}
