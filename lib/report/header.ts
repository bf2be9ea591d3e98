/** The top of the page: the headline, what was looked at and when, and why it may not be all. */

import { count, duration } from '../alert/words.ts';
import type { AuditDocument } from '../audit/document.ts';
import { headlineOf } from './answer.ts';
import { type Html, html } from './html.ts';
import { answerMarks } from './route-card.ts';
import { type Place, timeInWords } from './words.ts';

export function pageHeader(document: AuditDocument, place: Place): Html {
  const { mood, text } = headlineOf(document);
  return html`<header class="top">
<div class="bar-top"><p class="eyebrow">ECR replication audit</p>
<button type="button" id="theme" class="quiet" hidden>Dark</button></div>
<h1 class="${mood}"><span class="mark" aria-hidden="true">${answerMarks[mood]}</span> ${text}</h1>
<dl class="facts">
${facts(document, place).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
</dl>
${note(notes(document, place))}
</header>`;
}

function note(lines: readonly string[]): Html | undefined {
  return lines.length === 0
    ? undefined
    : html`<div class="note">${lines.map((line) => html`<p>${line}</p>`)}</div>`;
}

function facts(
  document: AuditDocument,
  place: Place,
): readonly (readonly [name: string, value: Html | string])[] {
  const { startedAt, endedAt, sources, routes, scope, calls } = document;
  const destinations = new Set(routes.map(({ destination }) => destination)).size;
  const covered = sources.reduce((sum, { repositoriesCovered }) => sum + repositoriesCovered, 0);
  const all = sources.reduce((sum, { repositories }) => sum + repositories, 0);
  return [
    ['Looked at', lookedAt(startedAt, endedAt)],
    [
      sources.length === 1 ? 'Source' : 'Sources',
      namesOf(
        sources.map(({ registry }) => registry),
        place,
      ),
    ],
    ['Scope', scopeInWords(scope, place)],
    ['Repositories', `${covered.toLocaleString('en-US')} replicated, of ${all.toLocaleString('en-US')}`],
    ['Destinations', destinations.toLocaleString('en-US')],
    ['Calls to ECR', calls.toLocaleString('en-US')],
  ];
}

function lookedAt(startedAt: string, endedAt: string): Html {
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  const took = Number.isNaN(seconds) ? '' : `, took ${duration(seconds)}`;
  return html`<time datetime="${endedAt}">${timeInWords(endedAt)}</time>${took}`;
}

function namesOf(registries: readonly string[], place: Place): string {
  const shown = registries.slice(0, 3).map(place).join(', ');
  return registries.length > 3 ? `${shown} and ${registries.length - 3} more` : shown;
}

function scopeInWords({ prefix, destinations }: AuditDocument['scope'], place: Place): string {
  const which =
    prefix === undefined || prefix === '' ? 'all repositories' : `repositories that begin with ${prefix}`;
  return destinations === undefined || destinations.length === 0
    ? `${which}, all destinations`
    : `${which}; only ${namesOf(destinations, place)}`;
}

function notes(document: AuditDocument, place: Place): readonly string[] {
  const { interrupted, outcome, sources, routes, findingsNotListed } = document;
  const unread = [
    ...sources
      .filter(({ unreadable }) => unreadable !== undefined)
      .map(({ registry, unreadable }) => `${place(registry)} as a source (${unreadable ?? ''})`),
    ...routes
      .filter(({ repositoriesUnreadable }) => repositoriesUnreadable > 0)
      .map(
        ({ destination, repositoriesUnreadable: n }) =>
          `${count(n, 'repository', 'repositories')} in ${place(destination)}`,
      ),
  ];
  const shown = unread.length > 5 ? [...unread.slice(0, 4), `${unread.length - 4} more`] : unread;
  return [
    ...(interrupted
      ? [
          'Stopped before its end: what is here is true, but not all. Repositories that were not reached are not in it.',
        ]
      : []),
    ...(outcome === 'incomplete' && !interrupted
      ? ['Incomplete: something could not be read. What is here is true, but not all.']
      : []),
    ...(shown.length > 0 ? [`Could not be read: ${shown.join(', ')}.`] : []),
    ...(findingsNotListed > 0
      ? [`${count(findingsNotListed, 'more finding')} counted and not listed: audit a prefix to see them.`]
      : []),
  ];
}
