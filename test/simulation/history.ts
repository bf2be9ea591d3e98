/** Values that change, each with the times at which it did: what a look could have seen is asked afterwards. */

export interface History<T> {
  readonly get: (key: string) => T;
  readonly set: (key: string, value: T) => void;
  /** Every value that it had at some time between two times, both included; oldest first. */
  readonly during: (key: string, from: number, to: number) => readonly T[];
  /** The times between two times at which it changed. */
  readonly changes: (key: string, from: number, to: number) => readonly number[];
  readonly keys: () => readonly string[];
  readonly at: (key: string, time: number) => T;
}

interface Version<T> {
  readonly since: number;
  readonly value: T;
}

export function createHistory<T>(now: () => number, initial: T): History<T> {
  const byKey = new Map<string, Version<T>[]>();
  const none: readonly Version<T>[] = [{ since: Number.NEGATIVE_INFINITY, value: initial }];
  const versions = (key: string): readonly Version<T>[] => byKey.get(key) ?? none;

  return {
    get: (key) => versions(key).at(-1)?.value ?? initial,
    set: (key, value) => {
      const known = byKey.get(key);
      if (known === undefined) byKey.set(key, [...none, { since: now(), value }]);
      else known.push({ since: now(), value });
    },
    during: (key, from, to) => {
      const found: T[] = [];
      const all = versions(key);
      for (const [index, { since, value }] of all.entries()) {
        const until = all[index + 1]?.since ?? Number.POSITIVE_INFINITY;
        if (since <= to && until >= from) found.push(value);
      }
      return found;
    },
    changes: (key, from, to) =>
      versions(key).flatMap(({ since }) => (since > from && since <= to ? [since] : [])),
    keys: () => [...byKey.keys()],
    at: (key, time) => versions(key).findLast(({ since }) => since <= time)?.value ?? initial,
  };
}
