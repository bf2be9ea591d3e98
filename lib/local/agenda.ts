/** What is to happen at which time: taken out in due order, and in the order of entry where times are equal. */

export interface Agenda<T> {
  readonly add: (dueAt: number, item: T) => void;
  readonly nextDueAt: () => number | undefined;
  /** The earliest item that is due by `now`, taken out; undefined when nothing is. */
  readonly takeDue: (now: number) => { readonly dueAt: number; readonly item: T } | undefined;
}

interface Entry<T> {
  readonly dueAt: number;
  readonly number: number;
  readonly item: T;
}

/** A binary heap: a benchmark has hundreds of thousands of replicas on their way. */
export function createAgenda<T>(): Agenda<T> {
  const heap: Entry<T>[] = [];
  let entered = 0;

  function add(dueAt: number, item: T): void {
    entered += 1;
    const entry = { dueAt, number: entered, item };
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, entry)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = entry;
  }

  function takeDue(now: number): { readonly dueAt: number; readonly item: T } | undefined {
    const first = heap[0];
    if (first === undefined || first.dueAt > now) return undefined;
    const last = heap.pop();
    if (last !== undefined && last !== first) sink(last);
    return { dueAt: first.dueAt, item: first.item };
  }

  function sink(entry: Entry<T>): void {
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      if (left === undefined) break;
      const [child, step] = right !== undefined && isBefore(right, left) ? [right, 2] : [left, 1];
      if (isBefore(entry, child)) break;
      heap[at] = child;
      at = 2 * at + step;
    }
    heap[at] = entry;
  }

  return { add, takeDue, nextDueAt: () => heap[0]?.dueAt };
}

function isBefore(a: Entry<unknown>, b: Entry<unknown>): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.number < b.number);
}
