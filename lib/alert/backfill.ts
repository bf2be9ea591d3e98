/** The end of a backfill in words: what was copied, what was seen of it, what failed and why, what to do next. */

import { imageName } from '../image/reference.ts';
import { fingerprint } from '../incident/incident.ts';
import type { Publication } from '../ports.ts';
import { type BackfillEnd, type BackfillResult, wentWell } from '../sweep/backfill.ts';
import { describeBackfillFailures } from './backfill-commands.ts';
import { failureOf, headline, place, shortCode, stepsOf } from './backfill-words.ts';
import { chatList } from './chat-list.ts';
import { cut, subjectLine, textLimit } from './limits.ts';
import { code, icons, prose } from './markup.ts';
import { clockTime, duration, grouped } from './words.ts';

/** Images named in a text; the rest is counted. */
const mostNamed = 20;

export function backfillPublication(end: BackfillEnd): Publication {
  const { backfill, failures, verification } = end;
  const severity = wentWell(end) ? 'info' : 'warning';
  const named = [...failures, ...verification.examples.map(({ result }) => result)];
  return {
    id: fingerprint(`backfill ${backfill.id}`),
    subject: subjectLine(`[ended] ${headline(end)}`),
    texts: {
      default: JSON.stringify(machine(end, severity)),
      email: email(end),
      https: JSON.stringify(chat(end, severity)),
    },
    attributes: {
      severity,
      status: 'ended',
      kind: 'backfill',
      destinationRegion: backfill.destination.region,
      repository: '*',
    },
    reach: {
      severity,
      repositories: named.length === 0 ? 'any' : [...new Set(named.map(({ repository }) => repository))],
    },
  };
}

function email(end: BackfillEnd): string {
  const { backfill, by, failures, verification } = end;
  const { id, source, destination, status, failureCode, progress, startedAt, endedAt } = backfill;
  const who = by === 'monitor' ? 'by the monitor, for images that were missing' : 'by somebody else';
  const rows = [
    `From      ${place(source)}`,
    `To        ${place(destination)}`,
    `Started   ${clockTime(startedAt)}, ${who}`,
    ...(endedAt === undefined
      ? []
      : [`Ended     ${clockTime(endedAt)}, after ${duration((endedAt - startedAt) / 1000)}`]),
    `ECR says  ${status}${failureCode === undefined ? '' : `, ${shortCode(failureCode)}`}`,
    `Backfill  ${id}`,
  ];
  const failed = progress?.failed ?? 0;
  const parts = [
    `${headline(end)}.`,
    rows.join('\n'),
    ...listOf(
      'Failed',
      failures.map((one) => [one, shortCode(failureOf(one))]),
      failed,
    ),
    ...listOf(
      'Called copied, and not as they must be there',
      verification.examples.map(({ result, verdict }) => [result, verdict]),
      verification.notSeen,
    ),
    ...(verification.unreadable > 0 ? [unreadableNote] : []),
    ...(verification.notLookedAt > 0 ? [leftNote] : []),
    ...stepsText(end),
  ];
  return `${cut(parts.join('\n\n'), textLimit, `\n\n… cut here. The rest: ${describeBackfillFailures(backfill)}`)}\n`;
}

const unreadableNote = 'What is unreadable may be there, or not: the destination could not be read.';
const leftNote = 'There were more than one run can look at: the next sweep looks at the rest.';

function listOf(
  title: string,
  results: readonly (readonly [result: BackfillResult, why: string])[],
  total: number,
): readonly string[] {
  if (total === 0) return [];
  const named = results.slice(0, mostNamed);
  const lines = named.map(([result, why]) => `- ${imageName(result)}: ${why}`);
  const more = total - named.length;
  return [[title, ...lines, ...(more > 0 ? [`… and ${grouped(more)} more`] : [])].join('\n')];
}

function stepsText(end: BackfillEnd): readonly string[] {
  const steps = stepsOf(end);
  if (steps.length === 0) return wentWell(end) ? ['Nothing is left to do.'] : [];
  return [
    ['What to do next', ...steps.map(({ say, command }, at) => `${at + 1}. ${say}\n   ${command}`)].join(
      '\n',
    ),
  ];
}

function chat(end: BackfillEnd, severity: 'warning' | 'info'): object {
  const { backfill, by, failures, verification } = end;
  return chatList({
    kind: 'backfill',
    region: backfill.destination.region,
    title: `${icons[severity]} ${headline(end)}`,
    rows: [
      `*From:* ${prose(place(backfill.source))}`,
      `*Started:* ${clockTime(backfill.startedAt)}, by ${by === 'monitor' ? 'the monitor' : 'somebody else'}`,
      ...failures
        .slice(0, mostNamed)
        .map((one) => `${code(imageName(one))}: ${prose(shortCode(failureOf(one)))}`),
      ...verification.examples.map(
        ({ result, verdict }) => `${code(imageName(result))}: called copied, ${verdict}`,
      ),
    ],
    steps: stepsOf(end).map(({ say, command = '' }) => `${prose(say)} ${code(command)}`),
    thread: `backfill ${backfill.id}`,
    context: { backfill: backfill.id, status: backfill.status, severity },
  });
}

/** Public API: docs/repair.md has its fields. */
function machine(end: BackfillEnd, severity: 'warning' | 'info'): object {
  const { backfill, by, failures, verification } = end;
  const { id, source, destination, status, failureCode, progress, startedAt, endedAt } = backfill;
  const { examples, ...counts } = verification;
  return {
    version: '1',
    type: 'ecr-replication-backfill',
    summary: headline(end),
    severity,
    backfill: id,
    source,
    destination,
    status,
    failureCode,
    startedBy: by,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: endedAt === undefined ? undefined : new Date(endedAt).toISOString(),
    progress,
    verification: counts,
    failures: failures.slice(0, mostNamed).map((one) => ({ ...one, failureCode: shortCode(failureOf(one)) })),
    notSeen: examples.map(({ result, verdict }) => ({ ...result, verdict })),
    nextSteps: stepsOf(end),
  };
}
