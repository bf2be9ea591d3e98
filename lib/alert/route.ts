/** Which topics a notice goes to: by its severity, by the repositories it speaks of, or to the default one. */

import type { Notice } from '../incident/notice.ts';
import { fault, type Parsed, parsed, quoted } from '../parsed.ts';
import type { Reach } from '../ports.ts';
import { severityOf } from './machine.ts';
import { count } from './words.ts';

/** What is of this severity, or in repositories whose name begins so, goes to this topic. */
export type Route =
  | { readonly by: 'severity'; readonly severity: Reach['severity']; readonly topicArn: string }
  | { readonly by: 'prefix'; readonly prefix: string; readonly topicArn: string };

/** An SNS topic's ARN in its parts. */
export const topicArnPattern = /^arn:aws[a-z-]*:sns:([a-z0-9-]+):(\d{12}):[\w-]{1,256}$/;

/** The repositories of a notice that names all it speaks of; it may be any where a whole destination is at fault. */
export function repositoriesOf(notice: Notice): Reach['repositories'] {
  const { listed, openCount, news } = notice;
  const open = listed.filter(({ state }) => state === 'open').length;
  const ended = news.resolved + news.withdrawn + news['given-up'];
  const namesAll = openCount <= open && ended <= listed.length - open;
  if (!namesAll || notice.group.kind === 'unreadable' || notice.about !== undefined) return 'any';
  return [...new Set(listed.map(({ replica }) => replica.repository))];
}

/** Whom a notice concerns. An all-clear is for whoever was alarmed since the first notice: by how bad it was, and anywhere. */
export function reachOf(notice: Notice): Reach {
  return {
    severity: severityOf({ ...notice, type: 'firing' }),
    repositories: notice.type === 'clear' ? 'any' : repositoriesOf(notice),
  };
}

/**
 * Every topic of a route that matches, each once; and the default topic, unless routes are known to cover all of it:
 * one by severity, or one by prefix for each repository. Without a reach it is for the default topic alone.
 */
export function topicsFor(
  reach: Reach | undefined,
  routes: readonly Route[],
  defaultTopicArn: string,
): readonly string[] {
  if (reach === undefined) return [defaultTopicArn];
  const { severity, repositories } = reach;
  const isCovered = (repository: string): boolean =>
    routes.some((route) => route.by === 'prefix' && repository.startsWith(route.prefix));
  const matching = routes.filter((route) => {
    if (route.by === 'severity') return route.severity === severity;
    return repositories === 'any' || repositories.some((name) => name.startsWith(route.prefix));
  });
  const covered =
    matching.some(({ by }) => by === 'severity') ||
    (repositories !== 'any' && repositories.length > 0 && repositories.every(isCovered));
  return [...new Set([...matching.map(({ topicArn }) => topicArn), ...(covered ? [] : [defaultTopicArn])])];
}

/**
 * `severity:critical=ARN` and `prefix:prod/=ARN`, comma-separated. SNS publishes within one Region only: every topic
 * must be in the monitor's own `region` (absent: not known, and not asked), in whatever account.
 */
export function parseRoutes(text: string, region?: string): Parsed<readonly Route[]> {
  const routes: Route[] = [];
  const faults: string[] = [];
  for (const part of text.split(',').map((piece) => piece.trim())) {
    if (part === '') continue;
    const route = parseRoute(part, region);
    if (route.ok) routes.push(route.value);
    else faults.push(route.fault);
  }
  if (faults.length === 0) return parsed(routes);
  const more = faults.length > mostFaults ? ` and ${count(faults.length - mostFaults, 'more fault')}` : '';
  return fault(`${faults.slice(0, mostFaults).join(', ')}${more}`);
}

/** Faults named in one line; the rest is counted. */
const mostFaults = 5;

function parseRoute(text: string, region: string | undefined): Parsed<Route> {
  const [, by, value = '', topicArn = ''] = /^(severity|prefix):([^=]*)=(.*)$/.exec(text) ?? [];
  if (by === undefined) return fault(`${quoted(text)} is not severity:NAME=ARN or prefix:PREFIX=ARN`);
  const [, topicRegion] = topicArnPattern.exec(topicArn) ?? [];
  if (topicRegion === undefined) return fault(`${quoted(topicArn)} is not the ARN of an SNS topic`);
  if (region !== undefined && topicRegion !== region)
    return fault(`${quoted(topicArn)} is not in ${region}, and SNS publishes within one Region`);
  if (by === 'prefix') {
    if (!/^[a-z0-9][a-z0-9._/-]{0,255}$/.test(value))
      return fault(`${quoted(value)} begins no repository's name`);
    return parsed({ by, prefix: value, topicArn });
  }
  if (value !== 'critical' && value !== 'warning')
    return fault(`${quoted(value)} is no severity of a fault (critical, warning)`);
  return parsed({ by: 'severity', severity: value, topicArn });
}
