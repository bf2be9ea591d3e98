/** One page of a repository: which images are there, at each destination, and lack a child or a layer. */

import type { Digest } from '../image/digest.ts';
import type { Registry } from '../image/registry.ts';
import type { Ports } from '../ports.ts';
import { imagesPerCall, inBatches } from '../replication/reads.ts';
import type { ManifestPorts } from '../sweep/manifest-ports.ts';
import { type Incomplete, incompleteness, type Manifest, type TopImage } from '../sweep/wholeness.ts';

type CheckPorts = Pick<Ports, 'readImages'> & Pick<ManifestPorts, 'readManifests' | 'readLayers'>;

/** Manifests are read at the source only, once; destinations are asked for images and layers. Throws when one cannot be read. */
export async function checkManifests(
  ports: CheckPorts,
  source: Registry,
  repository: string,
  images: readonly TopImage[],
  destinations: readonly Registry[],
): Promise<readonly Incomplete[]> {
  const own = await ports.readManifests(
    source,
    repository,
    images.map(({ digest }) => digest),
  );
  const children = [...own.values()].flatMap((manifest) => manifest.children.map(({ digest }) => digest));
  const unread = [...new Set(children)].filter((digest) => !own.has(digest));
  const manifests = new Map([...own, ...(await ports.readManifests(source, repository, unread))]);
  const found: Incomplete[] = [];
  for (const destination of destinations) {
    const seen = await seenAt(ports, destination, repository, manifests, [
      ...images.map(({ digest }) => digest),
      ...children,
    ]);
    for (const image of images) {
      const lacks = incompleteness(image, manifests, seen);
      if (lacks !== undefined) found.push({ source, destination, repository, image, ...lacks });
    }
  }
  return found;
}

/** Layers are only asked for where the image is there that needs them. */
async function seenAt(
  ports: CheckPorts,
  registry: Registry,
  repository: string,
  manifests: ReadonlyMap<Digest, Manifest>,
  digests: readonly Digest[],
) {
  const batches = inBatches([...new Set(digests)], imagesPerCall);
  const sightings = await ports.readImages({ registry, repository, batches });
  const images = new Set<Digest>();
  for (const [digest, sighting] of sightings) {
    if (sighting.is === 'present') images.add(digest);
    if (sighting.is === 'unreadable' && sighting.why !== 'repository-not-found')
      throw new Error(`images cannot be read in ${registry.region}: ${sighting.why}`);
  }
  const needed = [...images].flatMap((digest) => manifests.get(digest)?.layers ?? []);
  const layers =
    needed.length === 0
      ? new Map<Digest, never>()
      : await ports.readLayers(registry, repository, [...new Set(needed)]);
  return { images, layers };
}
