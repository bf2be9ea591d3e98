/** ECR's inventory of one repository, a page a call: everything that comparing needs, in the fewest calls there can be. */

import { DescribeImagesCommand } from '@aws-sdk/client-ecr';
import type { Registry } from '../image/registry.ts';
import type { InventoryReading } from '../ports.ts';
import type { InventoryImage } from '../sweep/comparison.ts';
import { type AnsweredImage, answered, answeredImage, imagePage } from './answer.ts';
import type { EcrClientFor } from './clients.ts';
import { storageOf } from './ecr-images.ts';
import { readFaultOf } from './read-fault.ts';

/** ECR API Reference, DescribeImages: at most 1,000 a page. ListImages, as large, tells neither times nor media types. */
const imagesPerPage = 1_000;

/** Port `readInventory`. `from`: the `next` of the page before. */
export async function readInventory(
  clientFor: EcrClientFor,
  registry: Registry,
  repositoryName: string,
  from?: string,
): Promise<InventoryReading> {
  try {
    const answer = await clientFor(registry).send(
      new DescribeImagesCommand({
        registryId: registry.account,
        repositoryName,
        maxResults: imagesPerPage,
        nextToken: from,
        // ECR API Reference, DescribeImagesFilter: by default archived images are left out, and would look missing.
        filter: { imageStatus: 'ANY' },
      }),
    );
    const { imageDetails, nextToken } = answered('DescribeImages', imagePage, answer);
    return {
      is: 'read',
      images: imageDetails.map((detail) => inventoryImage(answeredImage('DescribeImages', detail))),
      ...(nextToken === undefined ? {} : { next: nextToken }),
    };
  } catch (error) {
    return { is: 'unreadable', why: readFaultOf(error) };
  }
}

function inventoryImage(image: AnsweredImage): InventoryImage {
  const { imageDigest, imageTags, imagePushedAt, imageManifestMediaType, artifactMediaType } = image;
  return {
    digest: imageDigest,
    tags: imageTags.length === 0 ? noTags : imageTags,
    storage: storageOf(image.imageStatus),
    ...(imagePushedAt === undefined ? {} : { pushedAt: imagePushedAt.getTime() }),
    ...(image.lastActivatedAt === undefined ? {} : { activatedAt: image.lastActivatedAt.getTime() }),
    ...(imageManifestMediaType === undefined ? {} : { mediaType: shared(imageManifestMediaType) }),
    ...(artifactMediaType === undefined ? {} : { artifactMediaType: shared(artifactMediaType) }),
    ...(image.subjectManifestDigest === undefined ? {} : { subject: image.subjectManifestDigest }),
  };
}

// A repository holds up to 100,000 images of a handful of types, and each answer brings its own copies of the names.
const noTags: readonly string[] = [];
const names = new Map<string, string>();
const mostNames = 1_000;

function shared(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  if (names.size < mostNames) names.set(name, name);
  return name;
}
