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
  /** Saves when it is time to. */
  readonly note: (cycle: Cycle) => Promise<void>;
  /** Answers what it has saved. */
  readonly save: (cycle: Cycle) => Promise<Cycle>;
}

export function cycleKeeper(
  ports: Pick<CyclePorts, 'saveCycle'> & Pick<Ports, 'now'>,
  name: CycleName,
  source: Registry,
): CycleKeeper {
  let savedAt = ports.now();
  async function save(cycle: Cycle): Promise<Cycle> {
    await ports.saveCycle(name, source, cycle);
    savedAt = ports.now();
    return cycle;
  }
  return {
    note: async (cycle) => {
      if (ports.now() >= savedAt + everyMs) await save(cycle);
    },
    save,
  };
}
