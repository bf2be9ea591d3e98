/** One route as a card: may I fail over, how much of it is there, and what is not. */

import { count } from '../alert/words.ts';
import type { AuditDocument, AuditedRoute } from '../audit/document.ts';
import { type Answer, answerOf } from './answer.ts';
import { type Html, html } from './html.ts';
import { everything, hashOf } from './query.ts';
import { type KindGroup, type Place, percent } from './words.ts';

export const answerMarks: { readonly [A in Answer['is']]: string } = {
  yes: '✓',
  no: '✕',
  unknown: '?',
  'nothing-expected': '–',
};
export const answerWords: { readonly [A in Answer['is']]: string } = {
  yes: 'Yes',
  no: 'No',
  unknown: 'Cannot tell',
  'nothing-expected': 'Nothing expected',
};

export function routeCard(route: AuditedRoute, document: AuditDocument, place: Place): Html {
  const answer = answerOf(route, document);
  return html`<article class="card ${answer.is}">
<header><h3>${place(route.destination)}</h3><p class="from">from ${place(route.source)}</p></header>
<p class="answer"><span class="badge ${answer.is}"><span aria-hidden="true">${answerMarks[answer.is]}</span> ${answerWords[answer.is]}</span> ${sentence(answer, route)}</p>
${route.expected === 0 ? undefined : coverage(route, answer)}
${counts(route)}
</article>`;
}

function sentence(answer: Answer, route: AuditedRoute): string {
  switch (answer.is) {
    case 'yes':
      return answer.images === 1
        ? 'The one image is there, under its tags.'
        : `All ${answer.images.toLocaleString('en-US')} images are there, under their tags.`;
    case 'no': {
      const which = `${answer.broken.toLocaleString('en-US')} of ${count(answer.images, 'image')} would not pull`;
      if (answer.broken === route.history) return `${which}: older than the rule, which ECR does not copy.`;
      return route.tagMismatch > 0 ? `${which}, or pull another one.` : `${which}.`;
    }
    case 'unknown':
      return answer.why;
    case 'nothing-expected':
      return 'The rules name it, and no image is due there.';
  }
}

const parts = ['inSync', 'tagMismatch', 'archived', 'history', 'missing'] as const;

/** The bar is drawn in SVG: the page's policy forbids style attributes. What is not nothing can be seen. */
function coverage(route: AuditedRoute, answer: Answer): Html {
  const least = 0.8;
  const shares = parts.map((part) => ({
    part,
    share: route[part] === 0 ? 0 : Math.max(least, (route[part] / route.expected) * 100),
  }));
  const sum = shares.reduce((total, { share }) => total + share, 0);
  let left = 0;
  const bars = shares.map(({ part, share }) => {
    const wide = (share / sum) * 100;
    const bar = html`<rect class="part-${part}" x="${left.toFixed(2)}" width="${wide.toFixed(2)}" height="6"/>`;
    left += wide;
    return share === 0 ? undefined : bar;
  });
  const isPart = answer.is === 'unknown' || route.repositoriesUnreadable > 0;
  const of = isPart ? 'in sync, of what could be read' : 'in sync';
  return html`<p class="coverage"><strong>${percent(route.inSync / route.expected)}</strong> <span>${of}</span></p>
<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">${bars}</svg>`;
}

function counts(route: AuditedRoute): Html {
  const of = (kind: KindGroup): string =>
    hashOf({ ...everything, kinds: [kind], source: route.source, destination: route.destination });
  const row = (part: string, name: string, n: number, kind: KindGroup | undefined): Html | undefined =>
    n === 0 && part !== 'missing'
      ? undefined
      : html`<div><dt><span class="swatch part-${part}" aria-hidden="true"></span>${name}</dt><dd>${
          kind === undefined || n === 0
            ? n.toLocaleString('en-US')
            : html`<span data-filter="${of(kind)}">${n.toLocaleString('en-US')}</span>`
        }</dd></div>`;
  return html`<dl class="counts">
${row('inSync', 'In sync', route.inSync, undefined)}
${row('missing', 'Missing', route.missing, 'missing')}
${row('tagMismatch', 'Tag mismatch', route.tagMismatch, 'tag-mismatch')}
${row('archived', 'Archived', route.archived, 'archived')}
${row('history', 'Older than the rule', route.history, 'history')}
${row('unreadable', 'Repositories unreadable', route.repositoriesUnreadable, 'unreadable')}
${row('extra', 'Only there', route.extra, 'extra')}
${row('young', 'Pushed just now, not due', route.young, undefined)}
</dl>`;
}
