// What the reader has chosen, kept in the address: a link shared is a view shared.

import { everything, hashOf, type Query, queryOf } from '../report/query.ts';

export interface Choice {
  readonly now: () => Query;
  /** Changes a part of it; pages begin anew unless the change names one. */
  readonly change: (part: Partial<Query>) => void;
  readonly onChange: (show: (query: Query) => void) => void;
}

export function choiceInAddress(): Choice {
  const listeners: ((query: Query) => void)[] = [];
  let query = fromAddress() ?? everything;
  const tell = (): void => {
    for (const show of listeners) show(query);
  };
  window.addEventListener('hashchange', () => {
    const read = fromAddress();
    if (read === undefined) return;
    query = read;
    tell();
  });
  return {
    now: () => query,
    change: (part) => {
      query = { ...query, ...part };
      const hash = hashOf(query);
      history.replaceState(null, '', hash === '' ? location.pathname + location.search : `#${hash}`);
      tell();
    },
    onChange: (show) => {
      listeners.push(show);
      show(query);
    },
  };
}

/** `#findings` is a place in the page, not a choice. */
function fromAddress(): Query | undefined {
  const { hash } = location;
  return hash === '' || hash.includes('=') ? queryOf(hash) : undefined;
}
