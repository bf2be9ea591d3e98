/** Manifests as registries keep them (OCI and Docker) → what they need: children, or layers. */

import * as v from 'valibot';
import { type Digest, isDigest } from '../image/digest.ts';
import type { Manifest } from '../sweep/wholeness.ts';

const digest = v.custom<Digest>(isDigest);
// OCI image-spec, descriptor.md: a blob with `urls` may lie elsewhere, and ECR need not have it (Windows base layers).
const blob = v.object({ digest, urls: v.optional(v.array(v.unknown())) });
const platform = v.object({
  os: v.optional(v.string(), 'unknown'),
  architecture: v.optional(v.string(), 'unknown'),
  variant: v.optional(v.string()),
});
const schema = v.object({
  config: v.optional(blob),
  layers: v.optional(v.array(blob), []),
  manifests: v.optional(v.array(v.object({ digest, platform: v.optional(platform) })), []),
});

/** Undefined for what is no manifest that is known here, such as Docker's first schema. */
export function parseManifest(text: string): Manifest | undefined {
  const { success, output } = v.safeParse(schema, jsonOf(text));
  if (!success) return undefined;
  const { config, layers, manifests } = output;
  if (config === undefined && layers.length + manifests.length === 0) return undefined;
  const blobs = [...(config === undefined ? [] : [config]), ...layers];
  return {
    children: manifests.map((child) => ({
      digest: child.digest,
      ...(child.platform === undefined ? {} : { platform: platformOf(child.platform) }),
    })),
    layers: [...new Set(blobs.filter(({ urls = [] }) => urls.length === 0).map((one) => one.digest))],
  };
}

/** `linux/arm64/v8`, as Docker writes it. */
function platformOf({ os, architecture, variant }: v.InferOutput<typeof platform>): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
