/** What an entry of an inventory is, by its media types, tags and neighbours. */

import { describe, expect, it } from 'vitest';
import type { InventoryImage } from '../../lib/sweep/comparison.ts';
import { listDrifts, mostListedDrifts } from '../../lib/sweep/listing.ts';
import { createPushes, partOf } from '../../lib/sweep/part.ts';
import { digestOf } from '../samples.ts';
import { imageOf, yesterday } from './pictures.ts';

const oci = 'application/vnd.oci.image.manifest.v1+json';
const index = 'application/vnd.oci.image.index.v1+json';
const config = 'application/vnd.oci.image.config.v1+json';
const cosign = `sha256-${'0'.repeat(64)}`;

describe('an entry', () => {
  it.each<[string, Partial<InventoryImage>]>([
    ['image', { mediaType: oci, artifactMediaType: config }],
    [
      'image',
      {
        mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
        artifactMediaType: 'application/vnd.docker.container.image.v1+json',
      },
    ],
    ['image', {}],
    ['index', { mediaType: index }],
    ['index', { mediaType: 'application/vnd.docker.distribution.manifest.list.v2+json' }],
    [
      'signature',
      { mediaType: oci, artifactMediaType: 'application/vnd.cncf.notary.signature', subject: digestOf('x') },
    ],
    [
      'signature',
      { artifactMediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json', subject: digestOf('x') },
    ],
    ['signature', { tags: [`${cosign}.sig`], mediaType: oci, artifactMediaType: config }],
    ['attestation', { tags: [`${cosign}.att`], mediaType: oci, artifactMediaType: config }],
    ['attestation', { tags: [`${cosign}.sbom`] }],
    ['attestation', { artifactMediaType: 'application/vnd.in-toto+json', subject: digestOf('x') }],
    ['attestation', { artifactMediaType: 'application/spdx+json', subject: digestOf('x') }],
    ['other', { artifactMediaType: 'application/vnd.acme.scan.v1', subject: digestOf('x') }],
    ['other', { mediaType: oci, artifactMediaType: 'application/vnd.cncf.helm.config.v1+json' }],
    ['image', { tags: ['sha256-12.sig'], mediaType: oci, artifactMediaType: config }],
  ])('is %s with %j', (part, change) => {
    expect(partOf(imageOf('x', change))).toBe(part);
  });
});

describe('an untagged image', () => {
  const at = (seconds: number, change: Partial<InventoryImage> = {}) =>
    imageOf(`${seconds}`, { tags: [], pushedAt: yesterday + seconds * 1000, ...change });
  const first = at(10, { tags: ['a'], mediaType: index });
  const second = at(60, { tags: ['b'], mediaType: index });
  const pushOf = createPushes([second, first, at(3)]);

  it.each([
    ['came with the index that was pushed in the same second', at(10), first],
    ['came with the index that was pushed seconds later', at(6), first],
    ['came with the next index, not with one before', at(58), second],
    ['came alone when the index was pushed later than that', at(4), undefined],
    ['came alone after the last index', at(61), undefined],
    ['came alone when it has a tag', at(10, { tags: ['x'] }), undefined],
    [
      'is no child when it is a signature',
      at(10, { artifactMediaType: 'application/vnd.cncf.notary.signature' }),
      undefined,
    ],
  ])('%s', (_, image, push) => {
    expect(pushOf(image)?.digest).toBe(push?.digest);
  });
});

describe('the listing of a result', () => {
  const child = imageOf('child', { tags: [], pushedAt: yesterday - 2_000 });
  const pushed = imageOf('multi', { mediaType: index });

  it('puts a missing child under the push that it came with, though the index is there', () => {
    expect(listDrifts([{ is: 'missing', image: child }], [pushed])).toEqual({
      listed: [{ is: 'missing', digest: child.digest, part: 'child', under: pushed.digest }],
      notListed: 0,
    });
  });

  it('names the tag that is wrong, else the first one, and what it is', () => {
    const image = imageOf('x', { tags: ['1', '2'] });
    const { listed } = listDrifts(
      [
        { is: 'archived', image: pushed },
        { is: 'tag-mismatch', image, tag: '2' },
      ],
      [],
    );
    expect(listed).toEqual([
      { is: 'tag-mismatch', digest: image.digest, tag: '2', part: 'image' },
      { is: 'archived', digest: pushed.digest, tag: 'multi', part: 'index' },
    ]);
  });

  it('holds as many as fit, the worst first, and says how many more there are', () => {
    const drifts = Array.from({ length: 300 }, (_, n) => ({
      is: n % 3 === 0 ? ('missing' as const) : ('extra' as const),
      image: imageOf(`${n}`),
    }));
    const { listed, notListed } = listDrifts(drifts, []);
    expect([listed.length, notListed]).toEqual([mostListedDrifts, 200]);
    expect(new Set(listed.map(({ is }) => is))).toEqual(new Set(['missing']));
  });
});
