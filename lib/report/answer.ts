/** "Can I fail over to this Region now?": the answer for each route, and the headline over all of them. */

import { count } from '../alert/words.ts';
import type { AuditCounts, AuditDocument, AuditedRoute } from '../audit/document.ts';
import { type Place, placesOf } from './words.ts';

export type Answer =
  | { readonly is: 'yes'; readonly images: number }
  /** `broken` of the images that must be there would not pull as they do at the source. */
  | { readonly is: 'no'; readonly broken: number; readonly images: number }
  | { readonly is: 'unknown'; readonly why: string }
  | { readonly is: 'nothing-expected' };

/** Images that a pull at the destination does not get, or gets another one for. */
export function brokenOf({ missing, history, tagMismatch, archived }: AuditCounts): number {
  return missing + history + tagMismatch + archived;
}

/** Pessimistic: one broken image is a no, and whatever could not be looked at keeps the answer from being a yes. */
export function answerOf(route: AuditedRoute, document: AuditDocument): Answer {
  const broken = brokenOf(route);
  if (broken > 0) return { is: 'no', broken, images: route.expected };
  const why = doubtOf(route, document);
  if (why !== undefined) return { is: 'unknown', why };
  if (route.expected === 0) return { is: 'nothing-expected' };
  return route.inSync === route.expected
    ? { is: 'yes', images: route.expected }
    : { is: 'unknown', why: 'Its counts do not add up.' };
}

function doubtOf(route: AuditedRoute, document: AuditDocument): string | undefined {
  const { repositoriesUnreadable, repositories, source, destination } = route;
  if (repositoriesUnreadable > 0) {
    return `${repositoriesUnreadable.toLocaleString('en-US')} of ${count(repositories, 'repository', 'repositories')} could not be read.`;
  }
  const fault = document.sources.find(({ registry }) => registry === source)?.unreadable;
  if (fault !== undefined) return `The source could not be read as a whole: ${fault}.`;
  const unread = document.findings.some(
    (finding) =>
      finding.kind === 'unreadable' &&
      finding.source === source &&
      (finding.destination ?? destination) === destination,
  );
  if (unread) return 'Something of it could not be read; the findings name it.';
  if (document.interrupted) return 'The audit was stopped before its end.';
  return document.outcome === 'incomplete' && !explained(document) ? 'The audit is not complete.' : undefined;
}

/** Whether the document names what could not be read; if it does, only what it names is in doubt. */
function explained({ routes, sources, findings }: AuditDocument): boolean {
  return (
    routes.some(({ repositoriesUnreadable }) => repositoriesUnreadable > 0) ||
    sources.some(({ unreadable }) => unreadable !== undefined) ||
    findings.some(({ kind }) => kind === 'unreadable')
  );
}

export interface Headline {
  readonly mood: Answer['is'];
  readonly text: string;
}

export function headlineOf(document: AuditDocument): Headline {
  const place = placesOf(document);
  const answers = document.routes.map((route) => ({ route, answer: answerOf(route, document) }));
  const at = (is: Answer['is']): readonly string[] => [
    ...new Set(answers.filter(({ answer }) => answer.is === is).map(({ route }) => route.destination)),
  ];
  const no = at('no');
  const unknown = at('unknown').filter((destination) => !no.includes(destination));
  const asked = new Set([...no, ...unknown, ...at('yes')]).size;
  if (no.length > 0) return { mood: 'no', text: notReady(no, unknown, asked, place) };
  if (unknown.length > 0) return { mood: 'unknown', text: notTold(unknown, asked, place) };
  if (asked > 0) {
    const replicas = document.routes.reduce((sum, { expected }) => sum + expected, 0);
    return { mood: 'yes', text: allInSync(replicas) };
  }
  if (document.outcome !== 'incomplete') {
    return { mood: 'nothing-expected', text: 'Nothing is expected at any destination' };
  }
  const text = document.interrupted
    ? 'The audit was stopped before it saw anything'
    : 'Nothing could be read, so nothing can be told';
  return { mood: 'unknown', text };
}

function allInSync(replicas: number): string {
  return replicas === 1
    ? 'The one replica is in sync'
    : `All ${replicas.toLocaleString('en-US')} replicas are in sync`;
}

function notReady(no: readonly string[], unknown: readonly string[], asked: number, place: Place): string {
  const ready =
    asked === 1 || no.length === 1
      ? `${no.map(place).join()} is not ready for a failover`
      : `${no.length} of ${asked} destinations are not ready for a failover`;
  return unknown.length === 0
    ? ready
    : `${ready}, and ${unknown.length === 1 ? unknown.map(place).join() : unknown.length} could not be checked`;
}

function notTold(unknown: readonly string[], asked: number, place: Place): string {
  return unknown.length === 1
    ? `Whether ${unknown.map(place).join()} is ready for a failover cannot be told`
    : `${unknown.length} of ${asked} destinations could not be checked`;
}
