/** The one line that says it all: the subject of an e-mail, the title in a chat, the summary for a machine. */

import { imageName } from '../image/reference.ts';
import type { Notice } from '../incident/notice.ts';
import type { IncidentKind } from '../replication/decision.ts';
import { count, duration } from './words.ts';

/** What is wrong, for `n` images at `where`. */
const wrong: { readonly [K in Exclude<IncidentKind, 'not-allowed'>]: string } = {
  failed: 'failed to replicate to',
  overdue: 'overdue in',
  'not-started': 'never started replicating to',
  contradicted: 'missing, though ECR says COMPLETE, in',
  'tag-mismatch': 'under another tag in',
  archived: 'archived in',
  unreadable: 'cannot be read:',
};

export function headline(notice: Notice): string {
  const { group, openCount } = notice;
  const where = `${group.destination.region} (${group.destination.account})`;
  const { kind } = group;
  if (kind === 'not-allowed') return sovereigntyLine(notice, where);
  switch (notice.type) {
    case 'firing':
    case 'update':
      return `${what(notice)} ${wrong[kind]} ${where}`;
    case 'reminder': {
      const since = duration((notice.claimedAt - notice.since) / 1000);
      return `Still, after ${since}: ${subjectOf(notice, openCount)} ${wrong[kind]} ${where}`;
    }
    case 'clear':
      return clearLine(notice, kind, where);
  }
}

function sovereigntyLine({ type, claimedAt, since }: Notice, where: string): string {
  if (type === 'clear') return `No replication rule names ${where} any more`;
  const still = type === 'reminder' ? `Still, after ${duration((claimedAt - since) / 1000)}: a` : 'A';
  return `${still} replication rule names ${where}, which is not allowed`;
}

function what(notice: Notice): string {
  const more =
    notice.type === 'update' && notice.news.open > 0 ? ` (${count(notice.news.open, 'new', 'new')})` : '';
  return subjectOf(notice, notice.openCount) + more;
}

/** The image itself when it is the only one, else how many; a destination is its own subject. */
function subjectOf(notice: Notice, images: number): string {
  if (notice.group.kind === 'unreadable') return 'Registry';
  const [first] = notice.listed;
  return images === 1 && first !== undefined ? imageName(first.replica) : count(images, 'image');
}

function clearLine(notice: Notice, kind: keyof typeof wrong, where: string): string {
  const { news } = notice;
  if (kind === 'unreadable') return `Registry can be read again: ${where}`;
  const ended = news.resolved + news.withdrawn + news['given-up'];
  const subject = subjectOf(notice, ended);
  if (ended === 0) return `Nothing is ${wrong[kind]} ${where} any more`;
  if (news.resolved === 0) return `${subject} no longer tracked in ${where}`;
  if (kind === 'tag-mismatch') return `${subject} now under the right tag in ${where}`;
  return `${subject} arrived late in ${where}`;
}
