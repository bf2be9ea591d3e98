/** Making a repository and keeping its images and tags; whether a tag may move. */

import type { Registry } from '../image/registry.ts';
import type { Image, RegistryState, Repository, TagMutability } from './ecr-state.ts';
import type { Manifest } from './manifest.ts';
import { createShelf } from './shelf.ts';

export interface NewRepository {
  readonly name: string;
  readonly mutability?: TagMutability | undefined;
  readonly exclusions?: readonly string[] | undefined;
  readonly encryption?: Repository['encryption'] | undefined;
  readonly scanOnPush?: boolean | undefined;
}

export function addRepository(registry: RegistryState, wanted: NewRepository, at: number): Repository {
  const repository: Repository = {
    registry: registry.registry,
    name: wanted.name,
    createdAt: at,
    encryption: wanted.encryption ?? { encryptionType: 'AES256' },
    scanOnPush: wanted.scanOnPush ?? false,
    images: createShelf(),
    tags: new Map(),
    mutability: wanted.mutability ?? 'MUTABLE',
    exclusions: wanted.exclusions ?? [],
    lifecyclePolicy: undefined,
  };
  registry.repositories.put(wanted.name, repository);
  return repository;
}

export function repositoryArn(registry: Registry, name: string): string {
  return `arn:aws:ecr:${registry.region}:${registry.account}:repository/${name}`;
}

export function addImage(
  repository: Repository,
  image: { digest: string; manifest: string | undefined } & Manifest,
  pushedAt: number,
): Image {
  const added: Image = {
    digest: image.digest,
    manifest: image.manifest,
    mediaType: image.mediaType,
    artifactMediaType: image.artifactMediaType,
    sizeInBytes: image.sizeInBytes,
    children: image.children,
    subject: image.subject,
    pushedAt,
    tags: noTags,
    status: 'ACTIVE',
    archivedAt: undefined,
    activatedAt: undefined,
    pulledAt: undefined,
    claims: noClaims,
  };
  repository.images.put(image.digest, added);
  return added;
}

// Shared, so that a repository of 100,000 images does not hold 200,000 empty lists.
const noTags: Image['tags'] = [];
const noClaims: Image['claims'] = [];

/** Puts the tag on the image, off whichever image had it. */
export function moveTag(repository: Repository, image: Image, tag: string): void {
  if (image.tags.includes(tag)) return;
  removeTag(repository, tag);
  image.tags = [...image.tags, tag];
  repository.tags.set(tag, image);
}

export function removeTag(repository: Repository, tag: string): void {
  const holder = repository.tags.get(tag);
  if (holder === undefined) return;
  holder.tags = holder.tags.filter((held) => held !== tag);
  repository.tags.delete(tag);
}

export function removeImage(repository: Repository, image: Image): void {
  for (const tag of image.tags) repository.tags.delete(tag);
  repository.images.remove(image.digest);
}

export function activate(image: Image, at: number): void {
  if (image.status === 'ACTIVE') return;
  image.status = 'ACTIVE';
  image.activatedAt = at;
}

/** An image by digest, by tag, or by both when they agree. */
export function findImage(
  repository: Repository,
  id: { imageDigest?: string | undefined; imageTag?: string | undefined },
): Image | undefined {
  const { imageDigest, imageTag } = id;
  const image = imageTag === undefined ? undefined : repository.tags.get(imageTag);
  if (imageDigest === undefined) return image;
  if (imageTag === undefined) return repository.images.get(imageDigest);
  return image?.digest === imageDigest ? image : undefined;
}

/** ECR User Guide, "Preventing image tags from being overwritten": a filter's `*` stands for any characters. */
export function isImmutable(repository: Repository, tag: string): boolean {
  const excluded = repository.exclusions.some((filter) => matchesWildcard(filter, tag));
  switch (repository.mutability) {
    case 'MUTABLE':
      return false;
    case 'IMMUTABLE':
      return true;
    case 'MUTABLE_WITH_EXCLUSION':
      return excluded;
    case 'IMMUTABLE_WITH_EXCLUSION':
      return !excluded;
  }
}

function matchesWildcard(filter: string, text: string): boolean {
  const pattern = filter.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('.*')}$`).test(text);
}
