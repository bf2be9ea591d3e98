/** Orders that somebody placed for what is to come; each holds until it is removed or has been used up. */

interface Placed<T> {
  readonly order: T;
  /** Says that the order has been carried out once; the last of its `times` takes it out of the book. */
  readonly spend: () => void;
}

export interface OrderBook<T> {
  /** Answers a function that takes the order back. Without `times` it holds until then. */
  readonly place: (order: T, times?: number) => () => void;
  /** The orders that hold, in the order in which they were placed. */
  readonly standing: () => readonly Placed<T>[];
  readonly clear: () => void;
}

export function createOrderBook<T>(): OrderBook<T> {
  const book = new Set<Placed<T>>();

  function place(order: T, times = Number.POSITIVE_INFINITY): () => void {
    let left = times;
    const placed: Placed<T> = {
      order,
      spend: () => {
        left -= 1;
        if (left <= 0) book.delete(placed);
      },
    };
    if (times > 0) book.add(placed);
    return () => {
      book.delete(placed);
    };
  }

  return { place, standing: () => [...book], clear: () => book.clear() };
}

/** Spends and answers every standing order that `holds`. */
export function takeOrders<T>(book: OrderBook<T>, holds: (order: T) => boolean): T[] {
  const taken: T[] = [];
  for (const { order, spend } of book.standing()) {
    if (!holds(order)) continue;
    spend();
    taken.push(order);
  }
  return taken;
}
