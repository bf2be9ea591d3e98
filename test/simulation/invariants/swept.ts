/** 1. A replica that is not at its destination by its deadline comes on record: what a sweep goes over. */

import { type Registry, sameRegistry } from '../../../lib/image/registry.ts';
import type { Replica } from '../../../lib/replication/rules.ts';
import { isNamed } from '../truth.ts';
import type { Seen } from '../watch.ts';
import { clockSeconds, sweepSeconds, sweepTagsSeconds } from './bounds.ts';
import { inWords, isAbout } from './words.ts';

/** Whatever its event said, and whatever became of it since: a sweep finds each replica that is not there. */
export function watchSweeps({
  now,
  setting,
  faults,
  truth,
  ecr,
  expectations,
  incidents,
  table,
  sweeps,
  fail,
}: Seen): () => void {
  const judged = new Set<string>();
  const bounds: { readonly [N in 'missing' | 'tag-mismatch']: number } = {
    missing: sweepSeconds,
    'tag-mismatch': sweepTagsSeconds(setting.deadlineMinutes * 60),
  };

  return () => {
    for (const begin of sweeps) {
      for (const need of ['missing', 'tag-mismatch'] as const) {
        const key = `${begin} ${need}`;
        if (judged.has(key) || now() < begin + bounds[need] * 1000) continue;
        judged.add(key);
        // What was struck meanwhile may have to come again; the next sweep is judged then.
        if (faults.lastAt() < begin) judge(begin, need);
      }
    }
  };

  function judge(begin: number, need: 'missing' | 'tag-mismatch'): void {
    for (const { replica, pushedAt } of expectations) {
      if (pushedAt > begin || !isDue(replica, begin, need)) continue;
      if (truth.since(replica, (one) => one === need, begin, now()) !== begin) continue;
      // What was on record when it began, and was given up or ended meanwhile, is the next sweep's.
      const wasOnRecord = [...incidents.keys()].some((id) =>
        incidents.during(id, begin, now()).some((one) => isAbout(one, replica)),
      );
      if (!wasOnRecord) fail(`${inWords(replica)} is ${need} since a sweep began, which did not report it`);
    }
  }

  /** Neither young nor, if it is missing, older than its rule as the monitor has seen it. */
  function isDue(replica: Replica, begin: number, need: 'missing' | 'tag-mismatch'): boolean {
    const { source, repository, digest, destination } = replica;
    const original = ecr.shelfOf(source, repository)?.get(digest);
    if (original?.storage !== 'ACTIVE' || original.arrivedAt === undefined) return false;
    const old = original.arrivedAt + (setting.deadlineMinutes * 60 + clockSeconds) * 1000;
    if (old > begin) return false;
    return (
      need === 'tag-mismatch' ||
      original.arrivedAt > expectedSince(source, repository, destination) + clockSeconds * 1000
    );
  }

  function expectedSince(source: Registry, repository: string, destination: Registry): number {
    const watched = table.readWatched().find((one) => sameRegistry(one.source, source));
    let since = Number.POSITIVE_INFINITY;
    for (const { rules, since: seenAt } of watched?.rules.toReversed() ?? []) {
      if (!isNamed(rules, source, repository, destination)) break;
      since = seenAt;
    }
    return since;
  }
}
