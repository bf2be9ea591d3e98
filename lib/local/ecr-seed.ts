/** Large repositories for benchmarks and sweeps: images put in as they are, digest and all. */

import type { Registry } from '../image/registry.ts';
import { addImage, addRepository, moveTag } from './ecr-repository.ts';
import { type EcrState, type ImageStatus, registryOf } from './ecr-state.ts';

export interface SeedImage {
  readonly digest: string;
  readonly tags?: readonly string[];
  /** Epoch milliseconds; now, if nothing is said. */
  readonly pushedAt?: number;
  readonly status?: ImageStatus;
  readonly mediaType?: string;
  readonly artifactMediaType?: string;
  /** Of a referrer: the digest that it speaks of. */
  readonly subject?: string;
  readonly sizeInBytes?: number;
}

/** Makes the repository when there is none; an image that is already there gets the tags. */
export function seedImages(
  state: EcrState,
  registry: Registry,
  name: string,
  images: Iterable<SeedImage>,
): void {
  const held = registryOf(state, registry);
  const repository = held.repositories.get(name) ?? addRepository(held, { name }, state.now());
  for (const image of images) {
    const pushedAt = image.pushedAt ?? state.now();
    const added = repository.images.get(image.digest) ?? addImage(repository, madeUp(image), pushedAt);
    added.status = image.status ?? 'ACTIVE';
    if (added.status === 'ARCHIVED') added.archivedAt = pushedAt;
    for (const tag of image.tags ?? []) moveTag(repository, added, tag);
  }
}

function madeUp(image: SeedImage) {
  return {
    digest: image.digest,
    manifest: undefined,
    mediaType: image.mediaType ?? 'application/vnd.oci.image.manifest.v1+json',
    artifactMediaType: image.artifactMediaType ?? 'application/vnd.oci.image.config.v1+json',
    subject: image.subject,
    sizeInBytes: image.sizeInBytes ?? 31_359_093,
    children: none,
  };
}

const none: readonly string[] = [];
