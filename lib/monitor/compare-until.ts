/** A comparison that stops when its time is up: what was through by then counts, the rest is for another run. */

import type { CompareMessage } from '../event/sweep-message.ts';
import { type Registry, sameRegistry } from '../image/registry.ts';
import type { Policies } from '../policies.ts';
import type { Ports } from '../ports.ts';
import type { DestinationComparison, InventoryImage, RepositoryComparison } from '../sweep/comparison.ts';
import { partOf } from '../sweep/part.ts';
import { compareRepository } from './compare-repository.ts';

/** What one reading gave, as far as it came. */
export interface Attempt {
  /** Undefined: the time was up before all was read. */
  readonly whole: RepositoryComparison | undefined;
  readonly through: readonly DestinationComparison[];
  /** Of the source: what an untagged child may have come with. */
  readonly indexes: readonly InventoryImage[];
  /** Some image of the source. */
  readonly example: InventoryImage | undefined;
}

class TimeIsUp extends Error {}

/** `endsAt`: after this no page is asked for any more (epoch ms). */
export async function compareUntil(
  ports: Pick<Ports, 'now' | 'readInventory'>,
  policies: Pick<Policies, 'looks'>,
  message: CompareMessage,
  endsAt: number,
): Promise<Attempt> {
  const { source, repository, destinations } = message;
  const through: DestinationComparison[] = [];
  const indexes: InventoryImage[] = [];
  let example: InventoryImage | undefined;
  const readInventory: Ports['readInventory'] = async (registry, name, from) => {
    if (ports.now() >= endsAt) throw new TimeIsUp();
    const page = await ports.readInventory(registry, name, from);
    if (page.is === 'read' && sameRegistry(registry, source)) {
      example ??= page.images[0];
      indexes.push(...page.images.filter((image) => partOf(image) === 'index'));
    }
    return page;
  };
  const wanted = {
    source,
    repository,
    destinations: destinations.map(({ registry }) => registry),
    historyBefore: (destination: Registry) =>
      destinations.find(({ registry }) => sameRegistry(registry, destination))?.expectedSince,
  };
  const own = { now: ports.now, readInventory };
  const whole = await compareRepository(own, policies, wanted, (progress) => {
    if (progress.is === 'compared') through.push(progress.comparison);
  }).catch((error: unknown) => {
    if (error instanceof TimeIsUp) return undefined;
    throw error;
  });
  return { whole, through, indexes, example };
}
