/** An ECR of a million images that holds none of them: where an image is, and since when, follows from its number. */

import type { Digest } from '../../lib/image/digest.ts';
import { type Registry, registryKey, sameRegistry } from '../../lib/image/registry.ts';
import type { ImageSeen } from '../../lib/replication/verdict.ts';
import type { EcrEvent, EcrReads } from './ecr.ts';

export interface EndlessOptions {
  readonly source: Registry;
  readonly destinations: readonly Registry[];
  readonly repositories: number;
  /** Epoch milliseconds of the first push. */
  readonly beginsAt: number;
  readonly pushesPerSecond: number;
  /** Seconds from a push to its arrival; undefined: it never comes. */
  readonly lagSeconds: (n: number, destination: Registry) => number | undefined;
}

export interface EndlessEcr extends EcrReads {
  readonly pushOf: (n: number) => EcrEvent;
  readonly pushedAt: (n: number) => number;
}

export function createEndlessEcr(options: EndlessOptions, now: () => number): EndlessEcr {
  const { source, destinations, beginsAt, pushesPerSecond, lagSeconds } = options;
  const repositoryOf = (n: number): string => `prod-${n % options.repositories}`;
  const pushedAt = (n: number): number => beginsAt + (n * 1000) / pushesPerSecond;

  function arrivalOf(n: number, registry: Registry): number | undefined {
    if (sameRegistry(registry, source)) return pushedAt(n);
    const lag = lagSeconds(n, registry);
    return lag === undefined ? undefined : pushedAt(n) + lag * 1000;
  }

  function imageAt(registry: Registry, digest: Digest): ImageSeen | undefined {
    const n = Number.parseInt(digest.slice(-12), 16);
    const arrivedAt = arrivalOf(n, registry);
    if (arrivedAt === undefined || arrivedAt > now()) return undefined;
    return { tags: [`build-${n}`], storage: 'ACTIVE', arrivedAt };
  }

  return {
    pushedAt,
    pushOf: (n) => ({
      is: 'push',
      registry: source,
      repository: repositoryOf(n),
      digest: `sha256:${n.toString(16).padStart(64, '0')}` as Digest,
      tag: `build-${n}`,
      at: pushedAt(n),
    }),
    rulesOf: (registry) => (sameRegistry(registry, source) ? [{ destinations, prefixes: ['prod-'] }] : []),
    repositoriesOf: () => Array.from({ length: options.repositories }, (_, n) => repositoryOf(n)),
    // Nobody reads it whole: that would be a million images.
    shelfOf: (registry) => ({
      get: (digest) => imageAt(registry, digest),
      entries: () => new Map().entries(),
    }),
    claimsOf: (_, __, digest) => ({
      is: 'read',
      entries: destinations.map((destination) => ({
        destination,
        status: imageAt(destination, digest) === undefined ? 'IN_PROGRESS' : 'COMPLETE',
      })),
    }),
  };
}

/** A number from 0 to 1 for each image and destination, always the same. */
export function spreadOf(n: number, destination: Registry): number {
  let hash = 0x811c9dc5;
  for (const letter of `${registryKey(destination)} ${n}`)
    hash = Math.imul(hash ^ letter.charCodeAt(0), 16_777_619);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) / 4_294_967_296;
}
