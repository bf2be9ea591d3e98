/** The sweep's part of the follow-up: runs that are complete are added up, history is told, gauges say how it stood last. */

import { historyLines } from '../alert/history.ts';
import { type Registry, registryKey, sameRegistry } from '../image/registry.ts';
import type { NoticePolicy } from '../incident/notice.ts';
import type { Measurement } from '../metric/catalogue.ts';
import type { Ports } from '../ports.ts';
import { coverageOf, type RouteSummary, type SweepResult, type SweepRun, summarize } from '../sweep/run.ts';
import type { WatchedRegistry } from '../sweep/watched.ts';
import { type StandingFinding, type StandingPorts, tellStanding } from './standing.ts';
import { watchRegistry } from './watch-registry.ts';

export type WatchSweepsPorts = StandingPorts &
  Pick<
    Ports,
    'readRules' | 'readWatched' | 'saveWatched' | 'endRun' | 'readRuns' | 'countResults' | 'readResults'
  >;

/** A run that is not complete by then never will be: messages stay in their queue for four days, but nobody waits so long. */
const runGivenUpSeconds = 20 * 60 * 60;

/** What stands for years is no news every day. */
const historyReminderSeconds = 7 * 24 * 60 * 60;

/** Level-triggered: what is complete is read from the results themselves, whoever wrote them, and however often. */
export async function watchSweeps(
  ports: WatchSweepsPorts,
  policy: NoticePolicy,
  sources: readonly Registry[],
): Promise<readonly Measurement[]> {
  for (const source of sources) {
    const reading = await ports.readRules(source);
    if (reading.is === 'read') await watchRegistry(ports, source, reading.rules);
  }
  for (const run of await ports.readRuns()) await endIfOver(ports, run);
  const watched = await ports.readWatched();
  const reminded = { ...policy, reminderSeconds: historyReminderSeconds };
  await tellStanding(ports, reminded, 'history', historyOf(watched));
  return watched.flatMap((registry) => gauges(registry, ports.now()));
}

async function endIfOver(ports: WatchSweepsPorts, run: SweepRun): Promise<void> {
  const results = await ports.countResults(run.id);
  const at = ports.now();
  if (results < run.results) {
    if (at < run.startedAt + runGivenUpSeconds * 1000) return;
    ports.log('ERROR', 'Sweep given up: not every repository has reported', {
      run: run.id,
      results,
      expected: run.results,
    });
    return ports.endRun({ ...run, over: { at, as: 'given-up' } });
  }
  const all: SweepResult[] = [];
  for await (const page of ports.readResults(run.id)) all.push(...page);
  // Kept first: whoever crashes before the run is ended adds it up again, to the same sum.
  if (run.prefix === undefined && !(await keepSummary(ports, run, all))) return;
  await ports.endRun({ ...run, over: { at, as: 'complete' } });
  ports.log('INFO', 'Sweep complete', { run: run.id, repositories: run.repositories });
}

async function keepSummary(
  ports: Pick<Ports, 'now' | 'readWatched' | 'saveWatched'>,
  run: SweepRun,
  results: readonly SweepResult[],
): Promise<boolean> {
  const known = (await ports.readWatched()).find(({ source }) => sameRegistry(source, run.source));
  if (known === undefined) return false;
  const { source, latest, revision, rules } = known;
  // An older run that ends late says nothing new; the same one again changes nothing.
  if (latest !== undefined && latest.startedAt >= run.startedAt) return true;
  const named = (rules.at(-1)?.rules ?? [])
    .flatMap(({ destinations }) => destinations)
    .filter((destination) => !sameRegistry(destination, source));
  const next = {
    ...known,
    revision: revision + 1,
    latest: summarize(run, results, ports.now(), named, latest),
  };
  return (await ports.saveWatched(next)) === 'saved';
}

function historyOf(watched: readonly WatchedRegistry[]): readonly StandingFinding[] {
  const findings = new Map<
    string,
    StandingFinding & { count: number; about: string[]; sources: Registry[] }
  >();
  for (const { source, since, latest } of watched) {
    for (const route of latest?.routes ?? []) {
      if (route.counts.history === 0) continue;
      const key = registryKey(route.destination);
      const finding = findings.get(key) ?? {
        destination: route.destination,
        count: 0,
        about: [],
        sources: [],
      };
      findings.set(key, finding);
      finding.count += route.counts.history;
      finding.sources.push(source);
      finding.about.push(...historyLines(source, since, route));
    }
  }
  return [...findings.values()];
}

/** For so long after a run was added up its counts are published: long enough for any minute to fail. */
const countsPublishedSeconds = 15 * 60;

/**
 * What alarms and people look at all day is published each minute. The counts change once a sweep, and CloudWatch bills a
 * metric for the hours in which it is published.
 */
function gauges({ source, since, latest }: WatchedRegistry, now: number): readonly Measurement[] {
  const SourceRegion = source.region;
  const age = Math.max(0, Math.round((now - (latest?.startedAt ?? since)) / 1000));
  const measurements: Measurement[] = [{ name: 'SweepAge', value: age, dimensions: { SourceRegion } }];
  if (latest === undefined) return measurements;
  const isNew = now < latest.endedAt + countsPublishedSeconds * 1000;
  for (const route of latest.routes) {
    const dimensions = { SourceRegion, DestinationRegion: route.destination.region };
    measurements.push({ name: 'SweepCoverage', value: coverageOf(route), dimensions });
    if (isNew) measurements.push(...countsOf(route, dimensions));
  }
  return measurements;
}

function countsOf(
  route: RouteSummary,
  dimensions: { readonly SourceRegion: string; readonly DestinationRegion: string },
): readonly Measurement[] {
  const { counts, repositoriesUnreadable } = route;
  const coverage = coverageOf(route);
  const drop = Math.max(0, (route.coverageBefore ?? coverage) - coverage);
  return [
    { name: 'SweepImages', value: counts.expected, dimensions },
    { name: 'SweepMissing', value: counts.missing, dimensions },
    { name: 'SweepHistory', value: counts.history, dimensions },
    { name: 'SweepTagMismatch', value: counts.tagMismatch, dimensions },
    { name: 'SweepArchived', value: counts.archived, dimensions },
    { name: 'SweepExtra', value: counts.extra, dimensions },
    { name: 'SweepUnreadable', value: repositoriesUnreadable, dimensions },
    { name: 'SweepCoverageDrop', value: drop, dimensions },
  ];
}
