/** How long images took from push to arrival on one route: a histogram over a logarithmic axis, and the same as a table. */

import { count, duration } from '../alert/words.ts';
import type { AuditedRoute } from '../audit/document.ts';
import { type Html, html } from './html.ts';
import { type Place, percent } from './words.ts';

type Lag = NonNullable<AuditedRoute['lag']>;

/** Seconds, of which every chart of a page has the same, so that they can be compared by eye. */
export interface LagAxis {
  readonly from: number;
  readonly to: number;
}

const width = 330;
const bottom = 150;
const top = 34;
const inset = 10;
const candidates = [1, 10, 60, 600, 3600, 6 * 3600, 86_400, 7 * 86_400, 30 * 86_400, 365 * 86_400];

export function lagAxis(lags: readonly Lag[]): LagAxis {
  const ends = lags.flatMap(({ buckets }) =>
    buckets.filter(({ images }) => images > 0).map(({ upTo }) => upTo),
  );
  const from = Math.max(0.5, Math.min(...ends, 10) / 2);
  return { from, to: Math.max(...ends, from * 10, 60) };
}

export function lagChart(route: AuditedRoute, lag: Lag, axis: LagAxis, place: Place): Html {
  const name = `${place(route.source)} to ${place(route.destination)}`;
  const images = lag.buckets.reduce((sum, bucket) => sum + bucket.images, 0);
  return html`<figure class="lag">
<figcaption><strong>${place(route.destination)}</strong> <span>from ${place(route.source)}, ${count(images, 'image')}</span></figcaption>
${drawing(lag, axis, name)}
<details><summary>As a table<span class="unseen"> (${name})</span></summary>${table(lag, images, name)}</details>
</figure>`;
}

function drawing(lag: Lag, axis: LagAxis, name: string): Html {
  const x = (seconds: number): number => {
    const clamped = Math.min(Math.max(seconds, axis.from), axis.to);
    const share = Math.log(clamped / axis.from) / Math.log(axis.to / axis.from);
    return rounded(inset + share * (width - 2 * inset));
  };
  const most = Math.max(...lag.buckets.map(({ images }) => images), 1);
  const bars = lag.buckets.map(({ upTo, images }, i) => {
    if (images === 0) return undefined;
    const left = x(lag.buckets[i - 1]?.upTo ?? axis.from);
    const right = x(upTo);
    // The least of bars can still be seen.
    const height = rounded(Math.max(2, (images / most) * (bottom - top - 14)));
    return html`<rect class="bar" x="${left}" y="${rounded(bottom - height)}" width="${rounded(Math.max(right - left - 1, 1.5))}" height="${height}" rx="1.5"/>`;
  });
  const ticks = candidates.filter((seconds) => seconds >= axis.from && seconds <= axis.to);
  const label = `Lag from ${name}: half of the images within ${duration(lag.p50)}, 90 % within ${duration(lag.p90)}, 99 % within ${duration(lag.p99)}, the slowest ${duration(lag.max)}`;
  return html`<svg viewBox="0 0 ${width} 172" role="img" aria-label="${label}">
<line class="axis" x1="${inset}" y1="${bottom}" x2="${width - inset}" y2="${bottom}"/>
${bars}
${ticks.map((seconds) => html`<text class="tick" x="${x(seconds)}" y="${bottom + 15}" text-anchor="middle">${shortDuration(seconds)}</text>`)}
${markers(lag, x)}
</svg>`;
}

/** The three lines, whose labels step aside where they would lie upon each other. */
function markers(lag: Lag, x: (seconds: number) => number): readonly Html[] {
  const named = [
    ['p50', lag.p50],
    ['p90', lag.p90],
    ['p99', lag.p99],
  ] as const;
  const rowEnds: number[] = [];
  return named.map(([name, seconds]) => {
    const at = x(seconds);
    const text = `${name} ${duration(seconds)}`;
    const half = text.length * 3.1;
    const middle = rounded(Math.min(Math.max(at, half), width - half));
    let row = rowEnds.findIndex((end) => end <= middle - half);
    if (row === -1) row = rowEnds.length;
    rowEnds[row] = middle + half + 6;
    const y = 10 + row * 13;
    return html`<line class="mark ${name}" x1="${at}" y1="${y + 3}" x2="${at}" y2="${bottom}"/><text class="mark" x="${middle}" y="${y}" text-anchor="middle">${text}</text>`;
  });
}

function table(lag: Lag, images: number, name: string): Html {
  const rows = lag.buckets.filter((bucket) => bucket.images > 0);
  return html`<table class="plain"><caption class="unseen">Lag from ${name}</caption>
<thead><tr><th scope="col">Within</th><th scope="col" class="n">Images</th><th scope="col" class="n">Share</th></tr></thead>
<tbody>${rows.map((bucket) => html`<tr><th scope="row">${duration(bucket.upTo)}</th><td class="n">${bucket.images.toLocaleString('en-US')}</td><td class="n">${percent(bucket.images / images)}</td></tr>`)}
${(['p50', 'p90', 'p99', 'max'] as const).map((key) => html`<tr><th scope="row">${key === 'max' ? 'slowest' : key}</th><td class="n" colspan="2">${duration(lag[key])}</td></tr>`)}
</tbody></table>`;
}

/** `10 s`, `1 min`, `6 h`, `7 d`: of round numbers, in one unit. */
function shortDuration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${seconds / 60} min`;
  return seconds < 86_400 ? `${seconds / 3600} h` : `${seconds / 86_400} d`;
}

function rounded(n: number): number {
  return Math.round(n * 10) / 10;
}
