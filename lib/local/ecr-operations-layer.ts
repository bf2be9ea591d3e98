/** BatchCheckLayerAvailability: a layer is there when an image of the repository has it, unless an order says otherwise. */

import * as v from 'valibot';
import { invalidParameter } from './ecr-error.ts';
import { type Operations, parseInput } from './ecr-input.ts';
import { layerKey, repositoryOf } from './ecr-state.ts';
import { layersOf } from './manifest.ts';

const layersInput = v.object({ repositoryName: v.string(), layerDigests: v.array(v.string()) });

export const layerOperations: Operations = {
  BatchCheckLayerAvailability: (state, registry, input) => {
    const { repositoryName, layerDigests } = parseInput(layersInput, input);
    const repository = repositoryOf(state, registry, repositoryName);
    if (layerDigests.length < 1 || layerDigests.length > 100) {
      throw invalidParameter('layerDigests', 'Member must have length between 1 and 100');
    }
    const held = new Set<string>();
    for (const { manifest } of repository.images.items())
      for (const digest of layersOf(manifest ?? '{}')) held.add(digest);
    const isThere = (digest: string): boolean =>
      held.has(digest) && !state.lostLayers.has(layerKey(registry, repositoryName, digest));
    return {
      layers: layerDigests.map((layerDigest) => ({
        layerDigest,
        layerAvailability: isThere(layerDigest) ? 'AVAILABLE' : 'UNAVAILABLE',
      })),
      failures: [],
    };
  },
};
