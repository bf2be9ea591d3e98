/** `demo`: the whole monitor on a local AWS, in one process; a story, or the user's own events. What `npm start` runs. */

import { Command, Option } from 'commander';
import { type MetricName, metricCatalogue } from '../metric/catalogue.ts';
import { arrange, foreign, hubOf, latestTimeOf, readEventFiles } from './demo-events.ts';
import type { DemoLine, Say } from './demo-lines.ts';
import { alertLine, type Form, forms, linesOfLog } from './demo-observe.ts';
import { createPrinter } from './demo-print.ts';
import { dayPasses, tellStory } from './demo-story.ts';
import { type DemoObservers, type DemoSystem, startDemoSystem } from './demo-system.ts';
import { exitCodes } from './fault.ts';

const help = `
Without files, a story is replayed: images that arrive, one that fails, one that is late, one whose tag is taken,
one that no rule covers. It ends with 0 when everything came out as it should. Takes about ten seconds;
needs no credentials and no network.

With files, their events (EventBridge's own JSON, one event or a list) go through the same system. The local ECR is
made to be as they say: a pushed image has arrived wherever a rule sends it, unless an event says that it failed.
Its rule: repositories that begin with "prod-" go to eu-west-1 and ap-southeast-2.

Lines of --json have a "type": start, push, look, verified, report, withdrawn, exempt, ignored, alert, time,
reminder, all-clear, metric, log, expected, end. An alert has status (firing, resolved), kind, repository,
destinationRegion, images and text; end has ok.

Examples:
  npm start
  npm start -- --form chat
  npm start -- events/image-action-push.json --json
`;

interface Options {
  readonly json: boolean;
  readonly form: Form;
}

export function demoCommand(): Command {
  return new Command('demo')
    .summary('run the whole monitor on a local AWS')
    .description('Runs the whole monitor on a local AWS and shows what it does.')
    .argument('[event.json...]', 'event files to feed instead of the story')
    .option('--json', 'print JSON lines', false)
    .addOption(
      new Option('--form <form>', 'the form in which alerts are shown').choices(forms).default('email'),
    )
    .addHelpText('after', help)
    .action(async (files: string[], options: Options) => {
      process.exitCode = await runDemo(files, options);
    });
}

async function runDemo(files: readonly string[], { json, form }: Options): Promise<number> {
  const events = await readEventFiles(files);
  const lines: DemoLine[] = [];
  const begun = Date.now();
  const seconds = (): number => (Date.now() - begun) / 1000;
  const color = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
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
