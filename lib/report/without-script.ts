/** What stands in the place of heat map and findings where no script runs: the worst of both, as plain tables. */

import type { AuditDocument, AuditFinding } from '../audit/document.ts';
import { brokenIn, levelOf, markOf, ordered } from './coverage.ts';
import { destinationsOf } from './destinations.ts';
import { type Html, html } from './html.ts';
import { chosen, everything, sorted } from './query.ts';
import { kindInWords, type Place, subjectOf, timeInWords } from './words.ts';

const mostRows = 40;

export function withoutScript(document: AuditDocument, place: Place): Html {
  return html`<noscript>${repositories(document, place)}${findings(document, place)}</noscript>`;
}

function repositories(document: AuditDocument, place: Place): Html | undefined {
  const destinations = destinationsOf(document);
  const concerned = ordered(document.repositories, 'worst').filter(
    (row) => brokenIn(row) > 0 || row.destinations.some(({ unreadable }) => unreadable !== undefined),
  );
  if (concerned.length === 0) return undefined;
  return html`<section aria-labelledby="rows-plain"><h2 id="rows-plain">Repositories that are not in sync</h2>
<p class="hint">${shownOf(concerned.length)}</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="rows-plain"><table class="plain"><thead><tr><th scope="col">Repository</th>${destinations.map((name) => html`<th scope="col">${place(name)}</th>`)}</tr></thead>
<tbody>${concerned.slice(0, mostRows).map((row) => {
    const cells = destinations.map((name) =>
      row.destinations.find(({ destination }) => destination === name),
    );
    return html`<tr><th scope="row">${row.repository}</th>${cells.map((cell) => html`<td class="cell ${levelOf(cell)}">${markOf(cell)}</td>`)}</tr>`;
  })}</tbody></table></div></section>`;
}

function findings(document: AuditDocument, place: Place): Html | undefined {
  const worst = sorted(chosen(document.findings, everything), everything);
  if (worst.length === 0) return undefined;
  return html`<section aria-labelledby="findings-plain"><h2 id="findings-plain">Findings</h2>
<p class="hint">${shownOf(worst.length)}</p><ol class="plain-findings">
${worst.slice(0, mostRows).map((finding) => plainFinding(finding, place))}</ol></section>`;
}

function plainFinding(finding: AuditFinding, place: Place): Html {
  const { severity, kind, destination, pushedAt, explanation, cures } = finding;
  const where = destination === undefined ? '' : `, ${place(destination)}`;
  const pushed = pushedAt === undefined ? '' : `, pushed ${timeInWords(pushedAt)}`;
  return html`<li><strong>${subjectOf(finding)}</strong> ${severity}, ${kindInWords(kind)}${where}${pushed}. ${explanation}
${cures.map(({ text, command }) => html`<p>${text}</p>${command === undefined ? undefined : html`<pre>${command}</pre>`}`)}</li>`;
}

function shownOf(n: number): string {
  return n > mostRows
    ? `The worst ${mostRows} of ${n.toLocaleString('en-US')}; with scripts allowed, all.`
    : `All ${n}.`;
}
