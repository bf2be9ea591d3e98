/** What a sweep found of the past: images that were never going to be replicated, in lines that people read. */

import { type Registry, registryKey } from '../image/registry.ts';
import { coverageOf, type RouteSummary } from '../sweep/run.ts';
import { clockTime, count } from './words.ts';

/** One source's part of a destination's finding. `since`: when the monitor began to watch it (epoch ms). */
export function historyLines(source: Registry, since: number, route: RouteSummary): readonly string[] {
  const { counts, repositoriesWithHistory } = route;
  const images = count(counts.history, 'image');
  const repositories = count(repositoriesWithHistory, 'repository', 'repositories');
  return [
    `From ${registryKey(source)}: ${images} in ${repositories}, pushed before the rule was seen, or before ${clockTime(since)}, when this monitor began to watch.`,
    `Coverage: ${percent(coverageOf(route))} of the ${count(counts.expected, 'image')} that must be there are in sync.`,
  ];
}

/** `97.3 %`; rounded down, so that what is not whole never reads 100. */
function percent(value: number): string {
  return `${(Math.floor(value * 10) / 10).toFixed(1)} %`;
}
