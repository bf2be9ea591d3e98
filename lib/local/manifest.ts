/** What ECR reads out of an image manifest, and manifests made up for demo and tests. */

import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { EcrError } from './ecr-error.ts';

export interface Manifest {
  readonly mediaType: string;
  readonly artifactMediaType: string | undefined;
  readonly sizeInBytes: number;
  /** Digests of the images that an index lists; empty for an image. */
  readonly children: readonly string[];
  /** The image that a signature or an attestation speaks of. */
  readonly subject: string | undefined;
}

const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
const ociIndex = 'application/vnd.oci.image.index.v1+json';

const blob = v.object({ mediaType: v.optional(v.string()), size: v.optional(v.number(), 0) });
const schema = v.object({
  mediaType: v.optional(v.string()),
  artifactType: v.optional(v.string()),
  config: v.optional(blob),
  layers: v.optional(v.array(blob), []),
  subject: v.optional(v.object({ digest: v.string() })),
  manifests: v.optional(v.array(v.object({ digest: v.string() }))),
});

/** The digest of the exact bytes, as every registry computes it. */
export function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** Throws InvalidParameterException for what is not a manifest. `mediaType`: as the caller of PutImage gave it. */
export function readManifest(text: string, mediaType?: string): Manifest {
  const { success, output } = v.safeParse(schema, jsonOf(text));
  if (!success) throw new EcrError('InvalidParameterException', 'The image manifest is not valid');
  const { config, layers, manifests, subject } = output;
  const size = layers.reduce((sum, layer) => sum + layer.size, config?.size ?? 0);
  return {
    mediaType: mediaType ?? output.mediaType ?? (manifests === undefined ? ociManifest : ociIndex),
    artifactMediaType: output.artifactType ?? config?.mediaType,
    sizeInBytes: size,
    children: manifests?.map((child) => child.digest) ?? [],
    subject: subject?.digest,
  };
}

/** Digests of the blobs that an image's manifest names: its configuration and its layers. */
export function layersOf(text: string): readonly string[] {
  const named = v.object({ digest: v.string() });
  const shape = v.object({ config: v.optional(named), layers: v.optional(v.array(named), []) });
  const { success, output } = v.safeParse(shape, jsonOf(text));
  if (!success) return [];
  return [...(output.config === undefined ? [] : [output.config]), ...output.layers].map(
    ({ digest }) => digest,
  );
}

/** The manifest of an image that does not exist; the same name gives the same bytes. */
export function sampleManifest(name: string): string {
  const configType = 'application/vnd.oci.image.config.v1+json';
  const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: ociManifest,
    config: { mediaType: configType, digest: digestOf(`config ${name}`), size: 1_469 },
    layers: [{ mediaType: layerType, digest: digestOf(`layer ${name}`), size: 31_357_624 }],
  });
}

/** An index over images, given as their manifests. */
export function sampleIndex(children: readonly string[]): string {
  const architectures = ['amd64', 'arm64', 's390x', 'ppc64le'];
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: ociIndex,
    manifests: children.map((child, at) => ({
      mediaType: ociManifest,
      digest: digestOf(child),
      size: child.length,
      platform: { architecture: architectures[at % architectures.length], os: 'linux' },
    })),
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
