/** Keeps a slow pass as it goes, so that whoever dies in the middle, or has no more time, is gone on from. */

import type { Registry } from '../image/registry.ts';
import type { Ports } from '../ports.ts';
import type { Cycle } from '../sweep/cycle.ts';
import type { CycleName, CyclePorts } from '../sweep/cycle-ports.ts';

/**
 * A minute is what is gone through again after a death. A save writes all lines, up to 300 KB and as many write units:
 * not for each of a thousand small repositories.
 */
const everyMs = 60_000;

export interface CycleKeeper {
  /** How far the pass is: saved when it is time to. */
  readonly note: (cycle: Cycle) => Promise<void>;
  /** Saves what was noted last, if that is not saved yet. */
  readonly keep: () => Promise<void>;
}

/** `previous`: as it is saved. */
export function cycleKeeper(
  ports: Pick<CyclePorts, 'saveCycle'> & Pick<Ports, 'now'>,
  name: CycleName,
  source: Registry,
  previous: Cycle | undefined,
): CycleKeeper {
  let savedAt = ports.now();
  let saved = previous;
  let noted = previous;
  async function keep(): Promise<void> {
    if (noted === undefined || noted === saved) return;
    await ports.saveCycle(name, source, noted);
    saved = noted;
    savedAt = ports.now();
  }
  return {
    note: async (cycle) => {
      noted = cycle;
      if (ports.now() >= savedAt + everyMs) await keep();
    },
    keep,
  };
}

/** What `pass` comes to is kept, and where it stopped when it fails. Then the fault is what matters, not that it could not be kept. */
export async function keptBy(keeper: CycleKeeper, pass: () => Promise<Cycle>): Promise<Cycle> {
  try {
    const cycle = await pass();
    await keeper.note(cycle);
    await keeper.keep();
    return cycle;
  } catch (error) {
    await keeper.keep().catch(() => undefined);
    throw error;
  }
}
