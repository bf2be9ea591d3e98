/** 9. The end of each backfill is told, once and as it was seen; one is started only where something is missing and nothing speaks against it. */

import { type Registry, registryKey, sameRegistry } from '../../../lib/image/registry.ts';
import { defaultNoticePolicy } from '../../../lib/incident/notice.ts';
import { type Backfill, isOver } from '../../../lib/sweep/backfill.ts';
import type { EndTold, Invariant, Run, Seen, Watch } from '../watch.ts';
import { clockSeconds, leastBetweenCopies } from './bounds.ts';

const betweenRunsSeconds = 5 * 60;
/** As serverless.yml has it, of `backfill` and of `repair`. */
const runSeconds = 170;
const dayMs = 24 * 60 * 60 * 1000;
/** From the end, or the last fault, to the notice: a claim that expires, and a run that was missed. */
const tellSeconds = defaultNoticePolicy.claimSeconds + 3 * betweenRunsSeconds + runSeconds + clockSeconds;

export const backfills: Invariant = {
  name: 'backfills watched',
  watch: (seen) => ({ ...watchEnds(seen), ...watchStarts(seen) }),
};

function watchEnds(seen: Seen): Watch {
  const { now, setting, faults, fail } = seen;
  const toldAt = new Map<string, number>();
  const confirmed = new Set<string>();
  function check(): void {
    if (setting.more?.includes('backfill') !== true) return;
    for (const one of allOf(seen)) {
      if (!isOver(one) || one.endedAt === undefined || toldAt.has(one.id)) continue;
      // What had ended when the first run began is no news.
      const since = seen.backfills.watchedSince(one.source);
      if (since === undefined || one.endedAt < since + clockSeconds * 1000) continue;
      if (now() > Math.max(one.endedAt, faults.lastAt()) + tellSeconds * 1000)
        fail(`${one.id} is ${one.status}, and nobody was told`);
    }
  }

  function told(end: EndTold, run: Run): void {
    const { backfill: id, severity, status } = end;
    const passed = (now() - (toldAt.get(id) ?? Number.NEGATIVE_INFINITY)) / 1000;
    if (confirmed.has(id)) fail(`${id} is told again after its confirmation`);
    if (passed < leastBetweenCopies) fail(`${id} is told twice within ${passed} s`);
    toldAt.set(id, now());
    const backfill = allOf(seen).find((one) => one.id === id);
    if (backfill?.status !== status) fail(`${id} is told as ${status}, and is ${backfill?.status}`);
    if (severity === 'info' && backfill !== undefined) checkAllWell(seen, backfill, run);
  }

  return {
    endTold: told,
    endConfirmed: (id) => void confirmed.add(id),
    checked: check,
    atRest: check,
    atEnd: check,
  };
}

/** That everything was copied and seen is only said where it was so. */
function checkAllWell({ truth, now, backfills: model, fail }: Seen, backfill: Backfill, run: Run): void {
  const { id, source, destination } = backfill;
  if (model.results(id, 'FAILED').length > 0) fail(`${id} is told as well, and some of it failed`);
  for (const { repository, digest, tag } of model.results(id, 'COMPLETE')) {
    const replica = { source, destination, repository, digest, ...(tag === undefined ? {} : { tag }) };
    if (!truth.sights(replica, run.startedAt, now()).has('whole'))
      fail(`${id} is told as well, and ${repository}@${digest.slice(7, 15)} is not there`);
  }
}

function watchStarts(seen: Seen): Watch {
  const { now, setting, incidents, fail } = seen;
  const startedAt = new Map<string, number>();

  return {
    backfillStarted: (source: Registry, destination: Registry, run) => {
      const route = `${registryKey(source)}→${registryKey(destination)}`;
      if (setting.more?.includes('repair') !== true)
        fail(`a backfill ${route} is started, and nobody asked for repairs`);
      const hub = setting.sources[0];
      if (source.account !== hub?.account) fail(`a backfill ${route} is started in another account`);
      const allowed = setting.allowed.split(',');
      if (setting.allowed !== '' && !allowed.includes(destination.region))
        fail(`a backfill ${route} is started to where nothing may go`);
      const last = startedAt.get(route) ?? Number.NEGATIVE_INFINITY;
      if (now() - last < dayMs - clockSeconds * 1000)
        fail(`a second backfill ${route} is started within a day`);
      startedAt.set(route, now());
      const wasMissing = incidents
        .keys()
        .some((id) =>
          incidents
            .during(id, run.startedAt - clockSeconds * 1000, now())
            .some((one) => one?.state === 'open' && sameRegistry(one.replica.destination, destination)),
        );
      const swept = seen.table
        .readWatched()
        .some((one) =>
          one.latest?.routes.some(
            (to) => sameRegistry(to.destination, destination) && to.counts.missing + to.counts.history > 0,
          ),
        );
      if (!wasMissing && !swept) fail(`a backfill ${route} is started, and nothing is missing there`);
    },
  };
}

function allOf({ setting, backfills: model }: Seen): readonly Backfill[] {
  return setting.sources.flatMap((source) => model.of(source));
}
