/** Pushing, deleting, archiving and restoring images of the local ECR with the real SDK. */

import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  DescribeImagesCommand,
  ListImagesCommand,
  PutImageCommand,
  PutImageTagMutabilityCommand,
  UpdateImageStorageClassCommand,
} from '@aws-sdk/client-ecr';
import { beforeEach, describe, expect, it } from 'vitest';
import { createEcr } from '../../lib/local/ecr-model.ts';
import { digestOf, sampleIndex, sampleManifest } from '../../lib/local/manifest.ts';
import { account, repository as repositoryName, useEcrServer } from './ecr-scene.ts';

const scene = useEcrServer();
const { push } = scene;

describe('PutImage', () => {
  beforeEach(() => scene.client.send(new CreateRepositoryCommand({ repositoryName })));

  it('computes the digest of the exact bytes, and keeps the first push time when a tag is added', async () => {
    const pushedAt = scene.now();
    const digest = await push('one', 'v1');
    expect(digest).toBe(digestOf(sampleManifest('one')));
    scene.turn(60_000);
    await push('one', 'latest');
    const { imageDetails } = await scene.client.send(new DescribeImagesCommand({ repositoryName }));
    expect(imageDetails).toEqual([
      {
        registryId: account,
        repositoryName,
        imageDigest: digest,
        imageTags: ['v1', 'latest'],
        imagePushedAt: new Date(pushedAt),
        imageSizeInBytes: 31_359_093,
        imageManifestMediaType: 'application/vnd.oci.image.manifest.v1+json',
        artifactMediaType: 'application/vnd.oci.image.config.v1+json',
        imageStatus: 'ACTIVE',
      },
    ]);
  });

  it('moves a tag off the image that had it', async () => {
    const first = await push('one', 'latest');
    const second = await push('two', 'latest');
    const { imageIds } = await scene.client.send(new ListImagesCommand({ repositoryName }));
    expect(imageIds).toEqual([{ imageDigest: first }, { imageDigest: second, imageTag: 'latest' }]);
  });

  it('refuses what is already there, under the same tag or without one', async () => {
    await push('one', 'v1');
    for (const tag of ['v1', undefined]) {
      await expect(push('one', tag)).rejects.toMatchObject({ name: 'ImageAlreadyExistsException' });
    }
  });

  it('refuses to move an immutable tag, except where an exclusion filter lets it', async () => {
    await push('one', 'v1');
    await push('other', 'dev-1');
    const settings = [
      { imageTagMutability: 'IMMUTABLE', refused: ['v1', 'dev-1'] },
      { imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION', refused: ['v1'] },
      { imageTagMutability: 'MUTABLE_WITH_EXCLUSION', refused: ['dev-1'] },
      { imageTagMutability: 'MUTABLE', refused: [] },
    ] as const;
    for (const { imageTagMutability, refused } of settings) {
      const imageTagMutabilityExclusionFilters = imageTagMutability.endsWith('EXCLUSION')
        ? [{ filterType: 'WILDCARD' as const, filter: 'dev-*' }]
        : [];
      await scene.client.send(
        new PutImageTagMutabilityCommand({
          repositoryName,
          imageTagMutability,
          imageTagMutabilityExclusionFilters,
        }),
      );
      for (const tag of ['v1', 'dev-1']) {
        const moved = push(`${tag} under ${imageTagMutability}`, tag);
        if ((refused as readonly string[]).includes(tag)) {
          await expect(moved).rejects.toMatchObject({ name: 'ImageTagAlreadyExistsException' });
        } else await moved;
      }
    }
  });

  it('takes an index only when all of its children are there', async () => {
    const children = [sampleManifest('amd64'), sampleManifest('arm64')];
    const put = new PutImageCommand({ repositoryName, imageManifest: sampleIndex(children), imageTag: 'v1' });
    await push('amd64');
    await expect(scene.client.send(put)).rejects.toMatchObject({
      name: 'ReferencedImagesNotFoundException',
      message: expect.stringContaining(digestOf(sampleManifest('arm64'))),
    });
    const child = await push('arm64');
    const { image } = await scene.client.send(put);
    expect(image?.imageManifestMediaType).toBe('application/vnd.oci.image.index.v1+json');
    const { failures } = await scene.client.send(
      new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageDigest: child }] }),
    );
    expect(failures).toMatchObject([{ failureCode: 'ImageReferencedByManifestList' }]);
  });

  it('refuses a digest that is not of the manifest, and what is not a manifest', async () => {
    const imageManifest = sampleManifest('one');
    const imageDigest = digestOf('something else');
    await expect(
      scene.client.send(new PutImageCommand({ repositoryName, imageManifest, imageDigest })),
    ).rejects.toMatchObject({ name: 'ImageDigestDoesNotMatchException' });
    await expect(
      scene.client.send(new PutImageCommand({ repositoryName, imageManifest: 'no JSON' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

describe('images', () => {
  beforeEach(() => scene.client.send(new CreateRepositoryCommand({ repositoryName })));

  it('lose one tag at a time, and go with the last', async () => {
    const imageDigest = await push('one', 'v1');
    await push('one', 'v2');
    const remove = (id: object) =>
      scene.client.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [id] }));
    expect(await remove({ imageTag: 'v1' })).toMatchObject({ imageIds: [{ imageDigest, imageTag: 'v1' }] });
    expect((await scene.client.send(new ListImagesCommand({ repositoryName }))).imageIds).toEqual([
      { imageDigest, imageTag: 'v2' },
    ]);
    await remove({ imageTag: 'v2' });
    expect((await scene.client.send(new ListImagesCommand({ repositoryName }))).imageIds).toEqual([]);
    expect(await remove({ imageDigest })).toMatchObject({ failures: [{ failureCode: 'ImageNotFound' }] });
    expect(await remove({})).toMatchObject({ failures: [{ failureCode: 'MissingDigestAndTag' }] });
  });

  it('are archived at once, and restored after the time that a restore takes', async () => {
    const registry = { account, region: 'us-east-1' };
    const slow = createEcr({ now: () => scene.now(), quirks: { restoreMs: 600_000 } });
    slow.seed(registry, repositoryName, [{ digest: 'sha256:1', tags: ['v1'] }]);
    const store = (targetStorageClass: string) =>
      slow.call(registry, 'UpdateImageStorageClass', {
        repositoryName,
        imageId: { imageTag: 'v1' },
        targetStorageClass,
      });
    expect(store('STANDARD')).toMatchObject({ name: 'ImageStorageClassUpdateNotSupportedException' });
    expect(store('ARCHIVE')).toMatchObject({ body: { imageStatus: 'ARCHIVED' } });
    expect(store('STANDARD')).toMatchObject({ body: { imageStatus: 'ACTIVATING' } });
    scene.turn(600_000);
    slow.tick();
    expect(slow.imageAt(registry, repositoryName, 'sha256:1')).toMatchObject({
      status: 'ACTIVE',
      activatedAt: scene.now(),
    });
  });

  it('of no such id have no storage class', async () => {
    const ask = { repositoryName, imageId: { imageTag: 'v9' }, targetStorageClass: 'ARCHIVE' as const };
    await expect(scene.client.send(new UpdateImageStorageClassCommand(ask))).rejects.toMatchObject({
      name: 'ImageNotFoundException',
    });
  });
});
