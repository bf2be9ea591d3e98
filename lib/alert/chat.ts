/** A notice for Slack and Teams by way of Amazon Q Developer in chat applications, which shows this shape and drops all else. */

import { imageName } from '../image/reference.ts';
import { partitionOf, type Registry, registryKey } from '../image/registry.ts';
import { fingerprint, groupKey, type Incident } from '../incident/incident.ts';
import type { Notice } from '../incident/notice.ts';
import { isReadAnew } from '../replication/decision.ts';
import { causeOf } from './cause.ts';
import { consoleLink } from './commands.ts';
import { ending, endsByArriving, lateness } from './evidence.ts';
import { factRows, fromTo, type Row } from './facts.ts';
import { headline, openSince } from './headline.ts';
import { isIndented } from './indent.ts';
import {
  characters,
  chatDescriptionLimit,
  chatStepLimit,
  chatTitleLimit,
  cut,
  linesWithin,
  restOf,
} from './limits.ts';
import { nextStepsOf, severityOf, statusOf } from './machine.ts';
import { code, escaped, icons, prose } from './markup.ts';
import { clockTime, count, duration } from './words.ts';

/** Amazon Q Developer in chat applications, "Custom notifications"; described in docs/chat.schema.json. */
export function chatNotice(notice: Notice): object {
  const icon = icons[severityOf(notice)];
  const steps = nextSteps(notice);
  const title = (text: string): string => `${icon} ${prose(text)}`;
  const inTitle = (text: string): number => title(text).length;
  return {
    version: '1.0',
    source: 'custom',
    id: `${threadOf(notice)}-${notice.sequence}`,
    content: {
      textType: 'client-markdown',
      title: title(cut(headline(notice), chatTitleLimit, ' … (whole below)', inTitle)),
      description: description(notice),
      ...(steps.length === 0 ? {} : { nextSteps: steps }),
      keywords: ['ecr-replication', notice.group.kind, severityOf(notice), notice.group.destination.region],
    },
    metadata: {
      threadId: threadOf(notice),
      summary: cut(headline(notice), chatTitleLimit, ' …', characters),
      eventType: `ecr-replication-${notice.group.kind}`,
      relatedResources: resourcesOf(notice),
      additionalContext: contextOf(notice),
    },
  };
}

/**
 * One conversation is one thread: the same from its first notice to its all-clear. The next one of the same group
 * begins a new thread: nobody is woken by a reply to a message of last month.
 */
function threadOf(notice: Notice): string {
  return fingerprint(`${groupKey(notice.group)} since ${notice.since}`);
}

/** List items throughout: Teams runs plain lines together, Slack shows the dashes. */
function description(notice: Notice): string {
  const [first, ...others] = notice.listed;
  const rows = [...summary(notice), ...(first === undefined ? [] : facts(first, notice))];
  const also = others.length > 0 ? ['- *Also:*'] : [];
  const head = [...rows.map(([label, text]) => `- *${label}:* ${text}`), ...also].join('\n');
  const unlisted = unlistedIn(notice);
  const where = restOf(groupKey(notice.group), notice.type === 'clear' ? 'changes' : 'open', code);
  const noun = notice.about === undefined ? 'more image' : 'more line';
  const more = (left: number): string => `- … and ${count(left + unlisted, noun)}; ${where}`;
  const about = (notice.about ?? []).filter((line) => !isIndented(line)).map((line) => prose(line));
  const items = others.map((incident) => item(incident, notice));
  const list = [...about, ...items].map((line) => `- ${line}`);
  const room = chatDescriptionLimit - head.length - '\n'.length - more(list.length).length - '\n'.length;
  const lines = linesWithin(list, room, more);
  const whole = [head, ...lines, ...(unlisted > 0 && lines === list ? [more(0)] : [])].join('\n');
  return cut(whole, chatDescriptionLimit, '\n… cut here; the e-mail has the rest.', characters);
}

/** Of what the notice speaks of, how much it does not name. */
function unlistedIn({ type, openCount, news, listed, about }: Notice): number {
  if (about !== undefined) return 0;
  if (type === 'clear') return Math.max(0, overIn(news) - listed.length);
  return Math.max(0, openCount - listed.filter(isOpen).length);
}

function overIn(news: Notice['news']): number {
  return news.resolved + news.withdrawn + news['given-up'];
}

function isOpen({ state }: Incident): boolean {
  return state === 'open';
}

function summary(notice: Notice): readonly Row[] {
  const { news, openCount, listed } = notice;
  const lasted = duration((notice.claimedAt - notice.since) / 1000);
  switch (notice.type) {
    case 'firing':
      // One image says itself since when.
      if (openCount === 1 && listed.length === 1) return [];
      return [['Since', `${clockTime(notice.since)}, for ${lasted}`]];
    case 'update':
      return [['Now', `${openCount} open, for ${lasted}; ${news.open} new, ${overIn(news)} over`]];
    case 'reminder':
      if (isReadAnew(notice.group.kind))
        return [['Since', `${clockTime(notice.since)}, for ${lasted}; read anew`]];
      return [['Since', `${clockTime(openSince(notice))}; nothing has changed since the last message`]];
    case 'clear':
      return [['Over', `nothing else is open here; it lasted ${lasted}, since ${clockTime(notice.since)}`]];
  }
}

/** Everything about one incident: the others of a notice take a line each. */
function facts(incident: Incident, notice: Notice): readonly Row[] {
  const { replica } = incident;
  const whole = incident.kind === 'unreadable';
  if (!isOpen(incident)) {
    const [label, text] = ending(incident);
    if (whole) return [[label, text]];
    return [
      ['Image', code(imageName(replica))],
      ['From', fromTo(replica.source, replica.destination)],
      [label, text],
    ];
  }
  const explanation = causeOf(incident).sentence;
  const rows = factRows(
    { ...incident, ...replica, image: imageName(replica), explanation },
    notice.claimedAt,
    notice.openCount > 1,
  );
  if (whole) return rows;
  return [
    ...rows,
    ['Digest', code(replica.digest)],
    ['Console', escaped(consoleLink(replica.destination, replica.repository))],
  ];
}

function item(incident: Incident, notice: Notice): string {
  const name = code(imageName(incident.replica));
  switch (incident.state) {
    case 'open':
      return `${name} from ${incident.replica.source.region}, pushed ${duration((notice.claimedAt - incident.pushedAt) / 1000)} ago`;
    case 'resolved':
      return endsByArriving(incident.kind)
        ? `${name} arrived ${lateness(incident)}`
        : `${name} is as it must be`;
    case 'withdrawn':
      return `${name} is no longer expected: the image, its tag or the rule is gone`;
    case 'given-up':
      return `${name} is given up: no longer looked at, still not as it must be`;
  }
}

function nextSteps(notice: Notice): readonly string[] {
  return nextStepsOf(notice).map(({ say, command }) => {
    const step = command === undefined ? prose(say) : `${prose(say)} ${code(command)}`;
    // Half a command is worse than none.
    return step.length <= chatStepLimit
      ? step
      : `${prose(say)} (the command is too long for a chat; the e-mail has it)`;
  });
}

/** ARNs of the repositories at the destination; a destination that cannot be read is none of them. */
function resourcesOf({ group, listed }: Notice): readonly string[] {
  if (group.kind === 'unreadable') return [];
  return [...new Set(listed.map(({ replica }) => repositoryArn(replica.destination, replica.repository)))];
}

function repositoryArn({ region, account }: Registry, repository: string): string {
  return `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${repository}`;
}

/** What custom actions can put into their commands. Texts only: that is all the shape allows. */
function contextOf(notice: Notice): Readonly<Record<string, string>> {
  return {
    status: statusOf(notice),
    notice: notice.type,
    severity: severityOf(notice),
    destination: registryKey(notice.group.destination),
    open: String(notice.openCount),
    since: new Date(notice.since).toISOString(),
    fingerprint: fingerprint(groupKey(notice.group)),
    sequence: String(notice.sequence),
  };
}
