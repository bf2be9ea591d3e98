/** The last line of an audit: how it came out, and what it took. */

import { count, duration } from '../alert/words.ts';
import type { AuditDocument, AuditedRoute } from '../audit/document.ts';
import { dim, green, red, type Text, yellow } from './text.ts';

export function closing(document: AuditDocument): Text {
  const { outcome, calls, startedAt, endedAt, routes, findingsNotListed } = document;
  const took = duration((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
  const sum = (read: (route: AuditedRoute) => number): number =>
    routes.reduce((total, route) => total + read(route), 0);
  const wrong = sum(({ missing, tagMismatch, archived }) => missing + tagMismatch + archived);
  const expected = sum((route) => route.expected);
  const work = dim(` ${count(calls, 'call')} in ${took}.`);
  const unlisted =
    findingsNotListed === 0 ? '' : ` ${count(findingsNotListed, 'more finding')} counted and not listed.`;
  switch (outcome) {
    case 'clean':
      return [green(`Clean: ${written(sum(({ inSync }) => inSync))} replicas are where they must be.`), work];
    case 'not-clean':
      if (routes.length === 0)
        return [red('Not clean: nothing is expected anywhere, so nothing could be shown.'), work];
      return [red(`Not clean: ${shareOf(wrong, expected)}.`), unlisted, work];
    case 'incomplete':
      return [yellow(`Incomplete: of what could be read, ${shareOf(wrong, expected)}.`), unlisted, work];
  }
}

function shareOf(wrong: number, expected: number): string {
  const are = wrong === 1 ? 'is not as it must be' : 'are not as they must be';
  return `${written(wrong)} of ${count(expected, 'replica')} ${are}`;
}

function written(n: number): string {
  return n.toLocaleString('en-US');
}
