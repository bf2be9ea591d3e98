/** Cold starts in instructions: what a built function takes on top of an empty one, to what its peer does. */

import pLimit from 'p-limit';
import type { ColdFunctions, Kind } from './cold-functions.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** Million instructions; `ratio` of each pair of a function and its peer. */
export interface CountedStarts {
  readonly empty: number;
  readonly built: Spread;
  readonly sdk: Spread;
  readonly ratio: Spread;
}

/** Counts of the same wander by 3 %, and so does a ratio. */
const near = 0.05;
const countsWhereItMatters = 5;

/**
 * Once each, and where that comes near the `limit`, whichever side of it, five times. Two processes at a time, since their
 * number does not depend on what else runs. What cannot be counted is left out.
 */
export async function countStarts(
  functions: ColdFunctions,
  names: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, CountedStarts>> {
  const two = pLimit(2);
  const million = async (kind: Kind, name: string): Promise<number> =>
    ((await two(() => functions.count(kind, name))) ?? Number.NaN) / 1e6;
  // An empty function is the same under any name, and in every ratio.
  const empties = await Promise.all([1, 2, 3].map(() => million('empty', names[0] ?? '')));
  const empty = spreadOf(empties).median;
  const found = new Map<string, CountedStarts>();
  await Promise.all(
    names.map(async (name) => {
      const pair = async () => {
        const [built, sdk] = await Promise.all([million('built', name), million('sdk', name)]);
        return { built, sdk, ratio: (built - empty) / (sdk - empty) };
      };
      const first = await pair();
      const isNear = Math.abs(first.ratio / limit - 1) < near;
      const more = Array.from({ length: isNear ? countsWhereItMatters - 1 : 0 }, pair);
      const pairs = [first, ...(await Promise.all(more))].filter(({ ratio }) => !Number.isNaN(ratio));
      if (pairs.length === 0) return;
      const of = (part: 'built' | 'sdk' | 'ratio') => spreadOf(pairs.map((one) => one[part]));
      found.set(name, { empty, built: of('built'), sdk: of('sdk'), ratio: of('ratio') });
    }),
  );
  return found;
}
