/** A notice as plain text for someone just woken: what, where, since when, what ECR says, what to do next. */

import { imageName } from '../image/reference.ts';
import { type Registry, registryKey, sameRegistry } from '../image/registry.ts';
import { groupKey, type Incident } from '../incident/incident.ts';
import type { Notice } from '../incident/notice.ts';
import { oneLine, quoted } from '../parsed.ts';
import { isReadAnew, isStanding } from '../replication/decision.ts';
import { causeOf } from './cause.ts';
import { consoleLink } from './commands.ts';
import type { Step } from './cure.ts';
import { ecrSays, ending, endsByArriving, lateness, seen } from './evidence.ts';
import { headline, openSince } from './headline.ts';
import { spaced } from './indent.ts';
import { cut, restOf, textLimit } from './limits.ts';
import { nextStepsOf } from './machine.ts';
import { clockTime, duration, grouped, newsInWords } from './words.ts';

/** Incidents shown with every detail; the others of the notice take one line each, after what to do. */
const inFull = 3;

export function emailText(notice: Notice): string {
  const detailed = worthDetails(notice.listed);
  const parts = [
    `${headline(notice)}.`,
    summary(notice),
    whatIsHeldBack(notice),
    spaced(notice.about ?? []),
    ...detailed.map((incident) => detail(incident, notice)),
    nextSteps(notice, detailed),
    theOthers(notice, detailed),
  ];
  const text = `${parts.filter((part) => part !== '').join('\n\n')}\n`;
  return cut(
    text,
    textLimit,
    '\n\n… cut here: the message is too long for SNS. The table of incidents has the rest.\n',
  );
}

/** What is over needs no details but when it is all that there is to say; what was given up still is not right. */
function worthDetails(listed: readonly Incident[]): readonly Incident[] {
  if (listed.length === 1) return listed;
  return listed.filter(({ state }) => state === 'open' || state === 'given-up').slice(0, inFull);
}

function summary(notice: Notice): string {
  const { type, news, openCount, claimedAt, since } = notice;
  const lasted = duration((claimedAt - since) / 1000);
  switch (type) {
    case 'firing':
      return '';
    case 'update':
      return `Since the last message: ${newsInWords(news)}. Open now: ${grouped(openCount)}. It began ${lasted} ago, ${clockTime(since)}.`;
    case 'reminder':
      if (isReadAnew(notice.group.kind)) return `First told ${lasted} ago, ${clockTime(since)}.`;
      return `Nothing has changed since the last message. Open since ${clockTime(openSince(notice))}.`;
    case 'clear':
      if (endsUnseen(notice)) return 'What was open there is silenced, or its end was told before.';
      return `Nothing else of this kind is open there. It lasted ${lasted}, since ${clockTime(since)}.`;
  }
}

/** Without an ending to tell of, what was open may be silenced, and not over. */
function endsUnseen({ type, group, news }: Notice): boolean {
  return type === 'clear' && !isStanding(group.kind) && newsInWords(news) === '';
}

/** Silence must not be taken for good news. */
function whatIsHeldBack({ group, openCount, listed }: Notice): string {
  const ofSource = listed.some(({ replica }) => sameRegistry(replica.source, replica.destination));
  if (group.kind !== 'unreadable' || openCount === 0 || ofSource) return '';
  return 'While this lasts, nothing is told of single images there.';
}

type Row = readonly [label: string, text: string];

function detail(incident: Incident, notice: Notice): string {
  const { replica } = incident;
  const whole = incident.kind === 'unreadable';
  const rows: Row[] = whole
    ? [['Registry', place(replica.destination)]]
    : [
        ['Image', imageName(replica)],
        ['Digest', replica.digest],
        ['From', place(replica.source)],
        ['To', place(replica.destination)],
        ['Pushed', `${clockTime(incident.pushedAt)}${deadlineNote(incident, notice)}`],
      ];
  rows.push(...outcome(incident));
  if (whole) rows.push(['Shown by', imageName(replica)]);
  rows.push(['Console', consoleLink(replica.destination, replica.repository)]);
  // A failure code is anybody's text: it must not begin a line of its own.
  return rows.map(([label, text]) => `${label.padEnd(9)} ${oneLine(text)}`).join('\n');
}

function deadlineNote(incident: Incident, notice: Notice): string {
  const deadline = duration(incident.deadlineSeconds);
  if (incident.state !== 'open') return ` (deadline ${deadline})`;
  return ` (${duration((notice.claimedAt - incident.pushedAt) / 1000)} ago; deadline ${deadline})`;
}

function outcome(incident: Incident): readonly Row[] {
  if (incident.state !== 'open') return [ending(incident)];
  const { kind, openedAt, lastLookAt, openings } = incident;
  // A new one is as old as its first look.
  const isNew = openedAt === lastLookAt && openings.length === 1 && kind !== 'unreadable';
  const again = openings.length > 1 ? `; it has come back, opened ${openings.length} times` : '';
  const failedBefore =
    kind === 'failed' && incident.evidence.ecrSays !== 'FAILED' ? '; it reported a failure before' : '';
  return [
    ...(isNew ? [] : [['Since', `${clockTime(openedAt)}${again}`] as const]),
    ['Looked', `${clockTime(lastLookAt)}: ${seen(incident)}`],
    ...(kind === 'unreadable' ? [] : [['ECR says', `${ecrSays(incident)}${failedBefore}`] as const]),
    ['Why', causeOf(incident).sentence],
  ];
}

/** Those without details, and how many the notice does not even name. */
function theOthers(notice: Notice, detailed: readonly Incident[]): string {
  const { group, listed, openCount, news } = notice;
  if (isStanding(group.kind)) return '';
  const open = listed.filter(({ state }) => state === 'open').length;
  const unnamed = (n: number, index: 'open' | 'changes', what: string): readonly string[] =>
    n <= 0 ? [] : [`… and ${grouped(n)} more ${what}; ${restOf(groupKey(group), index, quoted)}.`];
  const lines = [
    ...listed.filter((one) => !detailed.includes(one)).map((incident) => brief(incident, notice)),
    ...unnamed(openCount - open, 'open', 'open'),
    ...unnamed(
      news.resolved + news.withdrawn + news['given-up'] - (listed.length - open),
      'changes',
      'that are over',
    ),
  ];
  if (lines.length === 0) return '';
  return [detailed.length === 0 ? 'What is over' : 'The others', ...lines].join('\n');
}

function brief(incident: Incident, notice: Notice): string {
  return `- ${imageName(incident.replica)} from ${registryKey(incident.replica.source)}: ${inBrief(incident, notice)}`;
}

function inBrief(incident: Incident, { claimedAt }: Notice): string {
  switch (incident.state) {
    case 'open':
      return `pushed ${duration((claimedAt - incident.pushedAt) / 1000)} ago`;
    case 'resolved':
      return endsByArriving(incident.kind) ? `arrived ${lateness(incident)}` : 'resolved';
    case 'withdrawn':
      return 'no longer expected';
    case 'given-up':
      return 'given up';
  }
}

/** For the first one that is open, or that nobody looks at any more though it still is not as it must be. */
function nextSteps(notice: Notice, detailed: readonly Incident[]): string {
  if (isStanding(notice.group.kind) && notice.type !== 'clear' && nextStepsOf(notice).length > 0)
    return stepsInWords('What to do next', nextStepsOf(notice));
  const example = detailed.find(({ state }) => state === 'open' || state === 'given-up');
  if (example === undefined) {
    if (notice.news['given-up'] > 0)
      return 'What was given up is still not as it must be: it is in the table of incidents.';
    return notice.type === 'clear' && !endsUnseen(notice) ? 'Nothing is left to do.' : '';
  }
  const which = detailed.length > 1 ? `, for ${imageName(example.replica)}` : '';
  return stepsInWords(`What to do next${which}`, causeOf(example).steps);
}

function stepsInWords(title: string, steps: readonly Step[]): string {
  const lines = steps.map(({ say, command }, index) => {
    const shown = command === undefined ? '' : `\n   ${command}`;
    return `${index + 1}. ${say}${shown}`;
  });
  return [title, ...lines].join('\n');
}

function place(registry: Registry): string {
  return `${registry.region}, account ${registry.account}`;
}
