/** Inventories for tests of the comparison: images by name, a day old unless said otherwise. */

import type { InventoryImage } from '../../lib/sweep/comparison.ts';
import { digestOf } from '../samples.ts';
import { morning } from '../world.ts';

export const yesterday = morning - 24 * 60 * 60 * 1000;

/** An image with its name for a tag; `tags: []` for one without. */
export function imageOf(name: string, change: Partial<InventoryImage> = {}): InventoryImage {
  return { digest: digestOf(name), tags: [name], storage: 'ACTIVE', pushedAt: yesterday, ...change };
}
