/** Which faults strike now: bursts of the story, drawn call by call; each that has struck is counted. */

import type { Random } from './random.ts';
import { type FaultKind, faultKinds } from './story.ts';

export interface Faults {
  readonly begin: (burst: { fault: FaultKind; rate: number; where?: string; until: number }) => void;
  /** `where`: `ACCOUNT/REGION`; a burst that names a place strikes only there. */
  readonly strikes: (fault: FaultKind, where?: string) => boolean;
  /** The same for what is drawn once, whatever else happens: the fate of one event. */
  readonly strikesOnce: (fault: FaultKind, key: string, where?: string) => boolean;
  readonly counts: ReadonlyMap<FaultKind, number>;
  /** When the last one struck that can keep the monitor from its work (epoch ms). */
  readonly lastAt: () => number;
  /** Something else has held the work up. */
  readonly disturb: () => void;
  readonly end: () => void;
}

interface Burst {
  readonly rate: number;
  readonly where?: string;
  readonly until: number;
}

/** These concern one event, and whoever asks about it knows when it came. */
const ofOneEvent = new Set<FaultKind>(['event-lost', 'event-doubled', 'event-late']);

export function createFaults(now: () => number, random: Random): Faults {
  const bursts = new Map<FaultKind, Burst[]>();
  const streams = new Map(faultKinds.map((kind) => [kind, random.named(kind)]));
  const counts = new Map<FaultKind, number>();
  let last = Number.NEGATIVE_INFINITY;

  function rateOf(fault: FaultKind, where: string | undefined): number {
    let rate = 0;
    for (const burst of bursts.get(fault) ?? []) {
      if (burst.until > now() && (burst.where === undefined || burst.where === where))
        rate = Math.max(rate, burst.rate);
    }
    return rate;
  }

  function count(fault: FaultKind): true {
    counts.set(fault, (counts.get(fault) ?? 0) + 1);
    if (!ofOneEvent.has(fault)) last = now();
    return true;
  }

  return {
    begin: ({ fault, ...burst }) => bursts.set(fault, [...(bursts.get(fault) ?? []), burst]),
    strikes: (fault, where) => {
      if (!bursts.has(fault)) return false;
      const rate = rateOf(fault, where);
      return rate > 0 && (streams.get(fault)?.happens(rate) ?? false) && count(fault);
    },
    strikesOnce: (fault, key, where) => {
      const rate = rateOf(fault, where);
      return rate > 0 && random.named(`${fault} ${key}`).happens(rate) && count(fault);
    },
    counts,
    lastAt: () => last,
    disturb: () => {
      last = now();
    },
    end: () => bursts.clear(),
  };
}
