/** What was decided is done: incidents opened, messages sent again, people told, metrics published; in that order. */

import type { Registry } from '../image/registry.ts';
import type { Incident } from '../incident/incident.ts';
import { groupsOf } from '../incident/notice.ts';
import type { Finding } from '../incident/transition.ts';
import type { Measurement } from '../metric/catalogue.ts';
import { toSeries } from '../metric/series.ts';
import type { Policies } from '../policies.ts';
import type { DelayedMessage, Ports } from '../ports.ts';
import { gapSeconds, type Policy } from '../replication/policy.ts';
import { measureOpened } from './measure.ts';
import { type Reported, type ReportPorts, report } from './report.ts';
import type { Inquiry, Outcome, Settled } from './settle.ts';
import { type TellPorts, tell } from './tell.ts';
import { trace } from './trace.ts';

export type CarryOutPorts = ReportPorts & TellPorts & Pick<Ports, 'chance' | 'sendAgain' | 'putMetrics'>;

/** Ids of messages whose work could not be finished: they stay in the queue. Everything else is acknowledged. */
export type Unfinished = ReadonlySet<string>;

/**
 * `closed`: incidents that the caller has closed, to be told of with the rest.
 * A message is only given up for what is already safe elsewhere: an incident on record, or the same message
 * sent again. People are told last; whoever crashes before that leaves a notice that the follow-up finds due.
 */
export async function carryOut(
  ports: CarryOutPorts,
  policies: Policies,
  settled: readonly Settled[],
  measurements: readonly Measurement[],
  closed: readonly Incident[] = [],
): Promise<Unfinished> {
  trace(ports, settled);
  const outcomes = settled.flatMap(outcomesOf);
  const reported = await report(ports, findingsOf(outcomes));
  const unfinished = new Set(unreported(outcomes, reported));
  const waits = waiting(ports, policies.looks, reported);
  for (const id of await ports.sendAgain(messagesAgain(settled, unfinished, waits))) unfinished.add(id);

  const fresh = [...reported.opened, ...closed];
  await tell(ports, policies.notices, groupsOf([...fresh, ...reported.standing]), fresh);
  await publishMetrics(ports, policies, [...measurements, ...measureOpened(reported.opened)]);
  return unfinished;
}

export function outcomesOf(settled: Settled): readonly Outcome[] {
  switch (settled.is) {
    case 'exempt':
      return [];
    case 'rules-unreadable':
      return [settled.outcome];
    case 'looked':
      return settled.outcomes;
  }
}

/** Metrics are a report, not the work: a failed call is logged and nothing else depends on it. */
export async function publishMetrics(
  ports: Pick<Ports, 'now' | 'log' | 'putMetrics'>,
  policies: Pick<Policies, 'metrics'>,
  measurements: readonly Measurement[],
): Promise<void> {
  if (measurements.length === 0) return;
  try {
    await ports.putMetrics(toSeries(measurements, policies.metrics.byRepository), ports.now());
  } catch (error) {
    ports.log('WARN', 'Metrics not published', { error: String(error) });
  }
}

function findingsOf(outcomes: readonly Outcome[]): readonly Finding[] {
  return outcomes.flatMap(({ finding }) => (finding === undefined ? [] : [finding]));
}

function unreported(outcomes: readonly Outcome[], { failed }: Reported): readonly string[] {
  const lost = new Set(failed);
  return outcomes.flatMap(({ finding, inquiry }) =>
    finding !== undefined && lost.has(finding) ? [inquiry.messageId] : [],
  );
}

/** Seconds until an outcome's next look; undefined: it is done with. */
type Waits = (outcome: Outcome) => number | undefined;

/** Who is on record under another tag only waits on: when the image comes, its own tag may still be missing. */
function waiting(ports: Pick<Ports, 'now' | 'chance'>, policy: Policy, { underOtherTag }: Reported): Waits {
  const others = new Set(underOtherTag);
  const now = ports.now();
  return ({ finding, inquiry, againAfterSeconds }) => {
    if (againAfterSeconds !== undefined || finding === undefined || !others.has(finding))
      return againAfterSeconds;
    const ageSeconds = Math.max(0, (now - inquiry.since) / 1000);
    if (ageSeconds >= policy.letGoSeconds) return undefined;
    return gapSeconds(policy, ageSeconds, finding.deadlineSeconds, ports.chance());
  };
}

/** One message for each inquiry that still waits for somebody; a message that failed as a whole comes back by itself. */
function messagesAgain(
  settled: readonly Settled[],
  unfinished: Unfinished,
  waits: Waits,
): readonly DelayedMessage[] {
  return settled.flatMap((one) => {
    if (unfinished.has(one.inquiry.messageId)) return [];
    const left = one.is === 'looked' ? one.left : [];
    const message = messageAgain(one.inquiry, outcomesOf(one), left, waits);
    if (message === undefined) return [];
    // Of whom nobody has been looked at, nobody is known to have arrived: the message goes back as it came.
    if (one.is === 'looked' && one.outcomes.length > 0) return [message];
    const { waitingFor: _, ...unchanged } = message;
    return [{ ...unchanged, ...(one.inquiry.only === undefined ? {} : { waitingFor: one.inquiry.only }) }];
  });
}

function messageAgain(
  inquiry: Inquiry,
  outcomes: readonly Outcome[],
  left: readonly Registry[],
  waits: Waits,
): DelayedMessage | undefined {
  const waitingFor = [...left];
  // Who was left has waited for nothing but us.
  let delaySeconds = left.length > 0 ? 0 : Number.POSITIVE_INFINITY;
  for (const outcome of outcomes) {
    const afterSeconds = waits(outcome);
    if (afterSeconds === undefined) continue;
    waitingFor.push(outcome.replica.destination);
    delaySeconds = Math.min(delaySeconds, afterSeconds);
  }
  if (waitingFor.length === 0) return undefined;
  return { id: inquiry.messageId, body: inquiry.body, waitingFor, delaySeconds };
}
