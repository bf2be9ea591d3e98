/** Whether an image is whole at a destination: an index with its children, each of them with its layers, in one finding. */

import type { Digest } from '../image/digest.ts';
import type { Registry } from '../image/registry.ts';

/** What a manifest needs to be of use. Children of an index, or layers (its configuration among them) of an image. */
export interface Manifest {
  readonly children: readonly { readonly digest: Digest; readonly platform?: string }[];
  readonly layers: readonly Digest[];
}

/** An image that people pull: an index, or a tagged image. */
export interface TopImage {
  readonly digest: Digest;
  readonly tags: readonly string[];
}

export type LayerState = 'available' | 'missing' | 'unknown';

/** One image that is there, and lacks something. */
export interface Incomplete {
  readonly source: Registry;
  readonly destination: Registry;
  readonly repository: string;
  readonly image: TopImage;
  /** Children that are not there at all. */
  readonly children: readonly { readonly digest: Digest; readonly platform?: string }[];
  /** Layers that are not there, of the image itself or of a child that is. */
  readonly layers: readonly Digest[];
}

/** What is known of one destination's repository. A layer that was not asked about is `unknown`, which is not missing. */
export interface Seen {
  readonly images: ReadonlySet<Digest>;
  readonly layers: ReadonlyMap<Digest, LayerState>;
}

/** `manifests`: of the image and of its children, as the source has them. Undefined when nothing is known to be lacking. */
export function incompleteness(
  image: TopImage,
  manifests: ReadonlyMap<Digest, Manifest>,
  { images, layers }: Seen,
): Pick<Incomplete, 'children' | 'layers'> | undefined {
  // An image that is not there is missing, not incomplete: the sweep tells of it.
  const own = images.has(image.digest) ? manifests.get(image.digest) : undefined;
  if (own === undefined) return undefined;
  const children = own.children.filter(({ digest }) => !images.has(digest));
  const present = own.children.filter(({ digest }) => images.has(digest));
  const needed = [...own.layers, ...present.flatMap(({ digest }) => manifests.get(digest)?.layers ?? [])];
  const lost = [...new Set(needed)].filter((layer) => layers.get(layer) === 'missing');
  return children.length + lost.length === 0 ? undefined : { children, layers: lost };
}
