/** Turns what the running system logs and publishes into the demo's lines. */

import * as v from 'valibot';
import { exemptMessage, foreignMessage, lookedMessage } from '../monitor/trace.ts';
import type { LogLevel } from '../ports.ts';
import type { AlertLine, DemoLine, Form } from './demo-lines.ts';

const text = v.fallback(v.string(), '');
const looked = v.object({
  image: text,
  repository: text,
  destination: text,
  verdict: text,
  decision: text,
  kind: v.optional(v.string()),
  lagSeconds: v.optional(v.number()),
  againAfterSeconds: v.optional(v.number()),
});
const exempt = v.object({ image: text, repository: text, why: text });

/** A log line of the functions, as the demo tells it; undefined for what is not worth a line. */
export function linesOfLog(
  level: LogLevel,
  message: string,
  fields: Readonly<Record<string, unknown>>,
): readonly DemoLine[] {
  switch (message) {
    case lookedMessage:
      return linesOfLook(v.parse(looked, fields));
    case exemptMessage: {
      const { image, repository, why } = v.parse(exempt, fields);
      return [{ type: 'exempt', image, repository, why }];
    }
    case foreignMessage:
      return [{ type: 'ignored', why: String(fields['why']) }];
    default:
      return level === 'ERROR' || level === 'WARN' ? [{ type: 'log', level, message, fields }] : [];
  }
}

function linesOfLook(look: v.InferOutput<typeof looked>): readonly DemoLine[] {
  const { image, repository, verdict, decision, kind, lagSeconds, againAfterSeconds } = look;
  const place = { image, repository, destinationRegion: look.destination.split('/')[1] ?? look.destination };
  const again = againAfterSeconds === undefined ? {} : { againAfterSeconds };
  const lines: DemoLine[] = [{ type: 'look', ...place, verdict, decision, ...again }];
  if (decision === 'done') {
    lines.push({ type: 'verified', ...place, ...(lagSeconds === undefined ? {} : { lagSeconds }) });
  }
  if (kind !== undefined) lines.push({ type: 'report', ...place, kind });
  if (decision === 'withdraw') lines.push({ type: 'withdrawn', image, repository });
  return lines;
}

const published = v.object({ default: v.string(), email: v.string(), https: v.optional(v.string()) });
const machine = v.object({
  status: v.string(),
  notice: v.string(),
  kind: v.string(),
  destination: v.object({ region: v.string() }),
  incidents: v.array(v.object({ repository: v.string(), image: v.string() })),
});

/** One publication as a subscriber gets it, in the form asked for. `later`: the demo's day has turned. */
export function alertLine(texts: unknown, form: Form, later: boolean): AlertLine {
  const { default: json, email, https = json } = v.parse(published, texts);
  const notice = v.parse(machine, JSON.parse(json));
  const [first] = notice.incidents;
  const laterType = notice.status === 'resolved' ? 'all-clear' : 'reminder';
  return {
    type: later && (notice.notice === 'reminder' || notice.status === 'resolved') ? laterType : 'alert',
    status: notice.status,
    kind: notice.kind,
    repository: first?.repository ?? '',
    destinationRegion: notice.destination.region,
    images: notice.incidents.map(({ image }) => image),
    text: { email, chat: indented(https), json: indented(json) }[form],
  };
}

function indented(json: string): string {
  return JSON.stringify(JSON.parse(json), undefined, 2);
}
