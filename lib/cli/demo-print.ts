/** The demo's lines for people: a timeline, the alerts as subscribers get them, a closing table of metrics. */

import { styleText } from 'node:util';
import type { AlertLine, DemoLine } from './demo-lines.ts';

type Style = Parameters<typeof styleText>[0];

/** A printer of lines; `seconds`: since the demo began. Colour only where the stream shows it. */
export function createPrinter(
  out: NodeJS.WriteStream,
  color: boolean,
  seconds: () => number,
): (line: DemoLine) => void {
  const paint = (style: Style, text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const event = (style: Style, what: string, text: string): void => {
    out.write(
      `${paint('dim', `${seconds().toFixed(1).padStart(5)} s`)}  ${paint(style, what.padEnd(10))} ${text}\n`,
    );
  };
  let metricsBegun = false;

  return (line) => {
    switch (line.type) {
      case 'start':
      case 'time':
        out.write(`\n${paint('bold', line.text)}\n\n`);
        break;
      case 'push':
        event('cyan', 'push', `${line.image} to ${line.sourceRegion}`);
        break;
      case 'look':
        if (line.verdict !== 'verified' && line.decision === 'look-again') {
          event(
            'dim',
            line.verdict,
            `${line.image} in ${line.destinationRegion}; next look in ${line.againAfterSeconds} s`,
          );
        }
        break;
      case 'verified':
        event('green', 'verified', `${line.image} in ${line.destinationRegion}${lag(line.lagSeconds)}`);
        break;
      case 'report':
        event('red', line.kind, `${line.image} in ${line.destinationRegion}`);
        break;
      case 'withdrawn':
        event('dim', 'withdrawn', `${line.image}: it is gone at its source`);
        break;
      case 'exempt':
        event(
          'dim',
          'exempt',
          `${line.image}: ${line.why === 'ignored' ? 'ignored by the parameters' : 'no rule covers it'}`,
        );
        break;
      case 'ignored':
        event('dim', 'ignored', `not a successful push, nor a replication report: ${line.why}`);
        break;
      case 'log':
        event('yellow', line.level.toLowerCase(), `${line.message} ${JSON.stringify(line.fields)}`);
        break;
      case 'alert':
      case 'reminder':
      case 'all-clear':
        event(
          line.status === 'firing' ? 'red' : 'green',
          line.type,
          `${line.status}: ${line.kind} in ${line.destinationRegion}`,
        );
        out.write(framed(line, paint));
        break;
      case 'metric':
        if (!metricsBegun) out.write(`\n${paint('bold', 'Metrics published')}\n\n`);
        metricsBegun = true;
        out.write(metricRow(line));
        break;
      case 'expected':
        if (!line.ok) event('red', 'NOT SO', line.what);
        break;
      case 'end':
        out.write(`\n${paint(line.ok ? 'green' : 'red', line.text)}\n`);
        break;
    }
  };
}

function lag(seconds: number | undefined): string {
  return seconds === undefined ? '' : `, ${seconds} s after the push`;
}

function framed(line: AlertLine, paint: (style: Style, text: string) => string): string {
  const bar = paint(line.status === 'firing' ? 'red' : 'green', '│');
  const rows = line.text.trimEnd().split('\n');
  return `${rows.map((row) => `         ${bar} ${row}`.trimEnd()).join('\n')}\n`;
}

function metricRow(line: Extract<DemoLine, { type: 'metric' }>): string {
  const { name, dimensions, count, sum, max } = line;
  const where = Object.values(dimensions).join(' → ');
  const value =
    name === 'ReplicationLag' ? `n ${count}, mean ${(sum / count).toFixed(1)} s, max ${max} s` : `${sum}`;
  return `  ${name.padEnd(22)} ${where.padEnd(30)} ${value}\n`;
}
