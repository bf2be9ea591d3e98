/** Names of images as people and commands write them: repositories, tags, full image URIs. */

import type { Digest } from './digest.ts';

// ECR API Reference, CreateRepository: lower-case path components; 256 characters at most.
const repositoryPattern = /^[a-z0-9][a-z0-9._/-]{0,255}$/;
// OCI distribution-spec, "Pulling manifests": a tag is at most 128 characters.
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

export function isRepositoryName(value: unknown): value is string {
  return typeof value === 'string' && repositoryPattern.test(value);
}

export function isTag(value: unknown): value is string {
  return typeof value === 'string' && tagPattern.test(value);
}

/** `repository:tag`, or `repository@digest` for an image without a tag. */
export function imageName(image: { repository: string; digest: Digest; tag?: string }): string {
  return image.tag === undefined ? `${image.repository}@${image.digest}` : `${image.repository}:${image.tag}`;
}
