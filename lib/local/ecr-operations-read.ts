/** The operations that read images: DescribeImages, ListImages, BatchGetImage, DescribeImageReplicationStatus. */

import * as v from 'valibot';
import { imageNotFound, invalidParameter, someImageNotFound } from './ecr-error.ts';
import { detailOf, type ImageFilter, idsOf, imageFilter, passes } from './ecr-image-view.ts';
import {
  checkImageIds,
  imageId,
  type Operations,
  paging,
  parseInput,
  readPage,
  scopeOf,
} from './ecr-input.ts';
import { findImage } from './ecr-repository.ts';
import { type EcrState, type Image, type Repository, registryOf, repositoryOf } from './ecr-state.ts';

const listing = { repositoryName: v.string(), ...paging, filter: v.optional(imageFilter, {}) };

const describeInput = v.object({ ...listing, imageIds: v.optional(v.array(imageId)) });
const listInput = v.object(listing);
const batchInput = v.object({ repositoryName: v.string(), imageIds: v.array(imageId) });
const statusInput = v.object({ repositoryName: v.string(), imageId });

type ImageId = v.InferOutput<typeof imageId>;

export const readOperations: Operations = {
  DescribeImages: (state, registry, input) => {
    const { imageIds, ...request } = parseInput(describeInput, input);
    const repository = repositoryOf(state, registry, request.repositoryName);
    if (imageIds !== undefined) return { imageDetails: detailsOf(state, repository, imageIds, request) };
    const { entries, ...next } = readPage(
      request,
      scopeOf('DescribeImages', registry, repository.name),
      (from, limit) =>
        repository.images.page(from, limit, (image) => (passes(image, request.filter) ? [image] : [])),
    );
    return { imageDetails: entries.map((image) => detailOf(repository, image)), ...next };
  },

  ListImages: (state, registry, input) => {
    const request = parseInput(listInput, input);
    const repository = repositoryOf(state, registry, request.repositoryName);
    const { entries, ...next } = readPage(
      request,
      scopeOf('ListImages', registry, repository.name),
      (from, limit) =>
        repository.images.page(from, limit, (image) => (passes(image, request.filter) ? idsOf(image) : [])),
    );
    return { imageIds: entries, ...next };
  },

  BatchGetImage: (state, registry, input) => {
    const { repositoryName, imageIds } = parseInput(batchInput, input);
    const repository = repositoryOf(state, registry, repositoryName);
    checkImageIds(imageIds);
    const images: object[] = [];
    const failures: object[] = [];
    for (const id of imageIds) {
      const image = findImage(repository, id);
      if (image === undefined) {
        failures.push({
          imageId: id,
          failureCode: 'ImageNotFound',
          failureReason: 'Requested image not found',
        });
        continue;
      }
      // What was seeded, for its digest alone, has no manifest to show.
      if (image.manifest === undefined) {
        const failureReason = 'Requested image is not accessible';
        failures.push({ imageId: id, failureCode: 'ImageInaccessible', failureReason });
        continue;
      }
      // The pull API: reading an image this way counts as a pull of it, unless who reads is excluded (here: anybody is).
      if (registryOf(state, registry).pullTimeExclusions.size === 0) image.pulledAt = state.now();
      images.push({
        registryId: registry.account,
        repositoryName,
        imageId: {
          imageDigest: image.digest,
          ...(id.imageTag === undefined ? {} : { imageTag: id.imageTag }),
        },
        imageManifest: image.manifest,
        imageManifestMediaType: image.mediaType,
      });
    }
    return { images, failures };
  },

  DescribeImageReplicationStatus: (state, registry, input) => {
    const { repositoryName, imageId: id } = parseInput(statusInput, input);
    const repository = repositoryOf(state, registry, repositoryName);
    const image = findImage(repository, id);
    if (image === undefined) throw imageNotFound(id, repositoryName, registry.account);
    const replicationStatuses = image.claims.map(({ destination, status, failureCode }) => ({
      region: destination.region,
      registryId: destination.account,
      status,
      ...(failureCode === undefined ? {} : { failureCode }),
    }));
    return { repositoryName, imageId: id, replicationStatuses };
  },
};

/** One unknown id fails the whole call. */
function detailsOf(
  state: EcrState,
  repository: Repository,
  ids: readonly ImageId[],
  request: { filter: ImageFilter; maxResults?: number | undefined; nextToken?: string | undefined },
): object[] {
  if (request.maxResults !== undefined || request.nextToken !== undefined) {
    throw invalidParameter('imageIds', 'Member must not be combined with maxResults or nextToken');
  }
  checkImageIds(ids);
  const found = new Set<Image>();
  for (const id of ids) {
    if (id.imageDigest === undefined && id.imageTag === undefined) {
      throw invalidParameter('imageIds', 'Member must have an imageDigest or an imageTag');
    }
    const image = findImage(repository, id);
    if (image !== undefined && passes(image, request.filter)) found.add(image);
    else if (image === undefined || state.quirks.filteredIds === 'not-found') {
      throw missingImage(state, id, repository);
    }
  }
  return [...found].map((image) => detailOf(repository, image));
}

function missingImage(state: EcrState, id: ImageId, { name, registry }: Repository): Error {
  return state.quirks.missingIdHint ? imageNotFound(id, name, registry.account) : someImageNotFound(name);
}
