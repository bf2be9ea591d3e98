/** A keyed collection that is paged by position: a page costs what it holds, however large the shelf is. */

/** Where the next page begins: a slot, and the entry within that slot's item. */
export interface Position {
  readonly slot: number;
  readonly entry: number;
}

export interface Page<E> {
  readonly entries: readonly E[];
  readonly next: Position | undefined;
}

export interface Shelf<T> {
  readonly get: (key: string) => T | undefined;
  readonly put: (key: string, item: T) => void;
  readonly remove: (key: string) => void;
  readonly items: () => Iterable<T>;
  readonly size: () => number;
  /** At most `limit` entries from `from` on; `entriesOf` says what an item shows: nothing, one entry, or several. */
  readonly page: <E>(from: Position, limit: number, entriesOf: (item: T) => readonly E[]) => Page<E>;
}

export const firstPosition: Position = { slot: 0, entry: 0 };

export function createShelf<T>(): Shelf<T> {
  // A removed item leaves a hole, so that a token of somebody who is paging stays a valid position.
  const slots: (T | undefined)[] = [];
  const slotOf = new Map<string, number>();

  function get(key: string): T | undefined {
    const slot = slotOf.get(key);
    return slot === undefined ? undefined : slots[slot];
  }

  function put(key: string, item: T): void {
    const slot = slotOf.get(key);
    if (slot !== undefined) {
      slots[slot] = item;
      return;
    }
    slotOf.set(key, slots.length);
    slots.push(item);
  }

  function remove(key: string): void {
    const slot = slotOf.get(key);
    if (slot === undefined) return;
    slots[slot] = undefined;
    slotOf.delete(key);
  }

  function* items(): Iterable<T> {
    for (const item of slots) if (item !== undefined) yield item;
  }

  function page<E>(from: Position, limit: number, entriesOf: (item: T) => readonly E[]): Page<E> {
    const entries: E[] = [];
    for (let slot = from.slot; slot < slots.length; slot++) {
      const item = slots[slot];
      if (item === undefined) continue;
      const skipped = slot === from.slot ? from.entry : 0;
      for (const [entry, shown] of entriesOf(item).entries()) {
        if (entry < skipped) continue;
        if (entries.length === limit) return { entries, next: { slot, entry } };
        entries.push(shown);
      }
    }
    return { entries, next: undefined };
  }

  return { get, put, remove, items, size: () => slotOf.size, page };
}
