/**
 * `npm run bench [-- name …] [--quick] [--json] [--write]`: what the monitor costs, against what people use today.
 * Exits with 1 when a figure that must be reached is missed, with 2 when the command line is at fault.
 */

import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isReached, type Report } from '../test/bench/kit/report.ts';
import { type Finished, textOf } from '../test/bench/kit/text.ts';
import { writeBenchmarks } from '../test/bench/kit/write.ts';

const folder = join(import.meta.dirname, '../test/bench');
/** In this order: what a user feels first, first. */
const order = ['look', 'detect', 'cold-start', 'throughput', 'audit', 'notices', 'cost'];

const usage = `npm run bench -- [name …] [options]

  name      ${order.join(', ')}; all, if nothing is said
  --quick   fewer and smaller runs, to try a change; what is missed then proves nothing
  --json    the reports as JSON on standard output, nothing else
  --write   docs/benchmarks.md and its picture, from all benches
`;

/** A process of its own for each, one after the other: no two ever share the cores, nor a heap. */
function run(name: string, quick: boolean): Promise<Finished> {
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [join(folder, 'kit/run.ts'), join(folder, `${name}.ts`), ...(quick ? ['quick'] : [])],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) return reject(new Error(`the bench ${name} ended with ${code}`));
      const seconds = (performance.now() - begin) / 1000;
      resolve({ name, seconds, report: JSON.parse(output) as Report });
    });
  });
}

function readCommandLine() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const there = readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.replace('.ts', ''));
  const unknown = positionals.filter((name) => !there.includes(name));
  if (unknown.length > 0)
    throw new Error(`no bench is called ${unknown.join(', ')}; there are ${order.join(', ')}`);
  if (values.write && positionals.length > 0) throw new Error('--write takes all benches');
  return {
    ...values,
    names: order.filter(
      (name) => there.includes(name) && (positionals.length === 0 || positionals.includes(name)),
    ),
  };
}

async function main(): Promise<number> {
  const { names, quick, json, write, help } = readCommandLine();
  if (help) {
    process.stdout.write(usage);
    return 0;
  }
  const finished: Finished[] = [];
  for (const name of names) {
    const one = await run(name, quick);
    finished.push(one);
    if (!json) process.stdout.write(textOf(one));
    // After each: what a later one cannot finish does not take the earlier ones with it.
    if (write) writeBenchmarks(finished, quick);
  }
  if (json) process.stdout.write(`${JSON.stringify(finished, null, 2)}\n`);
  const figures = finished.flatMap(({ report }) => report.figures);
  const missed = figures.filter((figure) => !isReached(figure));
  const seconds = Math.round(finished.reduce((sum, one) => sum + one.seconds, 0));
  if (!json) {
    process.stdout.write(
      `\n${figures.length - missed.length} reached, ${missed.length} missed, in ${seconds} s\n`,
    );
  }
  return missed.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
