/** What an entry of an inventory is, as far as its media types, its tags and its neighbours tell: nothing here pulls a manifest. */

import type { InventoryImage } from './comparison.ts';

export type Part = 'image' | 'index' | 'child' | 'signature' | 'attestation' | 'other';

const indexTypes = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);
const imageConfigs = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]);
// Notation, and cosign's bundles, which hold either; cosign pushes signatures as such unless told otherwise.
const signatureTypes = /^application\/vnd\.(?:cncf\.notary\.signature|dev\.cosign\.|dev\.sigstore\.bundle)/;
const attestationTypes = /^application\/(?:vnd\.in-toto|vnd\.dsse\.|spdx|vnd\.cyclonedx|sarif|vnd\.slsa)/;
// cosign, "Tag-based discovery": what speaks of a digest is tagged by it.
const cosignTag = /^sha256-[0-9a-f]{64}\.(sig|att|sbom)$/;

/** Whatever is not known is `other`. A `child` shows only beside its index: see `createPushes`. */
export function partOf({ tags, mediaType, artifactMediaType, subject }: InventoryImage): Part {
  for (const tag of tags) {
    const [, kind] = cosignTag.exec(tag) ?? [];
    if (kind !== undefined) return kind === 'sig' ? 'signature' : 'attestation';
  }
  if (artifactMediaType !== undefined) {
    if (signatureTypes.test(artifactMediaType)) return 'signature';
    if (attestationTypes.test(artifactMediaType)) return 'attestation';
  }
  if (subject !== undefined) return 'other';
  if (mediaType !== undefined && indexTypes.has(mediaType)) return 'index';
  if (artifactMediaType !== undefined) return imageConfigs.has(artifactMediaType) ? 'image' : 'other';
  return 'image';
}

/** docker pushes the children of an index right before it. */
const togetherMs = 5_000;

/**
 * The push that an untagged image came with: the first index that was pushed at the same time or within seconds after.
 * Only the manifest of the index would prove it; this is what the times tell, good enough to list by.
 */
export function createPushes(
  images: Iterable<InventoryImage>,
): (image: InventoryImage) => InventoryImage | undefined {
  const indexes = [...images]
    .filter((image) => partOf(image) === 'index' && image.pushedAt !== undefined)
    .sort((a, b) => (a.pushedAt ?? 0) - (b.pushedAt ?? 0));
  return (image) => {
    const { pushedAt, tags } = image;
    if (pushedAt === undefined || tags.length > 0 || partOf(image) !== 'image') return undefined;
    let [low, high] = [0, indexes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((indexes[middle]?.pushedAt ?? 0) < pushedAt) low = middle + 1;
      else high = middle;
    }
    const next = indexes[low];
    return next !== undefined && (next.pushedAt ?? 0) - pushedAt <= togetherMs ? next : undefined;
  };
}
