/** Seeds on several threads: each gets the next one as soon as it is done with the last. */

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Rates } from './compose.ts';
import type { SeedResult } from './seed-worker.ts';

export interface SeedRange {
  readonly from: number;
  readonly to: number;
  readonly rates: Rates;
  readonly workers?: number | undefined;
}

/** `heard`: gets each result as it comes; what it answers says whether more are wanted. */
export async function playSeeds(
  { from, to, rates, workers = availableParallelism() }: SeedRange,
  heard: (result: SeedResult) => boolean,
): Promise<void> {
  let next = from;
  let goesOn = true;

  async function work(): Promise<void> {
    const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), { workerData: rates });
    try {
      await new Promise<void>((resolve, reject) => {
        const hand = (): void => {
          if (!goesOn || next > to) {
            resolve();
            return;
          }
          worker.postMessage(next);
          next += 1;
        };
        worker.on('message', (result: SeedResult) => {
          goesOn = heard(result) && goesOn;
          hand();
        });
        worker.on('error', reject);
        hand();
      });
    } finally {
      await worker.terminate();
    }
  }

  await Promise.all(Array.from({ length: Math.min(workers, to - from + 1) }, work));
}
