/** How a repository is scanned: by its registry's scanning rules, or where there are none by its own old switch. */

import { matchesWildcard } from '../replication/wildcard.ts';

const frequencies = ['MANUAL', 'SCAN_ON_PUSH', 'CONTINUOUS_SCAN'] as const;
type ScanFrequency = (typeof frequencies)[number];

/** What scans a repository's images, and when. */
export interface Scanning {
  readonly type: 'BASIC' | 'ENHANCED';
  readonly frequency: ScanFrequency;
}

/** One registry's rules; a filter without `*` matches every name that contains it. */
export interface RegistryScanning {
  readonly type: 'BASIC' | 'ENHANCED';
  readonly rules: readonly { readonly frequency: ScanFrequency; readonly filters: readonly string[] }[];
}

/** ECR User Guide, "Filters to choose which repositories are scanned"; of several rules the most frequent counts. */
export function scanningOf(registry: RegistryScanning, repository: string, scanOnPush: boolean): Scanning {
  let best: ScanFrequency | undefined;
  for (const { frequency, filters } of registry.rules) {
    if (!filters.some((filter) => matches(filter, repository))) continue;
    if (best === undefined || frequencies.indexOf(frequency) > frequencies.indexOf(best)) best = frequency;
  }
  const own: ScanFrequency = scanOnPush && registry.type === 'BASIC' ? 'SCAN_ON_PUSH' : 'MANUAL';
  return { type: registry.type, frequency: best ?? own };
}

/** The type only matters where something is scanned. */
export function sameScanning(a: Scanning, b: Scanning): boolean {
  return a.frequency === b.frequency && (a.frequency === 'MANUAL' || a.type === b.type);
}

function matches(filter: string, repository: string): boolean {
  return filter.includes('*') ? matchesWildcard(filter, repository) : repository.includes(filter);
}
