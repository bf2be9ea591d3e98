/** A notice as a Slack message in Block Kit: the first one in full, what follows in a line (docs/decisions/0007). */

import type {
  AlarmNotice,
  BackfillNotice,
  ConfigurationNotice,
  MachineNotice,
} from '../event/machine-notice.ts';
import { registryKey } from '../image/registry.ts';
import { consoleLink } from './commands.ts';
import { endsByArriving } from './evidence.ts';
import { factRows } from './facts.ts';
import { isIndented } from './indent.ts';
import { characters, cut, linesWithin, restOf, slackHeaderLimit, slackTextLimit } from './limits.ts';
import { code, codeBlock, escaped, icons, prose } from './markup.ts';
import { clockTime, count, duration, grouped } from './words.ts';

type Text = { readonly type: 'mrkdwn'; readonly text: string; readonly verbatim: true };

type SlackBlock =
  | { readonly type: 'header'; readonly text: { readonly type: 'plain_text'; readonly text: string } }
  | { readonly type: 'section'; readonly text: Text }
  | { readonly type: 'context'; readonly elements: readonly [Text] };

export interface SlackMessage {
  /** What a phone's lock screen shows. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

export function slackMessage(
  notice: MachineNotice | ConfigurationNotice | BackfillNotice | AlarmNotice,
): SlackMessage {
  switch (notice.type) {
    case 'ecr-replication-notice': {
      const line = `${icons[notice.severity]} ${notice.summary}`;
      return message(line, notice.notice === 'firing' ? inFull(notice, line) : [section(inShort(notice))]);
    }
    case 'ecr-configuration-change': {
      const line = `⚙️ ${notice.summary.join(' ')}`;
      const who = `${prose(notice.call)} by ${code(notice.by)}, ${clockTime(notice.changedAt)}`;
      return message(line, [section(prose(line)), context(who)]);
    }
    case 'ecr-replication-backfill': {
      const line = `${icons[notice.severity]} ${notice.summary}`;
      const started = context(`Started ${clockTime(notice.startedAt)} by ${prose(notice.startedBy)}`);
      const next = notice.nextSteps.length === 0 ? [] : [section(steps(notice))];
      return message(line, [section(prose(line)), ...next, started]);
    }
    case 'alarm':
      return alarmMessage(notice);
  }
}

function alarmMessage({ name, description, state, reason }: AlarmNotice): SlackMessage {
  if (state === 'OK') return message(`🟢 ${name} is over`, [section(`🟢 ${code(name)} is over`)]);
  const line = `🔴 Alarm ${name}: ${description === '' ? reason : description}`;
  return message(line, [section(prose(line)), context(prose(reason))]);
}

function message(line: string, blocks: readonly SlackBlock[]): SlackMessage {
  return { text: escaped(cut(line, slackTextLimit, ' …', (text) => escaped(text).length)), blocks };
}

function inFull(notice: MachineNotice, line: string): readonly SlackBlock[] {
  const [first, ...others] = notice.incidents;
  const header = cut(line, slackHeaderLimit, '…', (text) => escaped(text).length);
  // What the header had no room for comes at once.
  const blocks: SlackBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: escaped(header) } },
    ...(header === line ? [] : [section(prose(line))]),
  ];
  if (notice.about !== undefined) blocks.push(section(aboutLines(notice.about)));
  const next = notice.nextSteps.length > 0 ? [section(steps(notice))] : [];
  if (first === undefined)
    return notice.about === undefined ? [...blocks, section(more(notice, 0))] : [...blocks, ...next];
  const rows = factRows({ ...first, kind: notice.kind }, notice.sentAt, notice.open > 1);
  blocks.push(section(rows.map(([label, text]) => `*${label}:* ${text}`).join('\n')));
  if (others.length > 0 || notice.openNotListed > 0) blocks.push(section(list(notice, others)));
  const there = link(consoleLink(first.destination, first.repository), 'Open in the console');
  // Half a link is none.
  return [...blocks, ...next, ...(there.length <= slackTextLimit ? [context(there)] : [])];
}

function steps({ nextSteps }: Pick<MachineNotice, 'nextSteps'>): string {
  const title = '*What to do next*\n';
  const lines = nextSteps.map(({ say, command }, index) => {
    const shown = command === undefined ? '' : `\n${codeBlock(command)}`;
    return `${index + 1}. ${prose(say)}${shown}`;
  });
  const rest = (left: number): string => `… and ${count(left, 'more step')}; the e-mail has them`;
  return title + linesWithin(lines, slackTextLimit - title.length, rest).join('\n');
}

type ListedIncident = MachineNotice['incidents'][number];

function list(notice: MachineNotice, others: readonly ListedIncident[]): string {
  const title = '*Also*\n';
  const lines = others.map(({ image, source, pushedAt }) => {
    const ago = duration((notice.sentAt - pushedAt) / 1000);
    return `• ${code(image)} from ${prose(source.region)}, pushed ${ago} ago`;
  });
  const rest = (left: number): string => `• ${more(notice, left)}`;
  const shown = linesWithin(lines, slackTextLimit - title.length - rest(0).length - 1, rest);
  return title + (shown === lines && notice.openNotListed > 0 ? [...lines, rest(0)] : shown).join('\n');
}

function more({ openNotListed, kind, destination }: MachineNotice, left: number): string {
  const where = restOf(`${registryKey(destination)} ${kind}`, 'open', code);
  return `… and ${count(left + openNotListed, 'more image')}; ${where}`;
}

function aboutLines(about: readonly string[]): string {
  const rest = (left: number): string => `• … and ${count(left, 'more line')}; the e-mail has them`;
  return linesWithin(
    about.filter((line) => !isIndented(line)).map((line) => `• ${prose(line)}`),
    slackTextLimit,
    rest,
  ).join('\n');
}

/** Whoever reads it has seen the first message: what is new, and for how long it has been so. */
function inShort(notice: MachineNotice): string {
  const lasted = duration((notice.sentAt - notice.since) / 1000);
  const line = `${icons[notice.severity]} ${prose(notice.summary)}`;
  const [first] = notice.incidents;
  switch (notice.notice) {
    case 'clear':
      return `${line}. It lasted ${lasted}.`;
    case 'reminder':
      return `${line}.${first === undefined ? '' : ` ${prose(first.explanation)}`}`;
    default:
      return [`${line}, for ${lasted}${endedIn(notice)}.`, ...newIn(notice)].join('\n');
  }
}

function endedIn({ news, kind }: MachineNotice): string {
  const parts = [
    [news.resolved, endsByArriving(kind) ? 'arrived' : 'resolved'],
    [news.withdrawn, 'no longer expected'],
    [news.givenUp, 'given up'],
  ] as const;
  return parts.flatMap(([n, what]) => (n > 0 ? [`; ${grouped(n)} ${what}`] : [])).join('');
}

/** New images that an update names. */
const newNamed = 3;

function newIn({ news, incidents }: MachineNotice): readonly string[] {
  const names = incidents.filter(({ state }) => state === 'open').slice(0, Math.min(news.opened, newNamed));
  if (names.length === 0) return [];
  const left = news.opened - names.length;
  const rest = left > 0 ? ` and ${grouped(left)} more; the e-mail names up to 20` : '';
  return [`New: ${names.map(({ image }) => code(image)).join(', ')}${rest}`];
}

function section(text: string): SlackBlock {
  return {
    type: 'section',
    text: mrkdwn(cut(text, slackTextLimit, ' … (cut; the e-mail has the rest)', characters)),
  };
}

function context(text: string): SlackBlock {
  return { type: 'context', elements: [mrkdwn(cut(text, slackTextLimit, ' …', characters))] };
}

/** Verbatim: Slack makes no links or mentions of its own. */
function mrkdwn(text: string): Text {
  return { type: 'mrkdwn', text, verbatim: true };
}

function link(address: string, label: string): string {
  return `<${escaped(address).replaceAll('|', '%7C')}|${escaped(label)}>`;
}
