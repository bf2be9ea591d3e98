/** The sections below the headline: answers and lag are whole; heat map and findings are frames that the page's script fills. */

import type { AuditDocument } from '../audit/document.ts';
import { type Answer, answerOf } from './answer.ts';
import { levelOf } from './coverage.ts';
import { destinationsOf } from './destinations.ts';
import { type Html, html } from './html.ts';
import { lagAxis, lagChart } from './lag-chart.ts';
import { severities } from './query.ts';
import { routeCard } from './route-card.ts';
import { lagsAsTable, routesAsTable } from './route-table.ts';
import { kindGroupInWords, kindGroupOf, kindGroups, type Place } from './words.ts';

const worstFirst: readonly Answer['is'][] = ['no', 'unknown', 'yes', 'nothing-expected'];

/** Routes that are drawn large; an organisation may have hundreds, of which the rest stand in a table. */
const mostDrawn = 12;

export function answersSection(document: AuditDocument, place: Place): Html {
  const ranked = document.routes
    .map((route) => ({ route, rank: worstFirst.indexOf(answerOf(route, document).is) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ route }) => route);
  const drawn = ranked.slice(0, mostDrawn);
  return html`<section aria-labelledby="answers-title"><h2 id="answers-title">Can I fail over now?</h2>
${drawn.length === 0 ? html`<p class="empty">No rule names a destination for what was looked at.</p>` : html`<div class="cards">${drawn.map((route) => routeCard(route, document, place))}</div>`}
${routesAsTable(ranked.slice(mostDrawn), document, place)}
</section>`;
}

export function heatMapSection(document: AuditDocument, place: Place): Html | undefined {
  if (document.repositories.length === 0) return undefined;
  const names = destinationsOf(document);
  const heads = names.map(
    (name) => html`<th scope="col">${place(name)} <small>${wholeRows(document, name)}</small></th>`,
  );
  return html`<section aria-labelledby="map-title" id="map" hidden><h2 id="map-title">Repositories and destinations</h2>
<div class="controls"><label>Repository <input type="search" id="rows" autocomplete="off" spellcheck="false" placeholder="part of a name"></label>
<label>Order <select id="row-order"><option value="worst">lowest coverage first</option><option value="broken">most images concerned first</option><option value="name">by name</option></select></label></div>
<p class="hint">The share of images in sync. A cell chooses its findings; arrow keys move between cells.</p>
<div class="scroll"><table role="grid" class="map${names.length > 6 ? ' many' : ''}" aria-labelledby="map-title" aria-describedby="map-state">
<thead><tr><th scope="col">Repository</th>${heads}</tr></thead><tbody></tbody></table></div>
<div class="under"><p id="map-state" role="status"></p><nav id="map-pager" class="pager" aria-label="Pages of repositories"></nav></div>
${legend}
</section>`;
}

/** `440 of 512 in sync`: of the repositories that must be at a destination. */
function wholeRows({ repositories }: AuditDocument, name: string): string {
  const cells = repositories.flatMap((row) =>
    row.destinations.filter(({ destination }) => destination === name),
  );
  const whole = cells.filter((cell) => levelOf(cell) === 'full').length;
  const due = cells.filter((cell) => levelOf(cell) !== 'empty').length;
  return `${whole.toLocaleString('en-US')} of ${due.toLocaleString('en-US')} in sync`;
}

const legend = html`<ul class="legend" aria-label="What the colours mean">
<li><span class="cell full">✓</span> all in sync</li><li><span class="cell most">99 %</span> 99 % and more</li>
<li><span class="cell much">9x %</span> 90 % and more</li><li><span class="cell half">5x %</span> half and more</li>
<li><span class="cell little">x %</span> less than half</li><li><span class="cell absent">none</span> no such repository there</li>
<li><span class="cell unreadable">?</span> could not be read</li><li><span class="cell empty">–</span> nothing due</li></ul>`;

export function lagSection({ routes }: AuditDocument, place: Place): Html | undefined {
  const told = routes.flatMap((route) => (route.lag === undefined ? [] : [{ route, lag: route.lag }]));
  if (told.length === 0) return undefined;
  const axis = lagAxis(told.map(({ lag }) => lag));
  return html`<section aria-labelledby="lag-title"><h2 id="lag-title">From push to arrival</h2>
<p class="hint">How long the images that are there took, on a logarithmic axis.</p>
<div class="lags">${told.slice(0, mostDrawn).map(({ route, lag }) => lagChart(route, lag, axis, place))}</div>
${lagsAsTable(told.slice(mostDrawn), place)}</section>`;
}

export function findingsSection(document: AuditDocument, place: Place): Html {
  if (document.findings.length === 0) {
    return html`<section aria-labelledby="findings-title" id="findings-list"><h2 id="findings-title">Findings</h2>
<p class="empty">${nothingFound(document)}</p></section>`;
  }
  const present = new Set(document.findings.map(kindGroupOf));
  const named = document.findings.map(({ destination }) => destination).filter((name) => name !== undefined);
  const chips = kindGroups
    .filter((kind) => present.has(kind))
    .map(
      (kind) =>
        html`<button type="button" class="chip" data-kind="${kind}" aria-pressed="false">${kindGroupInWords(kind)} <span class="n"></span></button>`,
    );
  return html`<section aria-labelledby="findings-title" id="findings-list" hidden><h2 id="findings-title" tabindex="-1">Findings</h2>
<div class="controls"><label class="wide">Search <input type="search" id="text" autocomplete="off" spellcheck="false" placeholder="repository, tag, digest, cause"></label>
<label>Severity <select id="severity"><option value="">all</option>${severities.map((name) => html`<option value="${name}">${name}</option>`)}</select></label>
<label>Destination <select id="destination"><option value="">all</option>${[...new Set(named)].map((name) => html`<option value="${name}">${place(name)}</option>`)}</select></label></div>
<div class="chips" role="group" aria-label="Kind of finding">${chips}</div>
<p class="chosen" id="chosen" hidden></p>
<div class="under"><p id="findings-state" role="status"></p><button type="button" class="quiet" id="reset" hidden>Show all</button></div>
<table class="findings" aria-labelledby="findings-title"><thead><tr>${sortableHeads}<th scope="col"><span class="unseen">Details</span></th></tr></thead><tbody></tbody></table>
<nav id="findings-pager" class="pager" aria-label="Pages of findings"></nav>
<p class="unseen" role="status" id="copied"></p>
</section>`;
}

const sortableHeads = [
  ['severity', 'Severity'],
  ['repository', 'Finding'],
  ['destination', 'Destination'],
  ['pushed', 'Pushed'],
].map(
  ([key, name]) =>
    html`<th scope="col" data-sort="${key}"><button type="button">${name}<span class="arrow" aria-hidden="true"></span></button></th>`,
);

function nothingFound(document: AuditDocument): string {
  const expected = document.routes.reduce((sum, route) => sum + route.expected, 0);
  if (document.findingsNotListed > 0) return 'None is listed; they are counted above.';
  if (document.outcome === 'incomplete')
    return 'Nothing was found in what could be looked at. It was not all.';
  if (expected === 0) return 'Nothing is expected at any destination: there is nothing to find.';
  return expected === 1
    ? 'The one replica is in sync.'
    : `All ${expected.toLocaleString('en-US')} replicas are in sync.`;
}
