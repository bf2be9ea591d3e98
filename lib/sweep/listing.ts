/** The drifts of one repository at one destination as a result keeps them: the worst first, few enough for an item. */

import type { Digest } from '../image/digest.ts';
import type { Drift, InventoryImage } from './comparison.ts';
import { createPushes, type Part, partOf } from './part.ts';

export interface ListedDrift {
  readonly is: Drift['is'];
  readonly digest: Digest;
  /** Of a tag-mismatch the tag that is wrong, else the first one. */
  readonly tag?: string;
  readonly part: Part;
  /** The index that a child came with, as far as the times of their pushes tell. */
  readonly under?: Digest;
}

/** Some 200 bytes each: far below DynamoDB's 400 KB an item. */
export const mostListedDrifts = 100;

const order: readonly Drift['is'][] = ['missing', 'tag-mismatch', 'archived', 'history', 'extra'];

/** `indexes`: those of the source; a child may be missing whose index is there. */
export function listDrifts(
  drifts: readonly Drift[],
  indexes: readonly InventoryImage[],
): { readonly listed: readonly ListedDrift[]; readonly notListed: number } {
  const pushOf = createPushes([...indexes, ...drifts.map(({ image }) => image)]);
  const listed = order
    .flatMap((is) => drifts.filter((drift) => drift.is === is).slice(0, mostListedDrifts))
    .slice(0, mostListedDrifts)
    .map((drift): ListedDrift => {
      const { is, image } = drift;
      const push = pushOf(image);
      const tag = drift.is === 'tag-mismatch' ? drift.tag : image.tags[0];
      return {
        is,
        digest: image.digest,
        ...(tag === undefined ? {} : { tag }),
        ...(push === undefined ? { part: partOf(image) } : { part: 'child', under: push.digest }),
      };
    });
  return { listed, notListed: drifts.length - listed.length };
}
