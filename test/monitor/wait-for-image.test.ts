/** The deploy gate in a table of races: what the registries say at which second, and how the wait ends, and when. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Digest } from '../../lib/image/digest.ts';
import { type Registry, sameRegistry } from '../../lib/image/registry.ts';
import { type WaitWish, waitForImage } from '../../lib/monitor/wait-for-image.ts';
import type { RulesReading, TagsReading } from '../../lib/ports.ts';
import type { Claim, ClaimsReading } from '../../lib/replication/claim.ts';
import type { ReadFault, Sighting } from '../../lib/replication/verdict.ts';
import { digestOf, ireland, source, sydney } from '../samples.ts';

const digest = digestOf('prod-api:1');
const other = digestOf('prod-api:2');

/** What stands in the world at a second after the wait began. Left out: all is as it should be. */
interface Scene {
  readonly rules?: (second: number) => RulesReading;
  /** Which digest the tag is on at the source. */
  readonly tag?: (second: number) => Digest | ReadFault | undefined;
  readonly at?: (second: number, registry: Registry) => Sighting;
  readonly claim?: (second: number, registry: Registry) => Claim;
  /** Which digest the tag is on at a destination. */
  readonly tagThere?: () => Digest | undefined;
  /** A call for images at this registry is never answered. */
  readonly hangs?: (second: number, registry: Registry) => boolean;
}

const usual: RulesReading = { is: 'read', rules: [{ prefixes: ['prod-'], destinations: [ireland, sydney] }] };
const present: Sighting = { is: 'present', image: { tags: ['1'], storage: 'ACTIVE', arrivedAt: 2_000 } };
const untagged: Sighting = { is: 'present', image: { tags: [], storage: 'ACTIVE' } };
const absent: Sighting = { is: 'absent' };
const denied: Sighting = { is: 'unreadable', why: 'access-denied' };

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

async function waited(scene: Scene, change: Partial<WaitWish> = {}) {
  const begun = Date.now();
  const second = (): number => (Date.now() - begun) / 1000;
  const looks = vi.fn();
  const ports = {
    now: Date.now,
    chance: () => 0.5,
    pause: (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms)),
    readRules: async () => scene.rules?.(second()) ?? usual,
    readTags: async (registry: Registry, _: string, tags: readonly string[]): Promise<TagsReading> => {
      const isSource = sameRegistry(registry, source);
      const asked = isSource ? scene.tag : scene.tagThere;
      const found = asked === undefined ? digest : asked(second());
      if (found !== undefined && !found.includes(':')) return { is: 'unreadable', why: found as ReadFault };
      return { is: 'read', holders: new Map(tags.flatMap((tag) => (found ? [[tag, found as Digest]] : []))) };
    },
    readImages: async ({ registry }: { registry: Registry }) => {
      if (scene.hangs?.(second(), registry)) await new Promise(() => {});
      const isSource = sameRegistry(registry, source);
      return new Map([[digest, isSource ? present : (scene.at?.(second(), registry) ?? present)]]);
    },
    readTagSettings: async () => undefined,
    readClaims: async (): Promise<ClaimsReading> => {
      const entries = [ireland, sydney].flatMap((destination) => {
        const claim = scene.claim?.(second(), destination) ?? { says: 'no-entry' };
        if (claim.says !== 'FAILED' && claim.says !== 'COMPLETE' && claim.says !== 'IN_PROGRESS') return [];
        const failureCode = claim.says === 'FAILED' ? claim.failureCode : undefined;
        return [{ destination, status: claim.says, ...(failureCode === undefined ? {} : { failureCode }) }];
      });
      return scene.claim?.(second(), ireland).says === 'source-gone'
        ? { is: 'source-gone' }
        : { is: 'read', entries };
    },
  };
  const wish: WaitWish = {
    source,
    reference: { repository: 'prod-api', tag: '1' },
    destinations: [],
    timeoutSeconds: 60,
    longestGapSeconds: 5,
    waitForPush: false,
    keepWaiting: false,
    ...change,
  };
  const ending = waitForImage(ports, wish, looks).then((end) => ({ end, after: second() }));
  await vi.advanceTimersByTimeAsync(5 * 60 * 1000);
  const { end, after } = await ending;
  return { end, after, view: looks.mock.lastCall?.[0], looks: looks.mock.calls.length };
}

const from =
  (when: number, then: Sighting, before: Sighting = absent): NonNullable<Scene['at']> =>
  (second) =>
    second >= when ? then : before;
const onlyIn =
  (registry: Registry, there: NonNullable<Scene['at']>): NonNullable<Scene['at']> =>
  (second, at) =>
    sameRegistry(at, registry) ? there(second, at) : present;

describe('the wait', () => {
  it('ends at once when the image is everywhere', async () => {
    expect(await waited({})).toMatchObject({ end: { is: 'verified' }, after: 0, looks: 1 });
  });

  it.each<[string, Scene]>([
    ['no entry yet', { at: from(12, present), claim: () => ({ says: 'no-entry' }) }],
    ['in progress', { at: from(12, present), claim: () => ({ says: 'IN_PROGRESS' }) }],
    ['complete, and the digest absent', { at: from(12, present), claim: () => ({ says: 'COMPLETE' }) }],
    ['unreadable', { at: from(12, present), claim: () => ({ says: 'unreadable', why: 'throttled' }) }],
    [
      'throttled at one destination',
      { at: onlyIn(sydney, from(12, present, { is: 'unreadable', why: 'throttled' })) },
    ],
    [
      'archived at first',
      { at: from(12, present, { is: 'present', image: { tags: ['1'], storage: 'ARCHIVED' } }) },
    ],
    [
      'without its repository at first',
      { at: from(12, present, { is: 'unreadable', why: 'repository-not-found' }) },
    ],
    ['denied once', { at: (second) => (second < 1 ? denied : second < 12 ? absent : present) }],
    ['source tags throttled', { tag: (second) => (second < 12 ? 'throttled' : digest) }],
    [
      'rules throttled',
      { rules: (second) => (second < 12 ? { is: 'unreadable', why: 'throttled' } : usual) },
    ],
  ])('goes on until the digest is seen: %s', async (_, scene) => {
    const { end, after } = await waited(scene);
    expect(end).toEqual({ is: 'verified' });
    expect(after).toBeGreaterThanOrEqual(12);
    expect(after).toBeLessThan(12 + 10);
  });

  it.each<[string, Scene]>([
    ['an empty status', { at: () => absent, claim: () => ({ says: 'no-entry' }) }],
    ['a claim without an image', { at: () => absent, claim: () => ({ says: 'COMPLETE' }) }],
    ['one destination alone', { at: onlyIn(sydney, () => absent) }],
    ['an image that is there without its tag', { at: () => untagged, tagThere: () => undefined }],
    ['an image whose tag is on another one there', { at: () => untagged, tagThere: () => other }],
    ['a throttled destination', { at: onlyIn(ireland, () => ({ is: 'unreadable', why: 'throttled' })) }],
    ['everything throttled', { rules: () => ({ is: 'unreadable', why: 'throttled' }) }],
    [
      'a source that cannot be read again',
      { tag: (second) => (second < 0.5 ? digest : 'throttled'), at: from(1, present) },
    ],
    ['a destination that never answers', { hangs: (_, registry) => sameRegistry(registry, sydney) }],
    ['a source that never answers', { hangs: (_, registry) => sameRegistry(registry, source) }],
  ])('is never satisfied by %s, and ends at its time-out', async (_, scene) => {
    const { end, after } = await waited(scene);
    expect(end).toEqual({ is: 'timed-out' });
    expect(after).toBe(60);
  });

  it('ends in the middle of a call that hangs from then on', async () => {
    const { end, after } = await waited({ at: () => absent, hangs: (second) => second > 30 });
    expect([end, after]).toEqual([{ is: 'timed-out' }, 60]);
  });

  it('ends at once when ECR reports a failure at one destination, and says which', async () => {
    const { end, after, view } = await waited({
      at: onlyIn(sydney, () => absent),
      claim: (second) =>
        second < 10 ? { says: 'IN_PROGRESS' } : { says: 'FAILED', failureCode: 'Whatever' },
    });
    expect(end).toEqual({ is: 'failed' });
    expect(after).toBeLessThan(20);
    expect(view.replicas).toMatchObject([
      { destination: ireland, verdict: { is: 'verified' } },
      {
        destination: sydney,
        verdict: { is: 'missing' },
        claim: { says: 'FAILED' },
        cause: { id: 'failed-unknown' },
      },
    ]);
  });

  it('goes on after a failure when told to: ECR tries again', async () => {
    const scene: Scene = { at: onlyIn(sydney, from(40, present)), claim: () => ({ says: 'FAILED' }) };
    expect((await waited(scene, { keepWaiting: true })).end).toEqual({ is: 'verified' });
  });

  it('fails when the tag moves meanwhile, and names where it is', async () => {
    const { end } = await waited({ at: () => absent, tag: (second) => (second < 10 ? digest : other) });
    expect(end).toEqual({ is: 'tag-moved', found: other });
  });

  it('fails when the tag has moved by the time that the digest is everywhere', async () => {
    const { end } = await waited({ at: from(10, present), tag: (second) => (second < 10 ? digest : other) });
    expect(end).toEqual({ is: 'tag-moved', found: other });
  });

  it('fails when the tag is gone at the source', async () => {
    const { end } = await waited({ at: () => absent, tag: (second) => (second < 10 ? digest : undefined) });
    expect(end).toEqual({ is: 'tag-moved' });
  });

  it('fails when the image is deleted at the source', async () => {
    const scene: Scene = {
      at: () => absent,
      claim: (second) => ({ says: second < 10 ? 'IN_PROGRESS' : 'source-gone' }),
    };
    expect((await waited(scene)).end).toEqual({ is: 'deleted' });
  });

  it('fails at once when the image was never pushed, and waits for it when told to', async () => {
    expect(await waited({ tag: () => undefined })).toMatchObject({ end: { is: 'not-pushed' }, after: 0 });
    const later: Scene = { tag: (second) => (second < 20 ? undefined : digest) };
    expect(await waited(later, { waitForPush: true })).toMatchObject({ end: { is: 'verified' } });
  });

  it('fails when the tag is not on the digest that was named with it', async () => {
    const reference = { repository: 'prod-api', tag: '1', digest: other };
    expect((await waited({}, { reference })).end).toEqual({ is: 'tag-elsewhere', found: digest });
  });

  it('takes a second refusal in a row for an answer', async () => {
    const { end, after } = await waited({ at: onlyIn(sydney, () => denied) });
    expect(end).toEqual({
      is: 'denied',
      trouble: { reading: 'destination', registry: sydney, why: 'access-denied' },
    });
    expect(after).toBeLessThan(10);
  });

  it('says that no rule covers the repository, or a destination that was asked for', async () => {
    const reference = { repository: 'sandbox', tag: '1' };
    expect((await waited({}, { reference })).end).toEqual({ is: 'uncovered', missing: [] });
    const destinations = ['eu-west-1', 'eu-north-1'];
    expect((await waited({}, { destinations })).end).toEqual({ is: 'uncovered', missing: ['eu-north-1'] });
  });

  it.each([['eu-west-1'], ['111122223333/eu-west-1']])('waits for %s alone when asked to', async (asked) => {
    const scene: Scene = { at: onlyIn(sydney, () => absent) };
    const { end, view } = await waited(scene, { destinations: [asked] });
    expect(end).toEqual({ is: 'verified' });
    expect(view.replicas).toHaveLength(1);
  });

  it('waits for a digest without asking for any tag', async () => {
    const scene: Scene = {
      tag: () => undefined,
      at: () => ({ is: 'present', image: { tags: [], storage: 'ACTIVE' } }),
    };
    expect((await waited(scene, { reference: { repository: 'prod-api', digest } })).end).toEqual({
      is: 'verified',
    });
  });
});
