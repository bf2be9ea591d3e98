/** A Region that does not answer costs the better part of a minute a call: after a few it is taken at its silence. */

import { type Registry, registryKey } from '../image/registry.ts';
import type { Ports } from '../ports.ts';

type ReadInventory = Ports['readInventory'];

/** Calls in a row that went unanswered; one answer and it is asked again. */
const mostUnanswered = 3;

/** The same port, which from then on answers for a silent registry at once, and goes on reading the others. */
export function skippingSilent(readInventory: ReadInventory): ReadInventory {
  const unanswered = new Map<string, number>();
  return async (registry: Registry, repository, from) => {
    const key = registryKey(registry);
    if ((unanswered.get(key) ?? 0) >= mostUnanswered) return { is: 'unreadable', why: 'region-unavailable' };
    const reading = await readInventory(registry, repository, from);
    const isSilent = reading.is === 'unreadable' && reading.why === 'region-unavailable';
    unanswered.set(key, isSilent ? (unanswered.get(key) ?? 0) + 1 : 0);
    return reading;
  };
}
