/** What one listing of a source repository showed: each image once, found by its digest or by one of its tags. */

import type { Digest } from '../image/digest.ts';
import type { InventoryImage } from './comparison.ts';

/** Images are spoken of by their place in `images`: a destination needs a byte an image, not a copy of it. */
export interface SourcePicture {
  readonly images: readonly InventoryImage[];
  readonly placeOf: (digest: Digest) => number | undefined;
  readonly placeOfTag: (tag: string) => number | undefined;
}

export interface PictureInTheMaking extends SourcePicture {
  /** An image that a later page shows again counts as that page shows it: pages are no snapshot. */
  readonly add: (images: readonly InventoryImage[]) => void;
}

export function createPicture(): PictureInTheMaking {
  const images: InventoryImage[] = [];
  const places = new Map<Digest, number>();
  const tags = new Map<string, number>();
  return {
    images,
    placeOf: (digest) => places.get(digest),
    placeOfTag: (tag) => tags.get(tag),
    add: (page) => {
      for (const image of page) {
        const place = places.get(image.digest) ?? images.length;
        places.set(image.digest, place);
        images[place] = image;
        for (const tag of image.tags) tags.set(tag, place);
      }
    },
  };
}
