// What the reader has chosen, kept in the address: a link shared is a view shared.

import { everything, hashOf, type Query, queryOf } from '../report/query.ts';

export interface Choice {
  readonly now: () => Query;
  /** Changes a part of it. */
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
      writeToAddress(hashOf(query));
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

/** A viewer that shows the file in a frame of its own may not let it: then the choice holds, and cannot be shared. */
function writeToAddress(hash: string): void {
  try {
    history.replaceState(null, '', hash === '' ? location.pathname + location.search : `#${hash}`);
  } catch {
    return;
  }
}
