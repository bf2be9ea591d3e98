/** Numbers as the tables write them. */

import type { Spread } from './statistics.ts';

/** Three significant digits, thousands apart: `0.0104`, `20,400`, `1,234`. */
export function inDigits(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

/** The median, and the extremes where they differ from it: `0.62 (0.60–0.66)`. */
export function inSpread(spread: Spread, unit = ''): string {
  const { median, least, most } = spread;
  const tail = unit === '' ? '' : ` ${unit}`;
  const [low, middle, high] = [least, median, most].map(inDigits);
  return low === high ? `${middle}${tail}` : `${middle} (${low}–${high})${tail}`;
}

export function inPercent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
