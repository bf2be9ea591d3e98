/** Which calls a function makes side by side, from when each began and ended: a peer makes them side by side as well. */

import type { SeenCall } from '../../security/gate.ts';

export function sideBySide(calls: readonly SeenCall[]): readonly (readonly SeenCall[])[] {
  const groups: SeenCall[][] = [];
  let firstEnd = Number.NEGATIVE_INFINITY;
  for (const call of calls) {
    if (call.begin >= firstEnd) {
      groups.push([]);
      firstEnd = Number.POSITIVE_INFINITY;
    }
    groups.at(-1)?.push(call);
    firstEnd = Math.min(firstEnd, call.end ?? Number.POSITIVE_INFINITY);
  }
  return groups;
}

/** A statement of JavaScript that waits for all of them. */
export function waitForAll(expressions: readonly string[]): string {
  return expressions.length === 1
    ? `await ${expressions.join()};`
    : `await Promise.all([${expressions.join(', ')}]);`;
}
