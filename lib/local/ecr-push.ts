/** What changes images at the source, by PutImage, BatchDeleteImage and UpdateImageStorageClass semantics. */

import type { Registry } from '../image/registry.ts';
import { EcrError } from './ecr-error.ts';
import { announce, imageAction } from './ecr-events.ts';
import { beginReplication } from './ecr-replication.ts';
import { activate, addImage, isImmutable, moveTag, removeImage, removeTag } from './ecr-repository.ts';
import { type EcrState, type Image, type Repository, repositoryOf } from './ecr-state.ts';
import { digestOf, readManifest } from './manifest.ts';

export interface Push {
  readonly repository: string;
  /** The exact text: the digest is computed from its bytes. */
  readonly manifest: string;
  readonly tag?: string | undefined;
  readonly mediaType?: string | undefined;
  /** Checked against the computed one. */
  readonly digest?: string | undefined;
}

/** Throws the errors of PutImage, in the order in which the real one finds them. */
export function pushImage(state: EcrState, registry: Registry, push: Push): Image {
  const at = state.now();
  const repository = repositoryOf(state, registry, push.repository);
  const digest = digestOf(push.manifest);
  const manifest = readManifest(push.manifest, push.mediaType);
  const { tag } = push;
  const known = repository.images.get(digest);
  const holder = tag === undefined ? undefined : repository.tags.get(tag);

  if (push.digest !== undefined && push.digest !== digest) throw digestDoesNotMatch(push.digest, digest);
  const missing = manifest.children.filter((child) => repository.images.get(child) === undefined);
  if (missing.length > 0) throw referencedImagesNotFound(missing, repository);
  if (known !== undefined && (tag === undefined || holder === known))
    throw alreadyExists(known, tag, repository);
  if (tag !== undefined && holder !== undefined && isImmutable(repository, tag)) {
    throw tagAlreadyExists(tag, repository);
  }

  const image = known ?? addImage(repository, { ...manifest, digest, manifest: push.manifest }, at);
  activate(image, at);
  if (tag !== undefined) moveTag(repository, image, tag);
  announce(state, imageAction('push', { registry, repository: repository.name, image, tag }), at);
  beginReplication(state, repository, image, tag === undefined ? [] : [tag], at);
  return image;
}

/** Takes one tag away, the image with its last one; without a tag the image with all of its tags. */
export function deleteImage(
  state: EcrState,
  repository: Repository,
  image: Image,
  tag: string | undefined,
): readonly string[] {
  const { registry, name } = repository;
  const tags = tag === undefined ? image.tags : [tag];
  for (const gone of tags) removeTag(repository, gone);
  if (image.tags.length === 0) removeImage(repository, image);
  for (const gone of tags.length === 0 ? [undefined] : tags) {
    announce(state, imageAction('delete', { registry, repository: name, image, tag: gone }), state.now());
  }
  return tags;
}

/** Archives at once; restores after the time that `quirks.restoreMs` sets. */
export function changeStorageClass(
  state: EcrState,
  repository: Repository,
  image: Image,
  target: 'STANDARD' | 'ARCHIVE',
): void {
  const at = state.now();
  const wanted = target === 'ARCHIVE' ? 'ARCHIVED' : 'ACTIVE';
  if (image.status === wanted || (target === 'STANDARD' && image.status === 'ACTIVATING')) {
    throw new EcrError(
      'ImageStorageClassUpdateNotSupportedException',
      `The image with digest '${image.digest}' is already in storage class ${target}`,
    );
  }
  const { registry, name } = repository;
  if (target === 'ARCHIVE') {
    image.status = 'ARCHIVED';
    image.archivedAt = at;
  } else {
    image.status = 'ACTIVATING';
  }
  const tag = image.tags[0];
  const more = { 'target-storage-class': target };
  announce(state, imageAction('storage-class', { registry, repository: name, image, tag }, more), at);
  if (target === 'ARCHIVE') return;
  if (state.quirks.restoreMs === 0) finishRestore(state, repository, image, at);
  else state.agenda.add(at + state.quirks.restoreMs, { is: 'restored', repository, image });
}

/** ECR replicates what is restored after the rule exists, as it does what is pushed. */
export function finishRestore(state: EcrState, repository: Repository, image: Image, at: number): void {
  if (image.status !== 'ACTIVATING') return;
  activate(image, at);
  beginReplication(state, repository, image, image.tags, at);
}

function digestDoesNotMatch(given: string, computed: string): EcrError {
  return new EcrError(
    'ImageDigestDoesNotMatchException',
    `The image digest '${given}' does not match the digest '${computed}' that was computed for the image`,
  );
}

function referencedImagesNotFound(digests: readonly string[], { name, registry }: Repository): EcrError {
  return new EcrError(
    'ReferencedImagesNotFoundException',
    `Images with digests '[${digests.join(', ')}]' required for pushing image into repository with name '${name}' in the registry with id '${registry.account}' do not exist`,
  );
}

function alreadyExists(image: Image, tag: string | undefined, { name, registry }: Repository): EcrError {
  return new EcrError(
    'ImageAlreadyExistsException',
    `Image with digest '${image.digest}' and tag '${tag ?? 'null'}' already exists in the repository with name '${name}' in registry with id '${registry.account}'`,
  );
}

function tagAlreadyExists(tag: string, { name }: Repository): EcrError {
  return new EcrError(
    'ImageTagAlreadyExistsException',
    `The image tag '${tag}' already exists in the '${name}' repository and cannot be overwritten because the tag is immutable.`,
  );
}
