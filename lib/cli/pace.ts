/** How many calls a second: each waits for its turn, and is counted. */

import { setTimeout } from 'node:timers/promises';

export interface Pace {
  readonly beforeCall: () => Promise<void>;
  readonly calls: () => number;
}

/** `perSecond`: at most, evenly spread; absent: as fast as they come. */
export function createPace(perSecond: number | undefined): Pace {
  let calls = 0;
  let nextAt = 0;
  return {
    beforeCall: async () => {
      calls += 1;
      if (perSecond === undefined) return;
      const now = Date.now();
      const at = Math.max(now, nextAt);
      nextAt = at + 1000 / perSecond;
      if (at > now) await setTimeout(at - now);
    },
    calls: () => calls,
  };
}
