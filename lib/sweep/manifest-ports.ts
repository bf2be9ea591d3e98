/** What reading manifests asks of the world, besides lib/ports.ts: the only functions that pull, and they are off unless asked for. */

import type { Digest } from '../image/digest.ts';
import type { Registry } from '../image/registry.ts';
import type { LayerState, Manifest, TopImage } from './wholeness.ts';

export interface ManifestPorts {
  /** ECR RegisterPullTimeUpdateExclusion: from then on, what this principal pulls counts as unpulled. Throws when it is refused. */
  readonly excludePulls: (registry: Registry) => Promise<void>;
  /** ECR DescribeImages, a page of the indexes and the tagged images of a repository; `gone` when it does not exist. Throws. */
  readonly readTops: (
    registry: Registry,
    repository: string,
    from?: string,
  ) => Promise<'gone' | { readonly images: readonly TopImage[]; readonly next?: string }>;
  /** ECR BatchGetImage, which is a pull: manifests that can be read; what is not there or is none is left out. Throws. */
  readonly readManifests: (
    registry: Registry,
    repository: string,
    digests: readonly Digest[],
  ) => Promise<ReadonlyMap<Digest, Manifest>>;
  /** ECR BatchCheckLayerAvailability, which is no pull. Throws. */
  readonly readLayers: (
    registry: Registry,
    repository: string,
    digests: readonly Digest[],
  ) => Promise<ReadonlyMap<Digest, LayerState>>;
}
