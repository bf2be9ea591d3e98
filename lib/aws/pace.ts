/** ECR calls at an even pace: each registry has its budget, and every try counts, those that the SDK repeats as well. */

import { type Registry, registryKey } from '../image/registry.ts';
import type { Pace } from './clients.ts';

export interface CountingPace extends Pace {
  /** Port `takeCalls`. */
  readonly takeCalls: () => ReadonlyMap<string, number>;
}

interface Clock {
  /** Milliseconds, of a clock that nobody sets. */
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

const realClock: Clock = {
  // Not `performance`: the first use of it loads a module that nothing else here needs.
  now: () => Number(process.hrtime.bigint()) / 1e6,
  pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/**
 * One call after another, evenly spaced: a second's worth at once would be a burst to whoever else asks. How fast a
 * throttled registry is asked again is the SDK's business (its retry mode `adaptive`); it never is faster than this.
 * `unpaced`: commands that neither wait here nor count. A registry that throttles holds them back as well.
 */
export function createPace(
  callsPerSecond: number,
  unpaced: ReadonlySet<string> = new Set(),
  { now, pause }: Clock = realClock,
): CountingPace {
  const gap = 1000 / callsPerSecond;
  const nextAt = new Map<string, number>();
  const calls = new Map<string, number>();

  async function turn(registry: Registry, command: string): Promise<void> {
    if (unpaced.has(command)) return;
    const key = registryKey(registry);
    calls.set(registry.region, (calls.get(registry.region) ?? 0) + 1);
    const at = Math.max(now(), nextAt.get(key) ?? 0);
    nextAt.set(key, at + gap);
    const wait = at - now();
    if (wait > 0) await pause(wait);
  }

  return {
    beforeCall: turn,
    patient: true,
    takeCalls: () => {
      const made = new Map(calls);
      calls.clear();
      return made;
    },
  };
}
