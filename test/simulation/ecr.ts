/** Several registries and the replication between them: what is where, what ECR claims, and what it tells by events. */

import { createHash } from 'node:crypto';
import type { Digest } from '../../lib/image/digest.ts';
import { type Registry, registryKey } from '../../lib/image/registry.ts';
import type { ClaimEntry, ClaimsReading } from '../../lib/replication/claim.ts';
import { placeKey } from '../../lib/replication/reads.ts';
import { destinationsOf, type ReplicationRule } from '../../lib/replication/rules.ts';
import type { ImageSeen } from '../../lib/replication/verdict.ts';
import type { LifecyclePolicy } from '../../lib/sweep/lifecycle.ts';
import { createHistory, type History } from './history.ts';
import type { Fate } from './story.ts';
import type { Timeline } from './timeline.ts';

/** All images of one repository; it is replaced, never changed. */
export type Shelf = ReadonlyMap<Digest, ImageSeen>;

interface Image {
  readonly registry: Registry;
  readonly repository: string;
  readonly digest: Digest;
  readonly tag?: string;
}

export type EcrEvent = Image & {
  /** By the clock of the registry that emits it. */
  readonly at: number;
} & (
    | { readonly is: 'push' }
    | { readonly is: 'report'; readonly result: string; readonly from: Registry }
    | { readonly is: 'rules' }
  );

/** What can be asked of an ECR. */
export interface EcrReads {
  readonly rulesOf: (registry: Registry) => readonly ReplicationRule[];
  readonly repositoriesOf: (registry: Registry) => readonly string[];
  /** Undefined: there is no such repository. */
  readonly shelfOf: (registry: Registry, repository: string) => Pick<Shelf, 'get' | 'entries'> | undefined;
  /** As DescribeImageReplicationStatus answers. */
  readonly claimsOf: (source: Registry, repository: string, digest: Digest) => ClaimsReading;
}

export interface EcrModel extends EcrReads {
  /** What was so, and when. */
  readonly shelves: History<Shelf | undefined>;
  readonly rules: History<readonly ReplicationRule[]>;
  readonly claims: History<ClaimsReading>;
  readonly push: (image: Image, fateAt: (destination: Registry) => Fate | undefined) => void;
  readonly change: (image: Omit<Image, 'tag'>, change: 'delete' | 'archive' | 'restore') => void;
  readonly deleteTag: (registry: Registry, repository: string, tag: string) => void;
  readonly deleteRepository: (registry: Registry, repository: string) => void;
  /** An image comes to be at a registry, under a tag if one is given. */
  readonly put: (image: Image) => void;
  /** A layer of an image is lost at a registry; it is there again when the image is. */
  readonly loseLayer: (image: Omit<Image, 'tag'>) => void;
  readonly lostLayers: (place: string) => ReadonlySet<Digest>;
  readonly lifecycleOf: (registry: Registry, repository: string) => LifecyclePolicy | undefined;
  readonly putLifecycle: (registry: Registry, repository: string, policy: LifecyclePolicy) => void;
  /** Pulls by the monitor do not count as use from now on. */
  readonly excludePulls: (registry: Registry) => void;
  readonly excludesPulls: (registry: Registry) => boolean;
  readonly putRules: (registry: Registry, rules: readonly ReplicationRule[]) => void;
}

export function imageKey(registry: Registry, repository: string, digest: Digest): string {
  return `${placeKey(registry, repository)} ${digest}`;
}

const usualFate: Fate = { is: 'arrives', afterSeconds: 3 };

/** `clockOf`: what the clock of a registry shows now. */
export function createEcr(
  timeline: Pick<Timeline, 'now' | 'after'>,
  clockOf: (registry: Registry) => number,
  emit: (event: EcrEvent) => void,
): EcrModel {
  const shelves = createHistory<Shelf | undefined>(timeline.now, undefined);
  const rules = createHistory<readonly ReplicationRule[]>(timeline.now, []);
  const claims = createHistory<ClaimsReading>(timeline.now, { is: 'read', entries: [] });

  const lost = new Map<string, Set<Digest>>();
  const lifecycles = new Map<string, LifecyclePolicy>();
  const excluding = new Set<string>();

  function shelfOf(registry: Registry, repository: string): Shelf | undefined {
    return shelves.get(placeKey(registry, repository));
  }

  function put({ registry, repository, digest, tag }: Image): void {
    const shelf = new Map(shelfOf(registry, repository));
    if (tag !== undefined) for (const [other, image] of shelf) shelf.set(other, withoutTag(image, tag));
    const known = shelf.get(digest);
    const tags = [...(known?.tags ?? []), ...(tag === undefined ? [] : [tag])];
    shelf.set(digest, { tags, storage: 'ACTIVE', arrivedAt: known?.arrivedAt ?? clockOf(registry) });
    shelves.set(placeKey(registry, repository), shelf);
    lost.get(placeKey(registry, repository))?.delete(layerOf(digest));
  }

  function claim(
    image: Image,
    destination: Registry,
    entry: Omit<ClaimEntry, 'destination'> | undefined,
  ): void {
    const key = imageKey(image.registry, image.repository, image.digest);
    const known = claims.get(key);
    const others = (known.is === 'read' ? known.entries : []).filter(
      (other) => registryKey(other.destination) !== registryKey(destination),
    );
    const entries = entry === undefined ? others : [...others, { destination, ...entry }];
    claims.set(key, { is: 'read', entries });
  }

  function report(image: Image, destination: Registry, result: string): void {
    const { registry: from, ...rest } = image;
    emit({ ...rest, is: 'report', registry: destination, from, result, at: clockOf(destination) });
  }

  /** Nothing is copied that is not at the source any more, and no tag that has moved on there. */
  function arrive(image: Image, destination: Registry, withTag: boolean): void {
    const atSource = shelfOf(image.registry, image.repository)?.get(image.digest);
    if (atSource === undefined) return;
    const { tag, ...untagged } = { ...image, registry: destination };
    put(withTag && tag !== undefined && atSource.tags.includes(tag) ? { ...untagged, tag } : untagged);
    claim(image, destination, { status: 'COMPLETE' });
    report(image, destination, 'SUCCESS');
  }

  function replicate(image: Image, destination: Registry, fate: Fate): void {
    switch (fate.is) {
      case 'arrives':
      case 'arrives-without-tag':
        claim(image, destination, { status: 'IN_PROGRESS' });
        timeline.after(fate.afterSeconds, () => arrive(image, destination, fate.is === 'arrives'));
        return;
      case 'fails': {
        claim(image, destination, { status: 'IN_PROGRESS' });
        timeline.after(fate.afterSeconds, () => {
          const status = fate.retry?.claim ?? 'FAILED';
          claim(image, destination, { status, ...(status === 'FAILED' ? { failureCode: 'Broken' } : {}) });
          report(image, destination, 'FAILED');
          if (fate.retry !== undefined)
            timeline.after(fate.retry.afterSeconds, () => arrive(image, destination, true));
        });
        return;
      }
      case 'is-lost': {
        const { claim: says = 'IN_PROGRESS' } = fate;
        claim(image, destination, says === 'NONE' ? undefined : { status: says });
        if (fate.announced) timeline.after(fate.afterSeconds, () => report(image, destination, 'SUCCESS'));
      }
    }
  }

  return {
    shelves,
    rules,
    claims,
    put,
    shelfOf,
    rulesOf: (registry) => rules.get(registryKey(registry)),
    repositoriesOf: (registry) =>
      shelves.keys().flatMap((key) => {
        const [place = '', name = ''] = key.split(' ');
        return place === registryKey(registry) && shelves.get(key) !== undefined ? [name] : [];
      }),
    claimsOf: (source, repository, digest) => {
      if (shelfOf(source, repository)?.has(digest) !== true) return { is: 'source-gone' };
      return claims.get(imageKey(source, repository, digest));
    },
    push: (image, fateAt) => {
      put(image);
      emit({ ...image, is: 'push', at: clockOf(image.registry) });
      for (const destination of destinationsOf(
        rules.get(registryKey(image.registry)),
        image.registry,
        image.repository,
      )) {
        replicate(image, destination, fateAt(destination) ?? usualFate);
      }
    },
    change: ({ registry, repository, digest }, change) => {
      const shelf = new Map(shelfOf(registry, repository));
      const known = shelf.get(digest);
      if (known === undefined) return;
      if (change === 'delete') shelf.delete(digest);
      else shelf.set(digest, { ...known, storage: change === 'archive' ? 'ARCHIVED' : 'ACTIVE' });
      shelves.set(placeKey(registry, repository), shelf);
    },
    deleteTag: (registry, repository, tag) => {
      const shelf = shelfOf(registry, repository);
      if (shelf === undefined) return;
      const left = [...shelf].map(([digest, image]) => [digest, withoutTag(image, tag)] as const);
      shelves.set(placeKey(registry, repository), new Map(left));
    },
    deleteRepository: (registry, repository) => shelves.set(placeKey(registry, repository), undefined),
    loseLayer: ({ registry, repository, digest }) => {
      const key = placeKey(registry, repository);
      lost.set(key, (lost.get(key) ?? new Set()).add(layerOf(digest)));
    },
    lostLayers: (place) => lost.get(place) ?? new Set(),
    lifecycleOf: (registry, repository) => lifecycles.get(placeKey(registry, repository)),
    putLifecycle: (registry, repository, policy) => lifecycles.set(placeKey(registry, repository), policy),
    excludePulls: (registry) => excluding.add(registryKey(registry)),
    excludesPulls: (registry) => excluding.has(registryKey(registry)),
    putRules: (registry, changed) => {
      rules.set(registryKey(registry), changed);
      emit({ is: 'rules', registry, repository: '', digest: '' as Digest, at: clockOf(registry) });
    },
  };
}

function withoutTag(image: ImageSeen, tag: string): ImageSeen {
  return image.tags.includes(tag) ? { ...image, tags: image.tags.filter((one) => one !== tag) } : image;
}

/** Each image has one layer, its own. */
export function layerOf(digest: Digest): Digest {
  return `sha256:${createHash('sha256').update(`layer of ${digest}`).digest('hex')}` as Digest;
}
