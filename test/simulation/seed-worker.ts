/** Plays seeds in a thread of its own: gets numbers, answers what came of each. */

import { parentPort, workerData } from 'node:worker_threads';
import { compose, type Rates } from './compose.ts';
import { type Played, play } from './play.ts';

export interface SeedResult extends Pick<Played, 'violation' | 'counts'> {
  readonly seed: number;
  readonly faults: Readonly<Record<string, number>>;
}

const rates = workerData as Rates;

parentPort?.on('message', async (seed: number) => {
  const { violation, faults, counts } = await play(compose(seed, rates));
  const result: SeedResult = {
    seed,
    faults: Object.fromEntries(faults),
    counts,
    ...(violation === undefined ? {} : { violation }),
  };
  parentPort?.postMessage(result);
});
