/** Reading images of the local ECR with the real SDK: answers, limits and error names. */

import {
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DescribeImageReplicationStatusCommand,
  DescribeImagesCommand,
  ImageNotFoundException,
  UpdateImageStorageClassCommand,
} from '@aws-sdk/client-ecr';
import { beforeEach, describe, expect, it } from 'vitest';
import { createEcr } from '../../lib/local/ecr-model.ts';
import { digestOf, sampleManifest } from '../../lib/local/manifest.ts';
import { account, repository as repositoryName, useEcrServer } from './ecr-scene.ts';

const scene = useEcrServer();
const { push } = scene;

describe('DescribeImages', () => {
  beforeEach(() => scene.client.send(new CreateRepositoryCommand({ repositoryName })));

  it('finds images by digest, by tag, and by both', async () => {
    const one = await push('one', 'v1');
    const two = await push('two', 'v2');
    const imageIds = [{ imageDigest: one }, { imageTag: 'v2' }, { imageDigest: two, imageTag: 'v2' }];
    const { imageDetails } = await scene.client.send(new DescribeImagesCommand({ repositoryName, imageIds }));
    expect(imageDetails?.map((detail) => detail.imageDigest)).toEqual([one, two]);
  });

  it('fails as a whole for one unknown id, and names it', async () => {
    const one = await push('one', 'v1');
    const gone = digestOf('gone');
    const ask = new DescribeImagesCommand({
      repositoryName,
      imageIds: [{ imageDigest: one }, { imageDigest: gone }],
    });
    const error = await scene.client.send(ask).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ImageNotFoundException);
    expect(error).toHaveProperty(
      'message',
      `The image with imageId {imageDigest:'${gone}', imageTag:'null'} does not exist within the repository with name 'team/api' in the registry with id '${account}'`,
    );
  });

  it('can be made to give no hint, and to leave out what the filter leaves out', () => {
    const registry = { account, region: 'us-east-1' };
    const quiet = createEcr({
      now: () => scene.now(),
      quirks: { missingIdHint: false, filteredIds: 'left-out' },
    });
    quiet.seed(registry, repositoryName, [{ digest: digestOf('one'), tags: ['v1'], status: 'ARCHIVED' }]);
    const ask = (imageTag: string) =>
      quiet.call(registry, 'DescribeImages', { repositoryName, imageIds: [{ imageTag }] });
    expect(ask('v9')).toMatchObject({
      name: 'ImageNotFoundException',
      message: expect.not.stringContaining('v9'),
    });
    expect(ask('v1')).toMatchObject({ body: { imageDetails: [] } });
  });

  it('takes at most 100 ids, and none together with paging', async () => {
    scene.ecr.seed({ account, region: 'us-east-1' }, repositoryName, manyImages(101));
    const imageIds = manyImages(101).map(({ digest }) => ({ imageDigest: digest }));
    const ask = (input: object) => scene.client.send(new DescribeImagesCommand({ repositoryName, ...input }));
    await expect(ask({ imageIds })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message:
        "Invalid parameter at 'imageIds' failed to satisfy constraint: 'Member must have length less than or equal to 100'",
    });
    expect((await ask({ imageIds: imageIds.slice(1) })).imageDetails).toHaveLength(100);
    const refused = [
      { imageIds: [] },
      { imageIds: [{}] },
      { imageIds: imageIds.slice(1), maxResults: 10 },
      { maxResults: 1001 },
      { maxResults: 0 },
      { nextToken: 'made up' },
    ];
    for (const input of refused) {
      await expect(ask(input)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    }
  });

  it('shows active images only, unless ANY is asked for', async () => {
    const imageDigest = await push('one', 'v1');
    await push('two');
    await scene.client.send(
      new UpdateImageStorageClassCommand({
        repositoryName,
        imageId: { imageDigest },
        targetStorageClass: 'ARCHIVE',
      }),
    );
    const digests = async (filter: object | undefined) => {
      const { imageDetails = [] } = await scene.client.send(
        new DescribeImagesCommand({ repositoryName, ...(filter && { filter }) }),
      );
      return imageDetails.map((detail) => detail.imageStatus);
    };
    expect(await digests(undefined)).toEqual(['ACTIVE']);
    expect(await digests({ imageStatus: 'ANY' })).toEqual(['ARCHIVED', 'ACTIVE']);
    expect(await digests({ imageStatus: 'ARCHIVED' })).toEqual(['ARCHIVED']);
    expect(await digests({ imageStatus: 'ANY', tagStatus: 'TAGGED' })).toEqual(['ARCHIVED']);
    expect(await digests({ imageStatus: 'ANY', tagStatus: 'UNTAGGED' })).toEqual(['ACTIVE']);

    const imageIds = [{ imageDigest }];
    await expect(
      scene.client.send(new DescribeImagesCommand({ repositoryName, imageIds })),
    ).rejects.toMatchObject({
      name: 'ImageNotFoundException',
    });
    const filter = { imageStatus: 'ANY' as const };
    const { imageDetails } = await scene.client.send(
      new DescribeImagesCommand({ repositoryName, imageIds, filter }),
    );
    expect(imageDetails).toMatchObject([{ imageStatus: 'ARCHIVED', lastArchivedAt: new Date(scene.now()) }]);
  });
});

describe('images', () => {
  beforeEach(() => scene.client.send(new CreateRepositoryCommand({ repositoryName })));

  it('are read by BatchGetImage, byte for byte, and a missing one is told apart', async () => {
    await push('one', 'v1');
    const imageIds = [{ imageTag: 'v1' }, { imageTag: 'v9' }];
    const { images, failures } = await scene.client.send(
      new BatchGetImageCommand({ repositoryName, imageIds }),
    );
    expect(images?.map((image) => image.imageManifest)).toEqual([sampleManifest('one')]);
    expect(failures).toEqual([
      {
        imageId: { imageTag: 'v9' },
        failureCode: 'ImageNotFound',
        failureReason: 'Requested image not found',
      },
    ]);
  });

  it('have no replication status when no rule matched their push', async () => {
    const imageId = { imageDigest: await push('one', 'v1') };
    const ask = new DescribeImageReplicationStatusCommand({ repositoryName, imageId });
    expect((await scene.client.send(ask)).replicationStatuses).toEqual([]);
    await expect(
      scene.client.send(
        new DescribeImageReplicationStatusCommand({ repositoryName, imageId: { imageTag: 'v9' } }),
      ),
    ).rejects.toMatchObject({ name: 'ImageNotFoundException' });
  });
});

function manyImages(count: number) {
  return Array.from({ length: count }, (_, at) => ({ digest: digestOf(`image ${at}`), tags: [`v${at}`] }));
}
