/** Manifests and layers, read by the calls that pulling is made of: only the function that was asked for has them. */

import {
  BatchCheckLayerAvailabilityCommand,
  BatchGetImageCommand,
  DescribeImagesCommand,
  RegisterPullTimeUpdateExclusionCommand,
} from '@aws-sdk/client-ecr';
import pLimit from 'p-limit';
import { type Digest, isDigest } from '../image/digest.ts';
import { inBatches } from '../replication/reads.ts';
import type { ManifestPorts } from '../sweep/manifest-ports.ts';
import type { LayerState, Manifest } from '../sweep/wholeness.ts';
import type { EcrClientFor } from './clients.ts';
import { parseManifest } from './manifest.ts';
import { isNamed } from './read-fault.ts';

/** ECR API Reference: DescribeImages 1,000 a page, BatchGetImage and BatchCheckLayerAvailability 100 a call. */
const imagesPerPage = 1_000;
const perCall = 100;
/** Calls under way at once. ECR service quotas: 2,000 and 1,000 a second for the two, of which this is a trifle. */
const callsAtOnce = 4;

// Without these ECR answers what is not of its oldest types as not found (BatchGetImage, acceptedMediaTypes).
const indexTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const acceptedMediaTypes = [
  ...indexTypes,
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/**
 * `principalArn`: the role whose pulls are to leave no trace. `unpaced`: for the two calls whose rate AWS publishes,
 * which no budget needs to spare.
 */
export function manifestPorts(
  clientFor: EcrClientFor,
  unpaced: EcrClientFor,
  principalArn: string,
): ManifestPorts {
  return {
    excludePulls: async (registry) => {
      try {
        await clientFor(registry).send(new RegisterPullTimeUpdateExclusionCommand({ principalArn }));
      } catch (error) {
        if (!isNamed(error, 'ExclusionAlreadyExistsException')) throw error;
      }
    },

    readTops: async (registry, repositoryName, from) => {
      try {
        const { imageDetails = [], nextToken } = await clientFor(registry).send(
          new DescribeImagesCommand({
            registryId: registry.account,
            repositoryName,
            maxResults: imagesPerPage,
            nextToken: from,
          }),
        );
        const images = imageDetails.flatMap(({ imageDigest, imageTags = [], imageManifestMediaType = '' }) =>
          isDigest(imageDigest) && (imageTags.length > 0 || indexTypes.includes(imageManifestMediaType))
            ? [{ digest: imageDigest, tags: imageTags }]
            : [],
        );
        return { images, ...(nextToken === undefined ? {} : { next: nextToken }) };
      } catch (error) {
        if (isNamed(error, 'RepositoryNotFoundException')) return 'gone';
        throw error;
      }
    },

    readManifests: async (registry, repositoryName, digests) => {
      const found = new Map<Digest, Manifest>();
      await inParallel(digests, async (batch) => {
        const { images = [] } = await unpaced(registry).send(
          new BatchGetImageCommand({
            registryId: registry.account,
            repositoryName,
            imageIds: batch.map((imageDigest) => ({ imageDigest })),
            acceptedMediaTypes,
          }),
        );
        for (const { imageId, imageManifest = '' } of images) {
          const manifest = parseManifest(imageManifest);
          if (isDigest(imageId?.imageDigest) && manifest !== undefined)
            found.set(imageId.imageDigest, manifest);
        }
      });
      return found;
    },

    readLayers: async (registry, repositoryName, digests) => {
      const found = new Map<Digest, LayerState>();
      await inParallel(digests, async (batch) => {
        const { layers = [] } = await unpaced(registry).send(
          new BatchCheckLayerAvailabilityCommand({
            registryId: registry.account,
            repositoryName,
            layerDigests: [...batch],
          }),
        );
        for (const { layerDigest, layerAvailability } of layers)
          if (isDigest(layerDigest)) found.set(layerDigest, stateOf(layerAvailability));
      });
      return found;
    },
  };
}

/** An archived layer is there, and its image says of itself that it is archived. */
function stateOf(availability: string | undefined): LayerState {
  if (availability === 'UNAVAILABLE') return 'missing';
  return availability === 'AVAILABLE' || availability === 'ARCHIVED' ? 'available' : 'unknown';
}

async function inParallel(
  digests: readonly Digest[],
  ask: (batch: readonly Digest[]) => Promise<void>,
): Promise<void> {
  const limit = pLimit(callsAtOnce);
  await Promise.all(inBatches(digests, perCall).map((batch) => limit(() => ask(batch))));
}
