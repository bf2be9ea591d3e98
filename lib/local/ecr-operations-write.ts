/** The operations that change images: PutImage, BatchDeleteImage, UpdateImageStorageClass. */

import * as v from 'valibot';
import { imageNotFound } from './ecr-error.ts';
import { checkImageIds, imageId, type Operations, parseInput } from './ecr-input.ts';
import { changeStorageClass, deleteImage, pushImage } from './ecr-push.ts';
import { findImage } from './ecr-repository.ts';
import { type EcrState, type Repository, repositoryOf } from './ecr-state.ts';

const putInput = v.object({
  repositoryName: v.string(),
  imageManifest: v.string(),
  imageManifestMediaType: v.optional(v.string()),
  imageTag: v.optional(v.string()),
  imageDigest: v.optional(v.string()),
});
const deleteInput = v.object({ repositoryName: v.string(), imageIds: v.array(imageId) });
const storageInput = v.object({
  repositoryName: v.string(),
  imageId,
  targetStorageClass: v.picklist(['STANDARD', 'ARCHIVE']),
});

type ImageId = v.InferOutput<typeof imageId>;

export const writeOperations: Operations = {
  PutImage: (state, registry, input) => {
    const put = parseInput(putInput, input);
    const image = pushImage(state, registry, {
      repository: put.repositoryName,
      manifest: put.imageManifest,
      mediaType: put.imageManifestMediaType,
      tag: put.imageTag,
      digest: put.imageDigest,
    });
    return {
      image: {
        registryId: registry.account,
        repositoryName: put.repositoryName,
        imageId: { imageDigest: image.digest, imageTag: put.imageTag },
        imageManifest: put.imageManifest,
        imageManifestMediaType: image.mediaType,
      },
    };
  },

  BatchDeleteImage: (state, registry, input) => {
    const request = parseInput(deleteInput, input);
    const repository = repositoryOf(state, registry, request.repositoryName);
    checkImageIds(request.imageIds);
    const imageIds: object[] = [];
    const failures: object[] = [];
    for (const id of request.imageIds) {
      const answer = deleteOne(state, repository, id);
      if (answer.is === 'deleted') imageIds.push(...answer.ids);
      else failures.push({ imageId: id, failureCode: answer.code, failureReason: answer.reason });
    }
    return { imageIds, failures };
  },

  UpdateImageStorageClass: (state, registry, input) => {
    const { repositoryName, imageId: id, targetStorageClass } = parseInput(storageInput, input);
    const repository = repositoryOf(state, registry, repositoryName);
    const image = findImage(repository, id);
    if (image === undefined) throw imageNotFound(id, repositoryName, registry.account);
    changeStorageClass(state, repository, image, targetStorageClass);
    return { registryId: registry.account, repositoryName, imageId: id, imageStatus: image.status };
  },
};

type Deletion =
  | { readonly is: 'deleted'; readonly ids: readonly object[] }
  | { readonly is: 'refused'; readonly code: string; readonly reason: string };

function deleteOne(state: EcrState, repository: Repository, id: ImageId): Deletion {
  if (id.imageDigest === undefined && id.imageTag === undefined) {
    const reason = 'Invalid request parameters: both tag and digest cannot be null';
    return { is: 'refused', code: 'MissingDigestAndTag', reason };
  }
  const image = findImage(repository, id);
  if (image === undefined) {
    return { is: 'refused', code: 'ImageNotFound', reason: 'Requested image not found' };
  }
  const lists = indexesOver(repository, image.digest);
  const goesAway = id.imageTag === undefined || image.tags.length === 1;
  if (goesAway && lists.length > 0) {
    const reason = `Requested image referenced by manifest list: [${lists.join(', ')}]`;
    return { is: 'refused', code: 'ImageReferencedByManifestList', reason };
  }
  const imageDigest = image.digest;
  const tags = deleteImage(state, repository, image, id.imageTag);
  if (tags.length === 0) return { is: 'deleted', ids: [{ imageDigest }] };
  return { is: 'deleted', ids: tags.map((imageTag) => ({ imageDigest, imageTag })) };
}

function indexesOver(repository: Repository, digest: string): string[] {
  const lists: string[] = [];
  for (const image of repository.images.items())
    if (image.children.includes(digest)) lists.push(image.digest);
  return lists;
}
