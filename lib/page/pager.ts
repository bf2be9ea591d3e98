// Pages instead of endless rows: the page holds a bounded number of elements, however large the audit.

import { element } from './dom.ts';

export interface Paged<T> {
  readonly shown: readonly T[];
  readonly page: number;
  readonly pages: number;
  /** `1–25`, of all that were chosen. */
  readonly range: string;
}

/** A page beyond the last is the last. */
export function paged<T>(all: readonly T[], wanted: number, size: number): Paged<T> {
  const pages = Math.max(1, Math.ceil(all.length / size));
  const page = Math.min(wanted, pages);
  const from = (page - 1) * size;
  const shown = all.slice(from, from + size);
  const range = `${(from + 1).toLocaleString('en-US')}–${(from + shown.length).toLocaleString('en-US')}`;
  return { shown, page, pages, range: shown.length === 0 ? '0' : range };
}

/** The buttons are kept while pages are turned, so that the focus stays where it is. */
export function pager(place: HTMLElement, turn: (page: number) => void): (state: Paged<unknown>) => void {
  let now = 1;
  const back = element('button', { type: 'button' }, '‹ Back');
  const on = element('button', { type: 'button' }, 'Next ›');
  const text = element('span', {});
  back.addEventListener('click', () => turn(now - 1));
  on.addEventListener('click', () => turn(now + 1));
  place.append(back, text, on);
  return ({ page, pages }) => {
    now = page;
    place.hidden = pages === 1;
    back.disabled = page === 1;
    on.disabled = page === pages;
    text.textContent = `Page ${page.toLocaleString('en-US')} of ${pages.toLocaleString('en-US')}`;
  };
}

/** Rows of a page on the screen, and on paper, where nobody can turn pages. */
const rowsOnScreen = 25;
const rowsOnPaper = 60;

/** Shows again with the number of rows that fits, now and whenever the page is printed. */
export function whenPrinted(show: (rows: number) => void): void {
  window.addEventListener('beforeprint', () => show(rowsOnPaper));
  window.addEventListener('afterprint', () => show(rowsOnScreen));
  show(rowsOnScreen);
}
