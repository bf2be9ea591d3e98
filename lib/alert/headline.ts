/** The one line that says it all: the subject of an e-mail, the title in a chat, the summary for a machine. */

import { shortDigest } from '../image/digest.ts';
import { imageName } from '../image/reference.ts';
import { sameRegistry } from '../image/registry.ts';
import type { Incident } from '../incident/incident.ts';
import type { Notice } from '../incident/notice.ts';
import { givenUpAfterSeconds } from '../incident/transition.ts';
import type { ReplicaKind } from '../replication/decision.ts';
import type { ReadFault } from '../replication/verdict.ts';
import { subjectLimit } from './limits.ts';
import { incompleteLine, settingsLine } from './standing-headline.ts';
import { count, duration, grouped } from './words.ts';

export function headline(notice: Notice): string {
  const { kind, destination } = notice.group;
  const where = `${destination.region} (${destination.account})`;
  if (kind === 'not-allowed') return sovereigntyLine(notice, where);
  if (kind === 'history') return historyLine(notice, where);
  if (kind === 'settings') return settingsLine(notice, where);
  if (kind === 'incomplete') return incompleteLine(notice, where);
  return startingLine(kind === 'unreadable' ? registryLine(notice, where) : imagesLine(notice, kind, where));
}

/** When the oldest of what is open began; for a reminder, which names the oldest, that is exact. */
export function openSince({ listed, since }: Notice): number {
  const openings = listed.filter(isOpen).map(({ openedAt }) => openedAt);
  return openings.length === 0 ? since : Math.min(...openings);
}

function sovereigntyLine({ type, claimedAt, since }: Notice, where: string): string {
  if (type === 'clear') return `No replication rule names ${where} any more`;
  const still = type === 'reminder' ? `Still, after ${duration((claimedAt - since) / 1000)}: a` : 'A';
  return `${still} replication rule names ${where}, which is not allowed`;
}

function historyLine({ type, openCount, claimedAt, since }: Notice, where: string): string {
  if (type === 'clear') return `All images from before replication are in ${where} now`;
  const still = type === 'reminder' ? `Still, after ${duration((claimedAt - since) / 1000)}: ` : '';
  return `${still}${count(openCount, 'image')} from before replication ${openCount === 1 ? 'is' : 'are'} not in ${where}`;
}

/** What is wrong, in words that fit one image and many; with `tag-mismatch`, tags. `only`: the one that it is about. */
function wrong(kind: ReplicaKind, where: string, only?: Incident): string {
  switch (kind) {
    case 'failed':
      return `failed to replicate to ${where}`;
    case 'overdue':
      return `overdue in ${where}`;
    case 'not-started':
      return `never copied to ${where}`;
    case 'contradicted':
      return `missing in ${where}, though ECR said COMPLETE`;
    case 'tag-mismatch':
      if (only?.evidence.seen !== 'tag-mismatch') return `missing or wrong in ${where}`;
      return only.evidence.found === undefined ? `missing in ${where}` : `on another image in ${where}`;
    case 'archived':
      return `archived in ${where}`;
  }
}

/** That it is over. A failed image is told of before its deadline, and may still arrive in time. `only`: when it is one. */
function righted(kind: ReplicaKind, only: Incident | undefined, where: string): string {
  if (kind === 'tag-mismatch') return `right in ${where} now`;
  if (kind === 'archived') return `no longer archived in ${where}`;
  const late = only?.latenessSeconds ?? 0;
  return late > 0 ? `arrived ${duration(late)} late in ${where}` : `arrived in ${where}`;
}

function imagesLine(notice: Notice, kind: ReplicaKind, where: string): string {
  const { type, openCount, news } = notice;
  if (type === 'clear') return clearLine(notice, kind, where);
  const added = openCount === 1 ? '(new)' : `(${count(news.open, 'new', 'new')})`;
  const open = notice.listed.filter(isOpen);
  const only = openCount === 1 ? open[0] : undefined;
  const rest = `${type === 'update' && news.open > 0 ? `${added} ` : ''}${wrong(kind, where, only)}`;
  return sentence(stillOpen(notice), kind, openCount, open, rest);
}

function clearLine({ news, listed }: Notice, kind: ReplicaKind, where: string): string {
  const { resolved, withdrawn, 'given-up': givenUp } = news;
  const also = [
    ...(resolved > 0 && withdrawn > 0 ? [`, ${grouped(withdrawn)} no longer expected`] : []),
    ...(givenUp > 0 ? [`, ${grouped(givenUp)} given up`] : []),
  ].join('');
  const listedAs = (state: Incident['state']): readonly Incident[] =>
    listed.filter((incident) => incident.state === state);
  if (resolved > 0) {
    const arrived = listedAs('resolved');
    const only = resolved === 1 ? arrived[0] : undefined;
    return sentence('', kind, resolved, arrived, righted(kind, only, where) + also);
  }
  if (withdrawn > 0)
    return sentence('', kind, withdrawn, listedAs('withdrawn'), `no longer expected in ${where}${also}`);
  if (givenUp > 0) return sentence(afterGivingUp, kind, givenUp, listedAs('given-up'), wrong(kind, where));
  return `Closed without news: ${kind === 'tag-mismatch' ? 'tags' : 'images'} ${wrong(kind, where)}`;
}

const afterGivingUp = `Given up after ${duration(givenUpAfterSeconds)}: `;

/** An update without anything new, and a reminder, say first that it goes on. */
function stillOpen(notice: Notice): string {
  if (notice.type === 'reminder')
    return `Still open after ${duration((notice.claimedAt - openSince(notice)) / 1000)}: `;
  return notice.type === 'update' && notice.news.open === 0 ? 'Still open: ' : '';
}

/** The image itself when it is the only one, else how many. */
function sentence(
  before: string,
  kind: ReplicaKind,
  n: number,
  listed: readonly Incident[],
  rest: string,
): string {
  const [first] = listed;
  const noun = kind === 'tag-mismatch' ? 'tag' : 'image';
  if (n !== 1 || first === undefined) return `${before}${count(n, noun)} ${rest}`;
  const lead = kind === 'tag-mismatch' ? `${before}tag ` : before;
  return `${lead}${shortName(first, subjectRoom - lead.length - rest.length - 1)} ${rest}`;
}

/** What the longest status in brackets leaves of a subject: where it is must not be cut off for the sake of a name. */
const subjectRoom = subjectLimit - '[resolved] '.length;

/** The end of a long name: that is what tells it from its neighbours. */
function shortName({ replica }: Incident, room: number): string {
  const { repository, tag, digest } = replica;
  const name = tag === undefined ? `${repository}@${shortDigest(digest)}` : imageName(replica);
  const most = Math.max(room, 16);
  return name.length <= most ? name : `...${name.slice(3 - most)}`;
}

function registryLine(notice: Notice, where: string): string {
  const [incident] = notice.listed;
  const isSource =
    incident !== undefined && sameRegistry(incident.replica.source, incident.replica.destination);
  const what = isSource ? `the replication rules of ${where}` : where;
  if (notice.type !== 'clear') {
    const why = incident?.evidence.unreadable;
    return `${stillOpen(notice)}the monitor cannot read ${what}${why === undefined ? '' : `: ${refusals[why]}`}`;
  }
  if (incident?.state === 'given-up') return `${afterGivingUp}the monitor cannot read ${what}`;
  if (incident?.state === 'withdrawn') return `No replication rule names ${where} any more`;
  return `The monitor can read ${what} again`;
}

const refusals: { readonly [F in ReadFault]: string } = {
  throttled: 'throttled',
  'access-denied': 'access denied',
  'region-unavailable': 'the Region does not answer',
  'repository-not-found': 'repository not found',
  'service-error': 'ECR answers with errors',
};

function startingLine(text: string): string {
  return text.replace(/^(?:tag|the) /, (word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
}

function isOpen({ state }: Incident): boolean {
  return state === 'open';
}
