/** What a slow pass asks of the world, besides lib/ports.ts. */

import type { Registry } from '../image/registry.ts';
import type { Cycle } from './cycle.ts';

export type CycleName = 'settings' | 'manifests';

export interface CyclePorts {
  readonly readCycle: (name: CycleName, registry: Registry) => Promise<Cycle | undefined>;
  /** Two runs at once would both go on from the same place: what is found twice is told once. */
  readonly saveCycle: (name: CycleName, registry: Registry, cycle: Cycle) => Promise<void>;
}
