/** How long replicas took, from whole seconds folded into counts: percentiles, and buckets that people can compare. */

import type { AuditedRoute } from './document.ts';

type Lag = NonNullable<AuditedRoute['lag']>;

/** Seconds: up to a minute fine enough to see ECR's usual 2 to 4, then as people speak of time. */
const bounds = [1, 2, 3, 4, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 21_600, 86_400];

/** Undefined when no image tells. `lags`: seconds → how many images. */
export function lagOf(lags: ReadonlyMap<number, number>): Lag | undefined {
  const sorted = [...lags].filter(([, images]) => images > 0).toSorted(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, images]) => sum + images, 0);
  const [max] = sorted.at(-1) ?? [];
  if (max === undefined) return undefined;
  const percentile = (share: number): number => {
    let left = Math.ceil(total * share);
    for (const [seconds, images] of sorted) {
      left -= images;
      if (left <= 0) return seconds;
    }
    return max;
  };
  const ends = [...bounds.filter((bound) => bound < max), bounds.find((bound) => bound >= max) ?? max];
  const buckets = ends.map((upTo, index) => {
    const above = ends[index - 1] ?? Number.NEGATIVE_INFINITY;
    const within = sorted.filter(([seconds]) => seconds > above && seconds <= upTo);
    return { upTo, images: within.reduce((sum, [, images]) => sum + images, 0) };
  });
  return { p50: percentile(0.5), p90: percentile(0.9), p99: percentile(0.99), max, buckets };
}
