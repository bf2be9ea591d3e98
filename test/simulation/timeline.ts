/** Virtual time: what is to happen, in the order of its time. Nothing sleeps; the clock jumps to what is next. */

import { setImmediate } from 'node:timers/promises';

export interface Timeline {
  /** Epoch milliseconds of the world; what a clock in it shows may be seconds off. */
  readonly now: () => number;
  readonly at: (time: number, what: () => void) => void;
  readonly after: (seconds: number, what: () => void) => void;
  /**
   * Happens what is due up to `end`, each thing to its last consequence before the next one begins; ends early as
   * soon as `isOver`.
   */
  readonly run: (end: number, isOver: () => boolean) => Promise<void>;
}

interface Entry {
  readonly time: number;
  /** Of two things at one time the one that was planned first happens first. */
  readonly order: number;
  readonly what: () => void;
}

export function createTimeline(start: number): Timeline {
  const heap: Entry[] = [];
  let now = start;
  let order = 0;

  function at(time: number, what: () => void): void {
    order += 1;
    push(heap, { time: Math.max(time, now), order, what });
  }

  return {
    now: () => now,
    at,
    after: (seconds, what) => at(now + seconds * 1000, what),
    run: async (end, isOver) => {
      for (;;) {
        const next = heap[0];
        if (next === undefined || next.time > end) break;
        pop(heap);
        now = next.time;
        next.what();
        // Promises that this has settled run their course: all of them are through before a macrotask begins.
        await setImmediate();
        if (isOver()) return;
      }
      now = end;
    },
  };
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !isBefore(entry, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    const left = heap[child];
    if (left === undefined) break;
    const right = heap[child + 1];
    if (right !== undefined && isBefore(right, left)) child += 1;
    const smaller = heap[child];
    if (smaller === undefined || !isBefore(smaller, last)) break;
    heap[at] = smaller;
    at = child;
  }
  heap[at] = last;
}
