/** A notice for machines: one versioned JSON document, described in docs/notice.schema.json. Public API: see CHANGELOG. */

import { imageName } from '../image/reference.ts';
import { fingerprint, groupKey, type Incident } from '../incident/incident.ts';
import type { Notice } from '../incident/notice.ts';
import type { IncidentKind } from '../replication/decision.ts';
import { causeOf } from './cause.ts';
import { type Step, stepsForHistory, stepsForSovereignty } from './cure.ts';
import { headline } from './headline.ts';

export type Severity = 'critical' | 'warning' | 'info';

const severities: { readonly [K in IncidentKind]: Severity } = {
  failed: 'critical',
  overdue: 'critical',
  contradicted: 'critical',
  unreadable: 'critical',
  'not-allowed': 'critical',
  'not-started': 'warning',
  'tag-mismatch': 'warning',
  archived: 'warning',
  history: 'warning',
  settings: 'info',
  incomplete: 'critical',
};

/** How much it matters: what a failover cannot pull is critical; that something is over is information. */
export function severityOf(notice: Notice): Severity {
  return isOver(notice) ? 'info' : severities[notice.group.kind];
}

/** What was given up is not repaired: nobody's pager may take that for the end of it. */
function isOver({ type, news }: Notice): boolean {
  return type === 'clear' && news['given-up'] === 0;
}

export function statusOf(notice: Notice): 'firing' | 'resolved' {
  return isOver(notice) ? 'resolved' : 'firing';
}

export function machineNotice(notice: Notice): object {
  const open = notice.listed.filter((incident) => incident.state === 'open').length;
  return {
    version: '1',
    type: 'ecr-replication-notice',
    // The same for every notice of a conversation, as in Alertmanager: what deduplication keys on.
    fingerprint: fingerprint(groupKey(notice.group)),
    sequence: notice.sequence,
    status: statusOf(notice),
    notice: notice.type,
    severity: severityOf(notice),
    kind: notice.group.kind,
    destination: notice.group.destination,
    summary: headline(notice),
    since: iso(notice.since),
    sentAt: iso(notice.claimedAt),
    open: notice.openCount,
    news: {
      opened: notice.news.open,
      resolved: notice.news.resolved,
      withdrawn: notice.news.withdrawn,
      givenUp: notice.news['given-up'],
    },
    incidents: notice.listed.map(machineIncident),
    about: notice.about,
    nextSteps: nextStepsOf(notice),
    openNotListed: Math.max(0, notice.openCount - open),
  };
}

/** What to do about the first incident that is open; none when none is. */
export function nextStepsOf({ listed, group, type, sources = [] }: Notice): readonly Step[] {
  if (group.kind === 'not-allowed') return type === 'clear' ? [] : stepsForSovereignty(sources);
  if (group.kind === 'history') return type === 'clear' ? [] : stepsForHistory(sources, group.destination);
  const example = listed.find(({ state }) => state === 'open');
  return example === undefined ? [] : causeOf(example).steps;
}

function machineIncident(incident: Incident): object {
  const { replica, evidence } = incident;
  const cause = causeOf(incident);
  return {
    fingerprint: fingerprint(incident.id),
    state: incident.state,
    image: imageName(replica),
    repository: replica.repository,
    digest: replica.digest,
    tag: replica.tag,
    source: replica.source,
    destination: replica.destination,
    pushedAt: iso(incident.pushedAt),
    deadlineSeconds: incident.deadlineSeconds,
    openedAt: iso(incident.openedAt),
    lastLookAt: iso(incident.lastLookAt),
    openings: incident.openings.length,
    arrivedAt: incident.arrivedAt === undefined ? undefined : iso(incident.arrivedAt),
    latenessSeconds: incident.latenessSeconds,
    evidence,
    cause: cause.id,
    explanation: cause.sentence,
    commands: cause.steps.flatMap(({ command }) => (command === undefined ? [] : [command])),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
