/** How an image shows in a listing: whether at all, under which ids, with which details. */

import * as v from 'valibot';
import { seconds } from './ecr-input.ts';
import type { Image, Repository } from './ecr-state.ts';

export const imageFilter = v.object({
  tagStatus: v.optional(v.picklist(['TAGGED', 'UNTAGGED', 'ANY']), 'ANY'),
  // Without a word on it, ECR shows active images only: an archived one looks missing.
  imageStatus: v.optional(v.picklist(['ACTIVE', 'ARCHIVED', 'ACTIVATING', 'ANY']), 'ACTIVE'),
});
export type ImageFilter = v.InferOutput<typeof imageFilter>;

export function passes(image: Image, { tagStatus, imageStatus }: ImageFilter): boolean {
  if (imageStatus !== 'ANY' && imageStatus !== image.status) return false;
  return tagStatus === 'ANY' || (tagStatus === 'TAGGED') === image.tags.length > 0;
}

/** ListImages: one entry for each pair of digest and tag, one without a tag for an untagged image. */
export function idsOf({ digest, tags }: Image): readonly object[] {
  if (tags.length === 0) return [{ imageDigest: digest }];
  return tags.map((tag) => ({ imageDigest: digest, imageTag: tag }));
}

/** An entry of DescribeImages. */
export function detailOf({ registry, name }: Repository, image: Image): object {
  return {
    registryId: registry.account,
    repositoryName: name,
    imageDigest: image.digest,
    // Left out, not empty, where an image has no tag.
    imageTags: image.tags.length === 0 ? undefined : image.tags,
    imageSizeInBytes: image.sizeInBytes,
    imagePushedAt: seconds(image.pushedAt),
    imageManifestMediaType: image.mediaType,
    artifactMediaType: image.artifactMediaType,
    subjectManifestDigest: image.subject,
    lastRecordedPullTime: image.pulledAt === undefined ? undefined : seconds(image.pulledAt),
    imageStatus: image.status,
    lastArchivedAt: image.archivedAt === undefined ? undefined : seconds(image.archivedAt),
    lastActivatedAt: image.activatedAt === undefined ? undefined : seconds(image.activatedAt),
  };
}
