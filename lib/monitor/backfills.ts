/**
 * The use case behind `backfill`: every backfill of a registry is watched, whoever started it. Its progress is a gauge;
 * its end is looked into, verified by digest and told once.
 */

import { backfillPublication } from '../alert/backfill.ts';
import { type Registry, registryKey, sameRegistry } from '../image/registry.ts';
import type { Incident } from '../incident/incident.ts';
import { groupsOf } from '../incident/notice.ts';
import type { Measurement } from '../metric/catalogue.ts';
import type { Policies } from '../policies.ts';
import type { Ports } from '../ports.ts';
import {
  type Backfill,
  type BackfillEnd,
  type BackfillResult,
  isOver,
  percentDone,
} from '../sweep/backfill.ts';
import type { BackfillPorts } from '../sweep/backfill-ports.ts';
import { publishMetrics } from './carry-out.ts';
import { lookAgain, type RoundPorts } from './look-again.ts';
import { measureResolved } from './measure.ts';
import { readMissing } from './missing.ts';
import { type TellPorts, tell } from './tell.ts';
import { verifyBackfill } from './verify-backfill.ts';

/** Where a run stops looking at images; the function itself is given more, and a claim outlives it. */
const runSeconds = 90;
/** Failures that are read; a notice names some of them and says how many there are. */
const mostFailures = 1_000;

type Policy = Pick<Policies, 'notices' | 'metrics'>;

type WatchPorts = RoundPorts & TellPorts & BackfillPorts & Pick<Ports, 'putMetrics'>;

/** One source that cannot be read holds back no other; it is looked at again at the next run. */
export async function watchBackfills(
  ports: WatchPorts,
  policies: Policy,
  sources: readonly Registry[],
): Promise<void> {
  const until = ports.now() + runSeconds * 1000;
  const measurements: Measurement[] = [];
  for (const source of sources) {
    try {
      measurements.push(...(await watchSource(ports, policies, source, until)));
    } catch (error) {
      const fields = { source: registryKey(source), error: String(error) };
      ports.log('ERROR', 'Backfills not watched; the next run tries again', fields);
    }
  }
  await publishMetrics(ports, policies, measurements);
}

async function watchSource(
  ports: WatchPorts,
  policies: Policy,
  source: Registry,
  until: number,
): Promise<readonly Measurement[]> {
  const now = ports.now();
  const { since, records } = await ports.readBackfillRecords(source);
  // What ended before anybody watched is no news; what ends while nothing can be read is.
  if (since === undefined) await ports.watchSince(source, now);
  const reading = await ports.readBackfills(source);
  if (reading.is === 'unreadable') throw new Error(`the backfills cannot be read: ${reading.why}`);

  const measurements: Measurement[] = [];
  for (const backfill of reading.value) {
    const { startedBy = 'somebody else', claimedAt, isTold = false } = records.get(backfill.id) ?? {};
    if (!isOver(backfill)) {
      measurements.push(progressOf(backfill));
      continue;
    }
    if (isTold || (backfill.endedAt ?? now) < (since ?? now)) continue;
    const isClaimed = claimedAt !== undefined && now < claimedAt + policies.notices.claimSeconds * 1000;
    if (isClaimed || (await ports.claimEnd(backfill, now, claimedAt)) === 'taken') continue;
    const end = await lookInto(ports, backfill, startedBy, until);
    await ports.publish(backfillPublication(end));
    await ports.confirmEnd(backfill, ports.now());
    ports.log('INFO', 'End of a backfill told', { backfill: backfill.id, status: backfill.status });
    const resolved = await lookAtIncidents(ports, policies, backfill);
    measurements.push(progressOf(backfill), failuresOf(end), ...measureResolved(resolved));
  }
  return measurements;
}

async function lookInto(
  ports: WatchPorts,
  backfill: Backfill,
  by: BackfillEnd['by'],
  until: number,
): Promise<BackfillEnd> {
  const failures: BackfillResult[] = [];
  for await (const page of ports.readBackfillResults(backfill, 'FAILED')) {
    failures.push(...page);
    if (failures.length >= mostFailures || ports.now() > until) break;
  }
  return { backfill, by, failures, verification: await verifyBackfill(ports, backfill, until) };
}

/** What it brought is over at once, not at the next look that would have been due. */
async function lookAtIncidents(
  ports: WatchPorts,
  policies: Policy,
  { source, destination }: Backfill,
): Promise<readonly Incident[]> {
  const open = await readMissing(ports, destination);
  const ours = open.filter(({ replica }) => sameRegistry(replica.source, source));
  if (ours.length === 0) return [];
  const { changed } = await lookAgain(ports, ours, 0);
  await tell(ports, policies.notices, groupsOf(changed), changed);
  return changed.filter(({ state }) => state === 'resolved');
}

function progressOf(backfill: Backfill): Measurement {
  return { name: 'BackfillProgress', value: percentDone(backfill), dimensions: routeOf(backfill) };
}

function failuresOf({ backfill, verification }: BackfillEnd): Measurement {
  const value = (backfill.progress?.failed ?? 0) + verification.notSeen;
  return { name: 'BackfillFailures', value, dimensions: routeOf(backfill) };
}

function routeOf({ source, destination }: Backfill): { SourceRegion: string; DestinationRegion: string } {
  return { SourceRegion: source.region, DestinationRegion: destination.region };
}
