// Stands for fast-check where lines are changed: a property is tried once for each change, hundreds of times in all. A few
// values each time are enough, the same ones whoever tries; and for the first that fails no shorter one is looked for.
import { createRequire } from 'node:module';
import type { IProperty, Parameters } from 'fast-check';

const mostRuns = 10;
const real: typeof import('fast-check').default = createRequire(import.meta.url)('fast-check');

export default {
  ...real,
  assert<T>(property: IProperty<T>, parameters: Parameters<T> = {}): void {
    const numRuns = Math.min(parameters.numRuns ?? mostRuns, mostRuns);
    real.assert(property, { ...parameters, numRuns, seed: 1, endOnFailure: true });
  },
};
