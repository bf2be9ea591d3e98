/** A notice as plain text for someone just woken: what, where, since when, what ECR says, what to do next. */

import { imageName } from '../image/reference.ts';
import { type Registry, registryKey } from '../image/registry.ts';
import type { Incident } from '../incident/incident.ts';
import type { Notice } from '../incident/notice.ts';
import { causeOf } from './cause.ts';
import { consoleLink } from './commands.ts';
import { ecrSays, ending, seen } from './evidence.ts';
import { headline } from './headline.ts';
import { cut, textLimit } from './limits.ts';
import { clockTime, count, duration } from './words.ts';

/** Incidents shown with every detail; the others of the notice take one line each. */
const inFull = 3;

export function emailText(notice: Notice): string {
  const parts = [`${headline(notice)}.`, summary(notice), (notice.about ?? []).join('\n')];
  for (const incident of notice.listed.slice(0, inFull)) parts.push(detail(incident, notice));
  const briefly = notice.listed.slice(inFull);
  if (briefly.length > 0) parts.push(briefly.map((incident) => brief(incident, notice)).join('\n'));
  const unlisted = notice.openCount - notice.listed.filter((incident) => incident.state === 'open').length;
  if (unlisted > 0 && notice.group.kind !== 'not-allowed')
    parts.push(`… and ${count(unlisted, 'more image')}, not listed here.`);
  parts.push(nextSteps(notice));
  const text = parts.filter((part) => part !== '').join('\n\n');
  return `${cut(text, textLimit, '\n\n… cut here: the message is too long for SNS. The table of incidents has the rest.')}\n`;
}

function summary(notice: Notice): string {
  const { news, openCount } = notice;
  const lasted = duration((notice.claimedAt - notice.since) / 1000);
  switch (notice.type) {
    case 'firing':
      return '';
    case 'update': {
      const ended = news.resolved + news.withdrawn + news['given-up'];
      return `New: ${news.open}. Over: ${ended}. Open now: ${openCount}, for ${lasted}.`;
    }
    case 'reminder':
      return `Nothing has changed since the last message. Open since ${clockTime(notice.since)}.`;
    case 'clear':
      return `Nothing else is open here. It lasted ${lasted}, since ${clockTime(notice.since)}.`;
  }
}

function detail(incident: Incident, notice: Notice): string {
  const { replica } = incident;
  const whole = incident.kind === 'unreadable';
  const rows: (readonly [label: string, text: string])[] = whole
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
  return rows.map(([label, text]) => `${label.padEnd(9)} ${text}`).join('\n');
}

function deadlineNote(incident: Incident, notice: Notice): string {
  const deadline = duration(incident.deadlineSeconds);
  if (incident.state !== 'open') return ` (deadline ${deadline})`;
  return ` (${duration((notice.claimedAt - incident.pushedAt) / 1000)} ago; deadline ${deadline})`;
}

function outcome(incident: Incident): readonly (readonly [label: string, text: string])[] {
  if (incident.state !== 'open') return [ending(incident)];
  return [
    ['Looked', `${clockTime(incident.lastLookAt)}: ${seen(incident)}`],
    ...(incident.kind === 'unreadable' ? [] : [['ECR says', ecrSays(incident)] as const]),
    ['Why', causeOf(incident).sentence],
  ];
}

function brief(incident: Incident, notice: Notice): string {
  const { replica, state } = incident;
  const ago = duration((notice.claimedAt - incident.pushedAt) / 1000);
  const ended = state === 'open' ? `pushed ${ago} ago` : state;
  return `- ${imageName(replica)} from ${registryKey(replica.source)}: ${ended}`;
}

function nextSteps(notice: Notice): string {
  if (notice.group.kind === 'not-allowed' && notice.type !== 'clear') return sovereigntySteps;
  const example = notice.listed.find((incident) => incident.state === 'open');
  if (example === undefined) return notice.type === 'clear' ? 'Nothing is left to do.' : '';
  const lines = causeOf(example).steps.map(({ say, command }, index) => {
    const shown = command === undefined ? '' : `\n   ${command}`;
    return `${index + 1}. ${say}${shown}`;
  });
  return ['What to do next', ...lines].join('\n');
}

function place(registry: Registry): string {
  return `${registry.region}, account ${registry.account}`;
}

const sovereigntySteps = `What to do next
1. See the rules, in the source registry's Region:
   aws ecr describe-registry
2. If images must not go there, take the destination out of the rules; what has arrived there stays until it is deleted.
3. If they may, add it to the parameter allowedDestinations and deploy the monitor again.`;
