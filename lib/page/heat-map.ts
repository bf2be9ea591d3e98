// The heat map: a page of rows, worst first, walked through with the arrow keys; a cell chooses its findings.

import type { AuditDocument, AuditedRepository } from '../audit/document.ts';
import { levelOf, markOf, ordered, sentenceOf } from '../report/coverage.ts';
import { destinationsOf } from '../report/destinations.ts';
import { everything, type Query } from '../report/query.ts';
import { type Place, placesOf } from '../report/words.ts';
import type { Choice } from './choice.ts';
import { element, found, whenTyped } from './dom.ts';
import { moveInGrid } from './grid-keys.ts';
import { paged, pager, whenPrinted } from './pager.ts';

export function heatMap(audit: AuditDocument, choice: Choice): void {
  const section = found('#map', HTMLElement);
  const body = found('#map tbody', HTMLTableSectionElement);
  const text = found('#rows', HTMLInputElement);
  const order = found('#row-order', HTMLSelectElement);
  const state = found('#map-state', HTMLElement);
  const place = placesOf(audit);
  const destinations = destinationsOf(audit);
  const severalSources = new Set(audit.repositories.map(({ source }) => source)).size > 1;
  const turnPages = pager(found('#map-pager', HTMLElement), (rowPage) => choice.change({ rowPage }));
  let rows = 0;
  let drawn = '';
  let targets: Targets = new Map();

  const show = (query: Query): void => {
    const { rows: part, rowOrder, rowPage } = query;
    // What is chosen of the findings does not draw the map anew: the focus would be lost.
    const wanted = JSON.stringify([part, rowOrder, rowPage, rows]);
    if (wanted !== drawn) {
      drawn = wanted;
      const named = audit.repositories.filter(({ repository }) => repository.includes(part.trim()));
      const page = paged(ordered(named, rowOrder), rowPage, rows);
      targets = new Map();
      body.replaceChildren(
        ...page.shown.map((row) => rowOf(row, destinations, place, severalSources, targets)),
      );
      body.querySelector('button')?.setAttribute('tabindex', '0');
      turnPages(page);
      state.textContent =
        named.length === 0
          ? `No repository has “${part}” in its name.`
          : `Repositories ${page.range} of ${named.length.toLocaleString('en-US')}`;
      text.value = part;
      order.value = rowOrder;
    }
    for (const [button, target] of targets)
      button.setAttribute('aria-pressed', String(isChosen(target, query)));
  };

  whenTyped(text, (rows) => choice.change({ rows, rowPage: 1 }));
  order.addEventListener('change', () =>
    choice.change({
      rowOrder: order.value === 'name' || order.value === 'broken' ? order.value : 'worst',
      rowPage: 1,
    }),
  );
  body.addEventListener('keydown', (event) => moveInGrid(body, event));
  body.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof HTMLButtonElement)) return;
    for (const other of body.querySelectorAll('button[tabindex="0"]')) other.setAttribute('tabindex', '-1');
    target.setAttribute('tabindex', '0');
  });
  body.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('button') : null;
    const chosen = button === null ? undefined : targets.get(button);
    if (chosen !== undefined) chooseCell(chosen, choice);
  });
  choice.onChange(show);
  whenPrinted((n) => {
    rows = n;
    show(choice.now());
  });
  section.hidden = false;
}

/** What a cell chooses. */
type Target = Pick<Query, 'source' | 'repository' | 'destination'>;
type Targets = Map<Element, Target>;

function isChosen({ source, repository, destination }: Target, query: Query): boolean {
  return query.source === source && query.repository === repository && query.destination === destination;
}

/** The cell's findings and nothing else; a second time, all of them again. */
function chooseCell(target: Target, choice: Choice): void {
  const query = choice.now();
  const { rows, rowOrder, rowPage } = query;
  const keep = { ...everything, rows, rowOrder, rowPage };
  if (isChosen(target, query)) {
    choice.change(keep);
    return;
  }
  choice.change({ ...keep, ...target });
  found('#findings', HTMLElement).scrollIntoView({ block: 'start' });
}

function rowOf(
  { source, repository, images, destinations }: AuditedRepository,
  names: readonly string[],
  place: Place,
  severalSources: boolean,
  targets: Targets,
): HTMLTableRowElement {
  const from = severalSources ? ` · from ${place(source)}` : '';
  const note = `${images.toLocaleString('en-US')} ${images === 1 ? 'image' : 'images'}${from}`;
  const head = element('th', { scope: 'row' }, element('b', {}, repository), element('small', {}, note));
  const cells = names.map((name) => {
    const cell = destinations.find(({ destination }) => destination === name);
    const level = levelOf(cell);
    const button = element(
      'button',
      {
        type: 'button',
        class: `cell ${level}`,
        tabindex: -1,
        'aria-label': sentenceOf(repository, name, cell, place),
        'data-place': place(name),
      },
      markOf(cell),
    );
    targets.set(button, { source, repository, destination: name });
    return element('td', { role: 'gridcell' }, button);
  });
  return element('tr', {}, head, ...cells);
}
