/** Comparisons that the tests of an audit start from: what a sweep of one repository found. */

import type { Registry } from '../lib/image/registry.ts';
import type {
  DestinationComparison,
  Drift,
  DriftCounts,
  RepositoryComparison,
} from '../lib/sweep/comparison.ts';
import { digestOf, ireland, source } from './samples.ts';

export const noCounts: DriftCounts = {
  ...{ expected: 0, inSync: 0, missing: 0, history: 0, tagMismatch: 0, archived: 0, extra: 0, young: 0 },
};

export function compared(change: Partial<DestinationComparison> = {}): DestinationComparison {
  return {
    destination: ireland,
    reading: { is: 'read' },
    counts: { ...noCounts, expected: 1, inSync: 1 },
    drifts: [],
    lags: new Map([[3, 1]]),
    ...change,
  };
}

export function repositoryWith(
  repository: string,
  destinations: readonly DestinationComparison[],
  from: Registry = source,
): RepositoryComparison {
  return { source: from, repository, reading: { is: 'read', images: 1 }, destinations };
}

export function drift(is: 'missing' | 'archived' | 'history' | 'extra', name = 'prod-api'): Drift {
  return { is, image: { digest: digestOf(name), tags: ['1'], storage: 'ACTIVE', pushedAt: 0 } };
}
