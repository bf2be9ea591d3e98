/** One destination held against the picture of its source, page by page: each image of the source falls into one count. */

import type { Digest } from '../image/digest.ts';
import { lagSeconds } from '../replication/lag.ts';
import { type Drift, type DriftCounts, type InventoryImage, replicatedFrom } from './comparison.ts';
import type { SourcePicture } from './source-picture.ts';

/** Times in epoch milliseconds. */
export interface CompareTerms {
  /** When the listing of the source began. */
  readonly startedAt: number;
  readonly deadlineSeconds: number;
  /** Images that were pushed before were never going to be replicated here. */
  readonly historyBefore?: number;
}

interface DestinationCompared {
  readonly counts: DriftCounts;
  readonly drifts: readonly Drift[];
  readonly lags: ReadonlyMap<number, number>;
}

export interface DestinationComparer {
  readonly take: (page: readonly InventoryImage[]) => void;
  readonly finish: () => DestinationCompared;
}

/** Extras that are listed; a destination that is another registry's as well may have any number, and they are information. */
export const mostExtrasListed = 1_000;

const unseen = 0;
const inSync = 1;
const archived = 2;
const mismatched = 3;

/** Clocks of two Regions may be this far apart. */
const skewMs = 5_000;

export function createComparer(picture: SourcePicture, terms: CompareTerms): DestinationComparer {
  const { startedAt, deadlineSeconds, historyBefore = Number.NEGATIVE_INFINITY } = terms;
  const states = new Uint8Array(picture.images.length);
  const lacking = new Map<number, readonly string[]>();
  // Where the source's tags are here, if not on the source's image.
  const heldElsewhere = new Map<string, Digest>();
  const extras = new Map<Digest, InventoryImage>();
  const lags = new Map<number, number>();
  let extra = 0;

  function take(page: readonly InventoryImage[]): void {
    for (const image of page) {
      const place = picture.placeOf(image.digest);
      const wanted = place === undefined ? undefined : picture.images[place];
      noteTags(image, place);
      if (place === undefined || wanted === undefined) takeExtra(image);
      else takeReplica(wanted, place, image);
    }
  }

  function noteTags(image: InventoryImage, place: number | undefined): void {
    for (const tag of image.tags) {
      const owner = picture.placeOfTag(tag);
      if (owner !== undefined && owner !== place) heldElsewhere.set(tag, image.digest);
    }
  }

  /** What came after the source was listed is not surplus: its push is not in the picture. */
  function takeExtra(image: InventoryImage): void {
    if (image.pushedAt !== undefined && image.pushedAt >= startedAt - skewMs) return;
    if (extras.has(image.digest)) return;
    extra += 1;
    if (extras.size < mostExtrasListed) extras.set(image.digest, image);
  }

  function takeReplica(wanted: InventoryImage, place: number, image: InventoryImage): void {
    const isFirst = states[place] === unseen;
    states[place] = stateOf(wanted, place, image);
    if (!isFirst || states[place] === archived || !isExpected(wanted) || isYoung(wanted)) return;
    const lag = wanted.pushedAt === undefined ? undefined : lagSeconds(wanted.pushedAt, image.pushedAt);
    if (lag !== undefined) lags.set(lag, (lags.get(lag) ?? 0) + 1);
  }

  function stateOf(wanted: InventoryImage, place: number, image: InventoryImage): number {
    if (image.storage !== 'ACTIVE') return archived;
    const absent = wanted.tags.filter((tag) => !image.tags.includes(tag));
    if (absent.length === 0) return inSync;
    lacking.set(place, absent);
    return mismatched;
  }

  /** An image that is archived at its source cannot be pulled there either: nobody misses its replica. */
  function isExpected({ storage }: InventoryImage): boolean {
    return storage === 'ACTIVE';
  }

  function isYoung(image: InventoryImage): boolean {
    const since = replicatedFrom(image);
    return since !== undefined && startedAt - since < deadlineSeconds * 1000;
  }

  function mismatchesOf(place: number, image: InventoryImage): readonly Drift[] {
    return (lacking.get(place) ?? []).map((tag) => {
      const found = heldElsewhere.get(tag);
      return { is: 'tag-mismatch', image, tag, ...(found === undefined ? {} : { found }) };
    });
  }

  function finish(): DestinationCompared {
    const counts = { inSync: 0, missing: 0, history: 0, tagMismatch: 0, archived: 0, young: 0 };
    const drifts: Drift[] = [];
    for (const [place, image] of picture.images.entries()) {
      if (!isExpected(image)) continue;
      if (isYoung(image)) {
        counts.young += 1;
        continue;
      }
      switch (states[place]) {
        case inSync:
          counts.inSync += 1;
          break;
        case archived:
          counts.archived += 1;
          drifts.push({ is: 'archived', image });
          break;
        case mismatched:
          counts.tagMismatch += 1;
          drifts.push(...mismatchesOf(place, image));
          break;
        default: {
          const is =
            (replicatedFrom(image) ?? Number.POSITIVE_INFINITY) < historyBefore ? 'history' : 'missing';
          counts[is] += 1;
          drifts.push({ is, image });
        }
      }
    }
    const { young, ...old } = counts;
    const expected = old.inSync + old.missing + old.history + old.tagMismatch + old.archived;
    for (const image of extras.values()) drifts.push({ is: 'extra', image });
    return { counts: { expected, ...old, extra, young }, drifts, lags };
  }

  return { take, finish };
}
