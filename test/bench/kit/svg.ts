/** A picture of lines over logarithmic axes, as SVG that reads on light and on dark pages. */

import { inDigits } from './numbers.ts';
import type { Picture } from './report.ts';

const width = 760;
const height = 420;
const box = { left: 80, right: 560, top: 50, bottom: 360 };
const colours = ['#1f77b4', '#2ca02c', '#ff7f0e', '#9467bd', '#d62728', '#17becf'];

export function svgOf({ title, xTitle, yTitle, lines }: Picture): string {
  const points = lines.flatMap((line) => line.points);
  const xs = decades(points.map(([x]) => x));
  const ys = decades(points.map(([, y]) => y));
  const x = scale(xs, box.left, box.right);
  const y = scale(ys, box.bottom, box.top);
  const text = (at: readonly [number, number], anchor: string, words: string, more = ''): string =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" text-anchor="${anchor}"${more}>${escaped(words)}</text>`;
  const rule = (a: readonly [number, number], b: readonly [number, number]): string =>
    `<line x1="${a[0].toFixed(1)}" y1="${a[1].toFixed(1)}" x2="${b[0].toFixed(1)}" y2="${b[1].toFixed(1)}" stroke="#999" stroke-opacity="0.4"/>`;
  const parts = [
    text([box.left, 26], 'start', title, ' font-weight="bold" font-size="15"'),
    ...xs.flatMap((tick) => [
      rule([x(tick), box.top], [x(tick), box.bottom]),
      text([x(tick), box.bottom + 18], 'middle', inDigits(tick)),
    ]),
    ...ys.flatMap((tick) => [
      rule([box.left, y(tick)], [box.right, y(tick)]),
      text([box.left - 8, y(tick) + 4], 'end', inDigits(tick)),
    ]),
    text([(box.left + box.right) / 2, box.bottom + 42], 'middle', xTitle),
    text([0, 0], 'middle', yTitle, ` transform="translate(20 ${(box.top + box.bottom) / 2}) rotate(-90)"`),
    ...lines.flatMap(({ name, points: own }, n) => {
      const colour = colours[n % colours.length] ?? '#777';
      const path = own.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(' ');
      const place = box.top + 10 + n * 22;
      return [
        `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        ...own.map(
          ([px, py]) =>
            `<circle cx="${x(px).toFixed(1)}" cy="${y(py).toFixed(1)}" r="3.5" fill="${colour}"/>`,
        ),
        `<rect x="${box.right + 16}" y="${place - 9}" width="12" height="12" fill="${colour}"/>`,
        text([box.right + 34, place + 2], 'start', name),
      ];
    }),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#777" role="img" aria-label="${escaped(title)}">
${parts.map((part) => `  ${part}\n`).join('')}</svg>
`;
}

/** Powers of ten from the one below the least value to the one above the most. */
function decades(values: readonly number[]): readonly number[] {
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) throw new Error('a picture of nothing');
  const first = Math.floor(Math.log10(Math.min(...positive)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...positive)) - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, n) => 10 ** (first + n));
}

function scale(ticks: readonly number[], from: number, to: number): (value: number) => number {
  const low = Math.log10(ticks[0] ?? 1);
  const high = Math.log10(ticks.at(-1) ?? 10);
  return (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from);
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
