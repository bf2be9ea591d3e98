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

/** Counts of the same wander by so much. */
const wander = 0.03;
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
  // An empty function is the same under any name.
  const empty = await million('empty', names[0] ?? '');
  const found = new Map<string, CountedStarts>();
  await Promise.all(
    names.map(async (name) => {
      const pairs: { readonly built: number; readonly sdk: number }[] = [];
      const ratio = (): Spread => spreadOf(pairs.map(({ built, sdk }) => (built - empty) / (sdk - empty)));
      do {
        const [built, sdk] = await Promise.all([million('built', name), million('sdk', name)]);
        if (Number.isNaN(empty + built + sdk)) return;
        pairs.push({ built, sdk });
      } while (Math.abs(ratio().median / limit - 1) < wander && pairs.length < countsWhereItMatters);
      const spreadOfKind = (kind: 'built' | 'sdk') => spreadOf(pairs.map((pair) => pair[kind]));
      found.set(name, { empty, built: spreadOfKind('built'), sdk: spreadOfKind('sdk'), ratio: ratio() });
    }),
  );
  return found;
}
