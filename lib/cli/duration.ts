/** Durations as people type them: `30m`, `2h`, `3d`. */

import { fault, type Parsed, parsed, quoted } from '../parsed.ts';

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 60 * 60, d: 24 * 60 * 60 };

/** Seconds; a whole number of one unit, more than none. */
export function parseDuration(text: string): Parsed<number> {
  const [, amount = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const seconds = Number(amount) * (unitSeconds[unit] ?? 0);
  if (seconds > 0) return parsed(seconds);
  return fault(`${quoted(text)} is not a duration; write a number and s, m, h or d, such as 30m or 2h`);
}
