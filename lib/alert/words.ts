/** Times, durations and counts as people read them. */

import type { Incident } from '../incident/incident.ts';

/** `2026-11-24 03:12:09 UTC`, from epoch milliseconds. */
export function clockTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `45 s`, `31 min`, `2 h 05 min`, `3 d 4 h`, `7 d`: two units at most, rounded down. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 120) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `1,000`, of a whole number. ICU's own formatting is loaded when it is first used, which takes a cold start 17 ms. */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 image`, `12 images`. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(n)} ${n === 1 ? noun : plural}`;
}

/** `2 new, 1 resolved`: what has changed, in the order in which it matters; empty when nothing has. */
export function newsInWords(news: { readonly [S in Incident['state']]: number }): string {
  const parts = [
    [news.open, 'new'],
    [news.resolved, 'resolved'],
    [news.withdrawn, 'no longer expected'],
    [news['given-up'], 'given up'],
  ] as const;
  const told = parts.filter(([n]) => n > 0).map(([n, what]) => `${grouped(n)} ${what}`);
  return told.join(', ');
}
