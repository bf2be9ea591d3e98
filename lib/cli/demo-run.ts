/** Runs the demo: the story, or the user's events, through a whole monitor on a local AWS. */

import { type MetricName, metricCatalogue } from '../metric/catalogue.ts';
import { wantsColor } from './color.ts';
import type { DemoOptions } from './demo.ts';
import { arrange, foreign, hubOf, latestTimeOf, readEventFiles } from './demo-events.ts';
import type { DemoLine, Say } from './demo-lines.ts';
import { alertLine, linesOfLog } from './demo-observe.ts';
import { createPrinter } from './demo-print.ts';
import { dayPasses, tellStory } from './demo-story.ts';
import { type DemoObservers, type DemoSystem, startDemoSystem } from './demo-system.ts';
import { exitCodes } from './fault.ts';

export async function runDemo(
  files: readonly string[],
  { json, form }: DemoOptions,
  colorAsked: boolean,
): Promise<number> {
  // Node keeps deprecations of packages to itself as long as they are in node_modules; a bundle is not.
  process.noDeprecation = true;
  const events = await readEventFiles(files);
  const lines: DemoLine[] = [];
  const begun = Date.now();
  const seconds = (): number => (Date.now() - begun) / 1000;
  const color = wantsColor(colorAsked, process.env, process.stdout.isTTY === true);
  const print: Say = json
    ? (line) => process.stdout.write(`${JSON.stringify({ ...line, at: seconds() })}\n`)
    : createPrinter(process.stdout, color, seconds);
  const say: Say = (line) => {
    lines.push(line);
    print(line);
  };
  const isLater = (): boolean => lines.some((line) => line.type === 'time' && line.text === dayPasses);
  const observers: DemoObservers = {
    log: (level, message, fields = {}) => {
      for (const line of linesOfLog(level, message, fields)) say(line);
    },
    alert: (texts) => say(alertLine(texts, form, isLater())),
  };
  const system = await startDemoSystem(observers, hubOf(events));
  try {
    const missing =
      events.length === 0 ? await tellStory(system, say, lines) : await feed(system, events, say, lines);
    for (const line of metricsOf(system)) say(line);
    const ok = missing.length === 0;
    say({ type: 'end', ok, seconds: Math.round(seconds() * 10) / 10, text: closing(events.length, missing) });
    return ok ? exitCodes.clean : exitCodes.notClean;
  } finally {
    await system.stop();
  }
}

function closing(events: number, missing: readonly string[]): string {
  if (missing.length > 0) return `Not as it should be: ${missing.join('; ')}.`;
  return events === 0
    ? 'Everything came out as it should.'
    : `Settled: ${events === 1 ? '1 event' : `${events} events`}.`;
}

const longestFeedMs = 60_000;

/** Answers what is left unsettled. An image that is waited for is settled when its deadline of seconds is over. */
async function feed(
  system: DemoSystem,
  events: readonly object[],
  say: Say,
  lines: readonly DemoLine[],
): Promise<readonly string[]> {
  // An event of tomorrow, by this machine's clock, is told of tomorrow.
  system.turn(Math.max(0, latestTimeOf(events) - system.now()) / 1000);
  arrange(system, events);
  system.listen();
  for (const event of events) {
    const why = foreign(event);
    if (why !== undefined) say({ type: 'ignored', why });
    await system.send(event);
  }
  const end = Date.now() + longestFeedMs;
  while (Date.now() < end) {
    if (await system.isQuiet()) {
      await system.followUp();
      if (await system.isQuiet()) return lines.flatMap((line) => (line.type === 'log' ? [line.message] : []));
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return [`messages still waited after ${longestFeedMs / 1000} s`];
}

/** One line a metric and set of dimensions: what CloudWatch was sent, added up. */
function metricsOf({ aws }: DemoSystem): readonly DemoLine[] {
  const rows = new Map<string, Extract<DemoLine, { type: 'metric' }>>();
  for (const name of Object.keys(metricCatalogue) as MetricName[]) {
    const isGauge = name === 'OpenIncidents' || name === 'OldestIncidentAge';
    for (const { dimensions, values } of aws.cloudwatch.datapoints(name)) {
      const key = [name, ...Object.values(dimensions)].join(' ');
      const row = rows.get(key) ?? { type: 'metric', name, dimensions, count: 0, sum: 0, max: 0 };
      const count = values.reduce((total, value) => total + value.count, 0);
      const sum = values.reduce((total, { value, count: times }) => total + value * times, 0);
      const max = Math.max(row.max, ...values.map(({ value }) => value));
      // Of a gauge the last value counts.
      rows.set(
        key,
        isGauge
          ? { ...row, count: 1, sum, max }
          : { ...row, count: row.count + count, sum: row.sum + sum, max },
      );
    }
  }
  return [...rows.values()];
}
