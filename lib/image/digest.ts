/** A content digest by the OCI grammar, `algorithm:encoded`; never told by its length. */

import { fault, type Parsed, parsed, quoted } from '../parsed.ts';

declare const digestBrand: unique symbol;
export type Digest = string & { readonly [digestBrand]: true };

// OCI image-spec, descriptor.md, "Digests". AWS's own sample events carry encoded parts that are not 64 hex digits.
const digestPattern = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[A-Za-z0-9=_-]{1,256}$/;

export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && value.length <= 300 && digestPattern.test(value);
}

export function parseDigest(value: unknown): Parsed<Digest> {
  return isDigest(value) ? parsed(value) : fault(`${quoted(value)} is not a digest (algorithm:encoded)`);
}

/** Enough of a digest for a person to tell two apart: `sha256:0123456789ab`. */
export function shortDigest(digest: Digest): string {
  const [algorithm = '', encoded = ''] = digest.split(':');
  return `${algorithm}:${encoded.slice(0, 12)}`;
}
