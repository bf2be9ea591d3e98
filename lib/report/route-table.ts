/** Routes that are too many to be drawn: the same answers and percentiles, in tables. */

import { duration } from '../alert/words.ts';
import type { AuditDocument, AuditedRoute } from '../audit/document.ts';
import { answerOf, brokenOf } from './answer.ts';
import { type Html, html } from './html.ts';
import { answerWords } from './route-card.ts';
import { type Place, percent } from './words.ts';

export function routesAsTable(
  routes: readonly AuditedRoute[],
  document: AuditDocument,
  place: Place,
): Html | undefined {
  if (routes.length === 0) return undefined;
  const rows = routes.map((route) => {
    const share = route.expected === 0 ? '' : percent(route.inSync / route.expected);
    const numbers = [share, brokenOf(route), route.repositoriesUnreadable].map(
      (n) => html`<td class="n">${n.toLocaleString('en-US')}</td>`,
    );
    return html`<tr><th scope="row">${place(route.source)} to ${place(route.destination)}</th><td>${answerWords[answerOf(route, document).is]}</td>${numbers}</tr>`;
  });
  return html`<details class="more"><summary>${routes.length} more routes, as a table</summary><div class="scroll"><table class="plain">
<thead><tr><th scope="col">Route</th><th scope="col">Ready</th><th scope="col" class="n">In sync</th><th scope="col" class="n">Images concerned</th><th scope="col" class="n">Repositories unreadable</th></tr></thead>
<tbody>${rows}</tbody></table></div></details>`;
}

export function lagsAsTable(
  routes: readonly { readonly route: AuditedRoute; readonly lag: NonNullable<AuditedRoute['lag']> }[],
  place: Place,
): Html | undefined {
  if (routes.length === 0) return undefined;
  const rows = routes.map(({ route, lag }) => {
    const times = [lag.p50, lag.p90, lag.p99, lag.max].map(
      (seconds) => html`<td class="n">${duration(seconds)}</td>`,
    );
    return html`<tr><th scope="row">${place(route.source)} to ${place(route.destination)}</th>${times}</tr>`;
  });
  return html`<details class="more"><summary>${routes.length} more routes, as a table</summary><div class="scroll"><table class="plain">
<thead><tr><th scope="col">Route</th><th scope="col" class="n">p50</th><th scope="col" class="n">p90</th><th scope="col" class="n">p99</th><th scope="col" class="n">slowest</th></tr></thead>
<tbody>${rows}</tbody></table></div></details>`;
}
