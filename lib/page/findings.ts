// The findings: searched, filtered, sorted and paged, each to be opened for its cause and its cures.

import type { AuditDocument, AuditFinding } from '../audit/document.ts';
import { chosen, everything, type Query, severities, sorted, sortKeys } from '../report/query.ts';
import {
  isKindGroup,
  kindGroupOf,
  kindInWords,
  type Place,
  placesOf,
  subjectOf,
  timeInWords,
} from '../report/words.ts';
import type { Choice } from './choice.ts';
import { element, found, whenTyped } from './dom.ts';
import { detailsOf } from './finding-details.ts';
import { paged, pager, whenPrinted } from './pager.ts';

export function findings(audit: AuditDocument, choice: Choice): void {
  const section = found('#findings-list', HTMLElement);
  const body = found('.findings tbody', HTMLTableSectionElement);
  const place = placesOf(audit);
  const showControls = controls(audit, choice, place);
  const turnPages = pager(found('#findings-pager', HTMLElement), (page) => {
    choice.change({ page });
    found('#findings-title', HTMLElement).scrollIntoView({ block: 'start' });
  });
  const state = found('#findings-state', HTMLElement);
  let rows = 0;
  let drawn = '';
  let shown: readonly AuditFinding[] = [];

  const show = (query: Query): void => {
    const { rows: _, rowOrder, rowPage, ...ofFindings } = query;
    const wanted = JSON.stringify([ofFindings, rows]);
    if (wanted === drawn) return;
    drawn = wanted;
    const through = chosen(audit.findings, query);
    const page = paged(sorted(through, query), query.page, rows);
    shown = page.shown;
    body.replaceChildren(...shown.flatMap((finding, i) => rowsOf(finding, i, place)));
    turnPages(page);
    const all = audit.findings.length.toLocaleString('en-US');
    state.textContent =
      through.length === 0
        ? `None of ${all} findings is as chosen.`
        : `Findings ${page.range} of ${through.length.toLocaleString('en-US')}${through.length < audit.findings.length ? `, chosen from ${all}` : ''}`;
    showControls(query);
  };

  body.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('button[aria-expanded]') : null;
    if (button !== null) toggle(button, shown, place);
  });
  choice.onChange(show);
  whenPrinted((n) => {
    rows = n;
    show(choice.now());
  });
  section.hidden = false;
}

/** What is below a finding is made when it is first opened: most never are. */
function toggle(button: Element, shown: readonly AuditFinding[], place: Place): void {
  const open = button.getAttribute('aria-expanded') !== 'true';
  const row = document.getElementById(button.getAttribute('aria-controls') ?? '');
  const finding = shown[Number(row?.dataset['finding'])];
  if (row === null || finding === undefined) return;
  if (row.childElementCount === 0) row.append(element('td', { colspan: 5 }, detailsOf(finding, place)));
  button.setAttribute('aria-expanded', String(open));
  row.hidden = !open;
}

function rowsOf(finding: AuditFinding, i: number, place: Place): readonly HTMLTableRowElement[] {
  const { severity, kind, source, destination, pushedAt, count, explanation } = finding;
  const subject = subjectOf(finding);
  const pushed = pushedAt === undefined ? '' : timeInWords(pushedAt).replace(/:\d\d UTC$/, '');
  // What speaks of no destination speaks of the source itself.
  const where = destination === undefined ? `${place(source)} (source)` : place(destination);
  const many = count === undefined ? '' : ` · ${count.toLocaleString('en-US')}`;
  const id = `finding-${i}`;
  const open = element(
    'button',
    {
      type: 'button',
      class: 'open',
      'aria-expanded': 'false',
      'aria-controls': id,
      'aria-label': `Cause and cure of ${subject}`,
    },
    element('span', { 'aria-hidden': 'true' }, '›'),
  );
  const row = element(
    'tr',
    { class: 'finding' },
    element('td', { class: 'is-severity' }, element('span', { class: `severity ${severity}` }, severity)),
    element(
      'th',
      { scope: 'row', class: 'is-subject' },
      element('code', {}, subject),
      element('span', { class: 'kind' }, `${subject === kindInWords(kind) ? '' : kindInWords(kind)}${many}`),
      element('span', { class: 'why' }, explanation),
    ),
    element('td', { class: 'is-destination' }, where),
    element('td', { class: 'is-pushed' }, pushed),
    element('td', { class: 'is-open' }, open),
  );
  const details = element('tr', { id, class: 'details', hidden: true, 'data-finding': i });
  return [row, details];
}

function controls(audit: AuditDocument, choice: Choice, place: Place): (query: Query) => void {
  const text = found('#text', HTMLInputElement);
  const severity = found('#severity', HTMLSelectElement);
  const destination = found('#destination', HTMLSelectElement);
  const only = found('#chosen', HTMLElement);
  const reset = found('#reset', HTMLButtonElement);
  const chips = [...document.querySelectorAll('button[data-kind]')];
  const heads = [...document.querySelectorAll('th[data-sort]')];

  whenTyped(text, (typed) => choice.change({ text: typed, page: 1 }));
  severity.addEventListener('change', () =>
    choice.change({ severity: severities.find((name) => name === severity.value) ?? '', page: 1 }),
  );
  destination.addEventListener('change', () => choice.change({ destination: destination.value, page: 1 }));
  reset.addEventListener('click', () => {
    const { rows, rowOrder, rowPage } = choice.now();
    choice.change({ ...everything, rows, rowOrder, rowPage });
    text.focus();
  });
  for (const chip of chips) {
    chip.addEventListener('click', () => {
      const kind = chip.getAttribute('data-kind') ?? '';
      if (!isKindGroup(kind)) return;
      const { kinds } = choice.now();
      const others = kinds.filter((other) => other !== kind);
      choice.change({ kinds: others.length < kinds.length ? others : [...kinds, kind], page: 1 });
    });
  }
  for (const head of heads) {
    head.querySelector('button')?.addEventListener('click', () => {
      const key = sortKeys.find((known) => known === head.getAttribute('data-sort')) ?? 'severity';
      const { sort, descending } = choice.now();
      choice.change({ sort: key, descending: sort === key && !descending, page: 1 });
    });
  }

  return (query) => {
    if (text.value !== query.text) text.value = query.text;
    severity.value = query.severity;
    destination.value = query.destination;
    const counts = new Map<string, number>();
    for (const finding of chosen(audit.findings, query, 'kinds')) {
      const kind = kindGroupOf(finding);
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    for (const chip of chips) {
      const kind = chip.getAttribute('data-kind') ?? '';
      chip.setAttribute('aria-pressed', String(query.kinds.some((chosenKind) => chosenKind === kind)));
      const n = chip.querySelector('.n');
      if (n !== null) n.textContent = (counts.get(kind) ?? 0).toLocaleString('en-US');
    }
    for (const head of heads) {
      const sorts = head.getAttribute('data-sort') === query.sort;
      head.setAttribute('aria-sort', sorts ? (query.descending ? 'descending' : 'ascending') : 'none');
    }
    const from = query.source === '' ? '' : ` from ${place(query.source)}`;
    only.hidden = query.repository === '' && query.source === '';
    only.textContent = `Only ${query.repository === '' ? 'what is replicated' : query.repository}${from}`;
    const { rows, rowOrder, rowPage, page, sort, descending } = query;
    reset.hidden =
      JSON.stringify(query) ===
      JSON.stringify({ ...everything, rows, rowOrder, rowPage, page, sort, descending });
  };
}
