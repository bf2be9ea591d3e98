/** Writes docs/benchmarks.md and its picture from the reports of all benches. */

import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { svgOf } from './svg.ts';
import { type Finished, figureRow, growthRow } from './text.ts';

const docs = new URL('../../../docs/', import.meta.url);

export function writeBenchmarks(finished: readonly Finished[], quick: boolean): void {
  writeFileSync(new URL('benchmarks.md', docs), markdownOf(finished, quick, new Date()));
  for (const { name, report } of finished) {
    if (report.picture === undefined) continue;
    writeFileSync(new URL(`benchmark-${name}.svg`, docs), svgOf(report.picture));
  }
}

function markdownOf(finished: readonly Finished[], quick: boolean, now: Date): string {
  const command = `npm run bench -- --write${quick ? ' --quick' : ''}`;
  const seconds = finished.reduce((sum, one) => sum + one.seconds, 0);
  const [processor] = cpus();
  const machine = `${cpus().length} cores (${processor?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB`;
  const all = finished.flatMap(({ report }) => report.figures);
  return `# Benchmarks

Written by \`${command}\` on ${now.toISOString().slice(0, 10)}, Node ${process.version}, ${machine}, in ${(seconds / 60).toFixed(1)}
minutes${quick ? ', with fewer and smaller runs than without `--quick`' : ''}. Ratios are measured side by side in one run and counts are counted, so both hold on other machines; absolute
times do not. Each value is a median; in brackets the least and the most of all runs. The peers are re-implemented in
\`test/bench/peers\` from what is publicly known of them, each in its own way of working, on the same local AWS:

- **(a)** a function on a schedule that lists recent images and asks \`DescribeImageReplicationStatus\` for each
- **(b)** a pipeline step that asks for one image's status every 3 seconds
- **(c)** a shell loop over the AWS CLI, a process a call
- **(d)** an EventBridge rule straight to an SNS topic, an e-mail an event

## What must be reached

${table(['', 'figure', 'seen', 'must be'], all.map(figureRow))}
${finished.map(sectionOf).join('')}`;
}

function sectionOf({ name, report }: Finished): string {
  const { tables, growth = [], notes, picture } = report;
  return [
    `\n## ${name}\n`,
    ...tables.map(({ title, columns, rows }) => `\n**${title}**\n\n${table(columns, rows)}`),
    ...(picture === undefined ? [] : [`\n![${picture.title}](benchmark-${name}.svg)\n`]),
    ...(growth.length === 0 ? [] : [`\n${table(['curve', 'measured', 'growth'], growth.map(growthRow))}`]),
    `\n${notes.map((note) => `- ${note}\n`).join('')}`,
  ].join('');
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('');
}
