/** Manifests and layers, read by the calls that pulling is made of: only the function that was asked for has them. */

import { createHash } from 'node:crypto';
import {
  BatchCheckLayerAvailabilityCommand,
  BatchGetImageCommand,
  DescribeImagesCommand,
  RegisterPullTimeUpdateExclusionCommand,
} from '@aws-sdk/client-ecr';
import pLimit from 'p-limit';
import type { Digest } from '../image/digest.ts';
import { inBatches } from '../replication/reads.ts';
import type { ManifestPorts } from '../sweep/manifest-ports.ts';
import type { LayerState, Manifest } from '../sweep/wholeness.ts';
import { type AnsweredImage, answered, answeredImage, imagePage } from './answer.ts';
import type { EcrClientFor } from './clients.ts';
import { parseManifest } from './manifest.ts';
import { checkedLayers, gotImages, pullTimeExclusion } from './manifest-answers.ts';
import { isNamed } from './read-fault.ts';

/** ECR API Reference: DescribeImages 1,000 a page, BatchGetImage and BatchCheckLayerAvailability 100 a call. */
const imagesPerPage = 1_000;
const perCall = 100;
/**
 * Their rate AWS publishes, 2,000 and 1,000 a second (ECR service quotas): a slow pass takes a trifle of that, and no
 * budget needs to spare them.
 */
export const unpacedCommands: ReadonlySet<string> = new Set([
  'BatchGetImageCommand',
  'BatchCheckLayerAvailabilityCommand',
]);
/** Calls under way at once. */
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

/** `principalArn`: the role whose pulls are to leave no trace. */
export function manifestPorts(clientFor: EcrClientFor, principalArn: string): ManifestPorts {
  return {
    excludePulls: async (registry) => {
      try {
        const command = new RegisterPullTimeUpdateExclusionCommand({ principalArn });
        const call = 'RegisterPullTimeUpdateExclusion';
        const answer = answered(call, pullTimeExclusion, await clientFor(registry).send(command));
        if (answer.principalArn !== principalArn) throw new Error(`${call} answered for somebody else`);
      } catch (error) {
        if (!isNamed(error, 'ExclusionAlreadyExistsException')) throw error;
      }
    },

    readTops: async (registry, repositoryName, from) => {
      try {
        const answer = await clientFor(registry).send(
          new DescribeImagesCommand({
            registryId: registry.account,
            repositoryName,
            maxResults: imagesPerPage,
            nextToken: from,
          }),
        );
        const { imageDetails, nextToken } = answered('DescribeImages', imagePage, answer);
        if (nextToken !== undefined && nextToken === from)
          throw new Error('DescribeImages answered the same page twice');
        const images = imageDetails.map((one) => answeredImage('DescribeImages', one)).filter(isTop);
        return {
          images: images.map(({ imageDigest, imageTags }) => ({ digest: imageDigest, tags: imageTags })),
          ...(nextToken === undefined ? {} : { next: nextToken }),
        };
      } catch (error) {
        if (isNamed(error, 'RepositoryNotFoundException')) return 'gone';
        throw error;
      }
    },

    readManifests: async (registry, repositoryName, digests) => {
      const found = new Map<Digest, Manifest>();
      await inParallel(digests, async (batch) => {
        const answer = await clientFor(registry).send(
          new BatchGetImageCommand({
            registryId: registry.account,
            repositoryName,
            imageIds: batch.map((imageDigest) => ({ imageDigest })),
            acceptedMediaTypes,
          }),
        );
        const { images, failures } = answered('BatchGetImage', gotImages, answer);
        for (const { imageId, imageManifest } of images) {
          if (!isOf(imageId.imageDigest, imageManifest))
            throw new Error('BatchGetImage answered a manifest that its digest is not of');
          const manifest = parseManifest(imageManifest);
          if (manifest !== undefined) found.set(imageId.imageDigest, manifest);
        }
        const named = [...images, ...failures].map(({ imageId }) => imageId.imageDigest);
        checkNamed('BatchGetImage', batch, named);
      });
      return found;
    },

    readLayers: async (registry, repositoryName, digests) => {
      const found = new Map<Digest, LayerState>();
      await inParallel(digests, async (batch) => {
        const answer = await clientFor(registry).send(
          new BatchCheckLayerAvailabilityCommand({
            registryId: registry.account,
            repositoryName,
            layerDigests: [...batch],
          }),
        );
        const { layers, failures } = answered('BatchCheckLayerAvailability', checkedLayers, answer);
        for (const { layerDigest } of failures) found.set(layerDigest, 'unknown');
        // An archived layer is there, and its image says of itself that it is archived.
        for (const { layerDigest, layerAvailability } of layers)
          found.set(layerDigest, layerAvailability === 'UNAVAILABLE' ? 'missing' : 'available');
        checkNamed('BatchCheckLayerAvailability', batch, [...found.keys()]);
      });
      return found;
    },
  };
}

function isTop({ imageTags, imageManifestMediaType = '' }: AnsweredImage): boolean {
  return imageTags.length > 0 || indexTypes.includes(imageManifestMediaType);
}

/** A manifest says what an image needs: one that is not to the letter what was pushed could leave something out. */
function isOf(digest: Digest, manifest: string): boolean {
  const [algorithm, encoded] = digest.split(':');
  return algorithm !== 'sha256' || createHash('sha256').update(manifest).digest('hex') === encoded;
}

function checkNamed(call: string, asked: readonly Digest[], named: readonly Digest[]): void {
  const known = new Set(named);
  if (!asked.every((digest) => known.has(digest))) throw new Error(`${call} left out what it was asked for`);
}

async function inParallel(
  digests: readonly Digest[],
  ask: (batch: readonly Digest[]) => Promise<void>,
): Promise<void> {
  const limit = pLimit(callsAtOnce);
  await Promise.all(inBatches(digests, perCall).map((batch) => limit(() => ask(batch))));
}
