/** Which reads answer for a set of replicas: each destination and repository once, digests in batches. */

import type { Digest } from '../image/digest.ts';
import { type Registry, registryKey } from '../image/registry.ts';
import type { Replica } from './rules.ts';

/** ECR API Reference, DescribeImages: at most 100 `imageIds` a call. */
export const imagesPerCall = 100;

/** One repository at one registry, and the digests wanted there, each once, at most `imagesPerCall` a batch. */
export interface ImageRead {
  readonly registry: Registry;
  readonly repository: string;
  readonly batches: readonly (readonly Digest[])[];
}

export function planReads(replicas: Iterable<Replica>): readonly ImageRead[] {
  const wanted = new Map<string, { registry: Registry; repository: string; digests: Set<Digest> }>();
  for (const { destination, repository, digest } of replicas) {
    const key = placeKey(destination, repository);
    const place = wanted.get(key) ?? { registry: destination, repository, digests: new Set() };
    wanted.set(key, place);
    place.digests.add(digest);
  }
  return [...wanted.values()].map(({ registry, repository, digests }) => ({
    registry,
    repository,
    batches: inBatches([...digests], imagesPerCall),
  }));
}

/** One repository at one registry, as a map key; neither part can hold the space. */
export function placeKey(registry: Registry, repository: string): string {
  return `${registryKey(registry)} ${repository}`;
}

export function inBatches<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const batches: T[][] = [];
  for (let start = 0; start < items.length; start += size) batches.push(items.slice(start, start + size));
  return batches;
}
