/** Digests: told by their grammar, whatever their length. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDigest, parseDigest, shortDigest } from '../../lib/image/digest.ts';
import { digest } from '../arbitraries.ts';
import { digestOf } from '../samples.ts';

describe('a digest', () => {
  it.each([
    ['is what ECR writes', digestOf('an image')],
    ['may be shorter than 64 hex digits, as in the documentation of AWS', 'sha256:7f5b2640fe6fb4f46592'],
    ['may be of another algorithm', 'sha512:401b09eab3c013d4ca54922bb802bec8'],
    ['may have an algorithm of several parts', 'multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46H'],
    ['may be encoded in base64url', 'sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564'],
  ])('%s', (_, text) => {
    expect(parseDigest(text)).toEqual({ ok: true, value: text });
  });

  it.each([
    ['is not a tag', 'latest', '"latest" is not a digest (algorithm:encoded)'],
    ['is not without an algorithm', ':abc', '":abc" is not a digest (algorithm:encoded)'],
    ['is not without an encoded part', 'sha256:', '"sha256:" is not a digest (algorithm:encoded)'],
    ['has no upper-case algorithm', 'SHA256:abc', '"SHA256:abc" is not a digest (algorithm:encoded)'],
    ['has one colon', 'sha256:abc:def', '"sha256:abc:def" is not a digest (algorithm:encoded)'],
    ['has no line end behind it', 'sha256:abc\n', '"sha256:abc\\n" is not a digest (algorithm:encoded)'],
    [
      'has a short algorithm',
      `${'a'.repeat(400)}:abc`,
      `"${'a'.repeat(78)}… is not a digest (algorithm:encoded)`,
    ],
    ['is text', 42, '42 is not a digest (algorithm:encoded)'],
    ['is there', undefined, 'undefined is not a digest (algorithm:encoded)'],
    [
      'is bounded',
      `sha256:${'a'.repeat(400)}`,
      `"sha256:${'a'.repeat(71)}… is not a digest (algorithm:encoded)`,
    ],
  ])('%s', (_, value, fault) => {
    expect(parseDigest(value)).toEqual({ ok: false, fault });
  });

  it('is known in every spelling that the OCI grammar allows', () => {
    fc.assert(fc.property(digest, (text) => isDigest(text)));
  });

  it('is never anything that is not text, and the question never throws', () => {
    fc.assert(fc.property(fc.anything(), (value) => typeof value === 'string' || !isDigest(value)));
  });

  it('is shortened so that a person can still tell two apart', () => {
    expect(shortDigest(digestOf('an image'))).toBe(digestOf('an image').slice(0, 'sha256:'.length + 12));
  });
});
