/** What ECR answers about manifests and layers: by name, all that was asked for, or it is no answer. */

import * as v from 'valibot';
import { digest, maybeText, text } from './answer.ts';

/** RegisterPullTimeUpdateExclusion. */
export const pullTimeExclusion = v.object({ principalArn: text });

const named = v.object({ imageDigest: digest });

/** BatchGetImage. */
export const gotImages = v.object({
  images: v.nullish(v.array(v.object({ imageId: named, imageManifest: text })), []),
  // An image that is not there, or in the archive, has no manifest to show. Of what else stands in the way nothing is known.
  failures: v.nullish(
    v.array(v.object({ imageId: named, failureCode: v.picklist(['ImageNotFound', 'ImageInaccessible']) })),
    [],
  ),
});

/** BatchCheckLayerAvailability. */
export const checkedLayers = v.object({
  layers: v.nullish(
    v.array(
      v.object({
        layerDigest: digest,
        layerAvailability: v.picklist(['AVAILABLE', 'UNAVAILABLE', 'ARCHIVED']),
      }),
    ),
    [],
  ),
  failures: v.nullish(v.array(v.object({ layerDigest: digest, failureCode: maybeText })), []),
});
