/** Source and destination compared: every image in one count, every drift once, in whatever order and pages they come. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createComparer, mostExtrasListed } from '../../lib/sweep/compare.ts';
import type { Drift, DriftCounts, InventoryImage } from '../../lib/sweep/comparison.ts';
import { createPicture } from '../../lib/sweep/source-picture.ts';
import { digestOf } from '../samples.ts';
import { morning } from '../world.ts';
import { imageOf, yesterday } from './pictures.ts';

const deadlineSeconds = 1_800;

function compare(
  source: readonly InventoryImage[],
  destination: readonly (readonly InventoryImage[])[],
  historyBefore?: number,
) {
  const picture = createPicture();
  picture.add(source);
  const terms = { startedAt: morning, deadlineSeconds };
  const comparer = createComparer(picture, historyBefore === undefined ? terms : { ...terms, historyBefore });
  for (const page of destination) comparer.take(page);
  return comparer.finish();
}

/** `tag-mismatch api:latest` … without digests, which nobody can read. */
function inShort(drift: Drift): string {
  const tag =
    drift.is === 'tag-mismatch' ? ` by ${drift.tag}${drift.found === undefined ? '' : ', held'}` : '';
  return `${drift.is} ${drift.image.tags.join('+') || 'untagged'}${tag}`;
}

const zero = {
  expected: 1,
  inSync: 0,
  missing: 0,
  history: 0,
  tagMismatch: 0,
  archived: 0,
  extra: 0,
  young: 0,
};
const a = imageOf('a');
const { pushedAt: _, ...ageless } = a;

describe('an image of the source', () => {
  it.each<[string, InventoryImage, readonly InventoryImage[], Partial<DriftCounts>, readonly string[]]>([
    ['is in sync when it is there with its tag', a, [a], { inSync: 1 }, []],
    ['is in sync when it has more tags there', a, [imageOf('a', { tags: ['b', 'a'] })], { inSync: 1 }, []],
    ['is missing when it is not there', a, [], { missing: 1 }, ['missing a']],
    [
      'is missing when only another image has its tag there',
      a,
      [imageOf('b', { tags: ['a'], pushedAt: morning })],
      { missing: 1 },
      ['missing a'],
    ],
    [
      'is a tag-mismatch when it is there without its tag',
      a,
      [imageOf('a', { tags: [] })],
      { tagMismatch: 1 },
      ['tag-mismatch a by a'],
    ],
    [
      'is a tag-mismatch, and who has the tag is told',
      a,
      [imageOf('a', { tags: [] }), imageOf('b', { tags: ['a'], pushedAt: morning })],
      { tagMismatch: 1 },
      ['tag-mismatch a by a, held'],
    ],
    [
      'is one tag-mismatch with two tags that are wrong, each listed',
      imageOf('a', { tags: ['x', 'y', 'z'] }),
      [imageOf('a', { tags: ['y'] })],
      { tagMismatch: 1 },
      ['tag-mismatch x+y+z by x', 'tag-mismatch x+y+z by z'],
    ],
    [
      'is archived when it is so there',
      a,
      [imageOf('a', { storage: 'ARCHIVED' })],
      { archived: 1 },
      ['archived a'],
    ],
    [
      'is archived while it is being restored there: a pull fails',
      a,
      [imageOf('a', { storage: 'ACTIVATING' })],
      { archived: 1 },
      ['archived a'],
    ],
    [
      'is expected nowhere when it is archived itself',
      imageOf('a', { storage: 'ARCHIVED' }),
      [],
      { expected: 0 },
      [],
    ],
    [
      'is no surplus at the destination when it is archived itself',
      imageOf('a', { storage: 'ARCHIVED' }),
      [a],
      { expected: 0 },
      [],
    ],
    [
      'is missing at its deadline',
      imageOf('a', { pushedAt: morning - 1_800_000 }),
      [],
      { missing: 1 },
      ['missing a'],
    ],
    [
      'is young when it was restored from the archive just now: that replicates it again',
      imageOf('a', { activatedAt: morning - 60_000 }),
      [],
      { expected: 0, young: 1 },
      [],
    ],
    [
      'is young a millisecond before, and left out',
      imageOf('a', { pushedAt: morning - 1_799_999 }),
      [],
      { expected: 0, young: 1 },
      [],
    ],
    ['is missing when nobody knows how old it is', ageless, [], { missing: 1 }, ['missing a']],
    [
      'is missing without a tag as well',
      imageOf('a', { tags: [] }),
      [],
      { missing: 1 },
      ['missing untagged'],
    ],
  ])('%s', (_, image, there, counts, drifts) => {
    const compared = compare([image], [there]);
    expect(compared.counts).toEqual({ ...zero, ...counts });
    expect(compared.drifts.map(inShort)).toEqual(drifts);
  });

  it('is history when it is older than the rule, unless it is there', () => {
    const older = imageOf('older', { pushedAt: yesterday - 1 });
    const there = imageOf('there', { pushedAt: yesterday - 1 });
    const { counts, drifts } = compare([a, older, there], [[there]], yesterday);
    expect(counts).toMatchObject({ expected: 3, inSync: 1, missing: 1, history: 1 });
    expect(drifts.map(inShort)).toEqual(['missing a', 'history older']);
  });

  it('is looked for on every page of the destination', () => {
    const tagged = imageOf('b', { tags: ['a'], pushedAt: morning });
    const { drifts } = compare([a], [[tagged], [imageOf('x')], [imageOf('a', { tags: [] })]]);
    expect(drifts[0]).toEqual({ is: 'tag-mismatch', image: a, tag: 'a', found: digestOf('b') });
  });
});

describe('an image of the destination', () => {
  it('is surplus when the source does not have it', () => {
    const { counts, drifts } = compare([], [[a, imageOf('b')], [a]]);
    expect(counts).toMatchObject({ expected: 0, extra: 2 });
    expect(drifts.map(inShort)).toEqual(['extra a', 'extra b']);
  });

  it('is no surplus when it came after the source was listed', () => {
    expect(compare([], [[imageOf('a', { pushedAt: morning })]]).counts.extra).toBe(0);
    expect(compare([], [[imageOf('a', { pushedAt: morning - 6_000 })]]).counts.extra).toBe(1);
  });

  it('is counted beyond those that are listed', () => {
    const many = Array.from({ length: mostExtrasListed + 5 }, (_, n) => imageOf(`extra ${n}`));
    const { counts, drifts } = compare([], [many]);
    expect([counts.extra, drifts.length]).toEqual([mostExtrasListed + 5, mostExtrasListed]);
  });
});

describe('the lags', () => {
  it('are of images in sync whose times tell, and folded', () => {
    const at = (name: string, seconds: number) => imageOf(name, { pushedAt: yesterday + seconds * 1000 });
    const young = imageOf('young', { pushedAt: morning - 1000 });
    const { lags } = compare(
      [a, imageOf('b'), imageOf('c'), imageOf('d'), young, imageOf('gone')],
      [[at('a', 3), at('b', 3), at('c', 90), at('d', -3_600), { ...young, pushedAt: morning }]],
    );
    expect([...lags]).toEqual([
      [3, 2],
      [90, 1],
    ]);
  });
});

const images = fc.uniqueArray(
  fc.record({
    n: fc.nat(30),
    tags: fc.uniqueArray(fc.constantFrom('t1', 't2', 't3', 't4', 't5'), { maxLength: 2 }),
    storage: fc.constantFrom<InventoryImage['storage']>(
      'ACTIVE',
      'ACTIVE',
      'ACTIVE',
      'ARCHIVED',
      'ACTIVATING',
    ),
    age: fc.constantFrom(0, 1_000_000, 1_800_000, 90_000_000, 90_000_001),
  }),
  { selector: ({ n }) => n, maxLength: 31 },
);
type Made = typeof images extends fc.Arbitrary<infer T> ? T : never;

/** A tag is on one image only, as in a registry. */
function inventory(made: Made): readonly InventoryImage[] {
  const taken = new Set<string>();
  return made.map(({ n, tags, storage, age }) => {
    const own = tags.filter((tag) => !taken.has(tag));
    for (const tag of own) taken.add(tag);
    return { digest: digestOf(`${n}`), tags: own, storage, pushedAt: morning - age };
  });
}

describe('any two inventories', () => {
  it('give counts that add up and are those of the plain definition, whatever the pages', () => {
    fc.assert(
      fc.property(images, images, fc.integer({ min: 1, max: 7 }), (from, to, size) => {
        const [source, destination] = [inventory(from), inventory(to)];
        const pages: InventoryImage[][] = [];
        for (let at = 0; at < destination.length; at += size) pages.push(destination.slice(at, at + size));
        const historyBefore = morning - 90_000_000;
        const { counts, drifts } = compare(source, pages, historyBefore);

        const there = new Map(destination.map((image) => [image.digest, image]));
        const active = source.filter(({ storage }) => storage === 'ACTIVE');
        const old = active.filter(({ pushedAt = 0 }) => morning - pushedAt >= 1_800_000);
        const is = (image: InventoryImage): string => {
          const replica = there.get(image.digest);
          if (replica === undefined) return (image.pushedAt ?? 0) < historyBefore ? 'history' : 'missing';
          if (replica.storage !== 'ACTIVE') return 'archived';
          return image.tags.every((tag) => replica.tags.includes(tag)) ? 'inSync' : 'tagMismatch';
        };
        const count = (what: string): number => old.filter((image) => is(image) === what).length;
        const known = new Set(source.map(({ digest }) => digest));
        expect(counts).toEqual({
          expected: old.length,
          inSync: count('inSync'),
          missing: count('missing'),
          history: count('history'),
          tagMismatch: count('tagMismatch'),
          archived: count('archived'),
          extra: destination.filter(
            ({ digest, pushedAt = 0 }) => !known.has(digest) && pushedAt < morning - 5_000,
          ).length,
          young: active.length - old.length,
        });
        const names = drifts.map(
          (drift) => `${drift.is} ${drift.image.digest} ${'tag' in drift ? drift.tag : ''}`,
        );
        expect(new Set(names).size).toBe(drifts.length);
        expect(new Set(drifts.map(({ image }) => image.digest)).size).toBe(
          counts.expected - counts.inSync + counts.extra,
        );
      }),
    );
  });
});
