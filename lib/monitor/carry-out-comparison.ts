/** What a comparison found is acted upon: incidents opened once they are confirmed, closed where it proves them over, counts kept. */

import type { CompareMessage } from '../event/sweep-message.ts';
import { registryKey, sameRegistry } from '../image/registry.ts';
import type { Incident } from '../incident/incident.ts';
import type { Measurement } from '../metric/catalogue.ts';
import type { Ports } from '../ports.ts';
import { isStanding } from '../replication/decision.ts';
import {
  type DestinationComparison,
  type Drift,
  type InventoryImage,
  replicatedFrom,
} from '../sweep/comparison.ts';
import { listDrifts } from '../sweep/listing.ts';
import { type ConfirmPorts, confirm, type Suspect } from './confirm.ts';
import { type SweptMessage, tagsToConfirm } from './confirm-tags.ts';
import { lookAgain, type RoundPorts } from './look-again.ts';
import { measureOpened, measureResolved } from './measure.ts';
import { type ReportPorts, report } from './report.ts';

/** A rule is seen within a minute, if the follow-up runs: what was pushed this long before may have had it already. */
const doubtMs = 60 * 60 * 1000;
/** Of those, as many as are asked about; the newest are the likeliest. */
const mostDoubted = 20;
/** Open incidents of a group that are held against a comparison; with more, the follow-up goes through them by itself. */
const mostOpenRead = 1_000;

export type ComparisonPorts = ConfirmPorts &
  ReportPorts &
  RoundPorts &
  Pick<Ports, 'saveResult' | 'readGroups' | 'readOpen'>;

/** The result is kept last: whoever crashes before does all of it again. */
export async function carryOutComparison(
  ports: ComparisonPorts,
  message: CompareMessage,
  comparison: DestinationComparison,
  indexes: readonly InventoryImage[],
  deadlineSeconds: number,
): Promise<SweptMessage> {
  const { run, source, repository } = message;
  const { destination, drifts, counts } = comparison;
  const suspects = (those: readonly Drift[]): readonly Suspect[] =>
    those.map(({ image }) => suspectOf(message, comparison, image));
  const pages = pagesOf(comparison);
  const missing = suspects(ofKind(drifts, 'missing'));
  const doubtfulOnes = suspects(doubtful(message, comparison));
  const findings = await confirm(ports, 'missing', missing, deadlineSeconds, pages);
  const doubted = await confirm(ports, 'missing', doubtfulOnes, deadlineSeconds, pages);
  // ECR knows of them: there was a rule when they were pushed, though nobody had seen it.
  const known = doubted.filter(({ evidence }) => hasEntry(evidence.ecrSays));
  const reported = await report(ports, [...findings, ...known]);
  if (reported.failed.length > 0)
    throw new Error(`${reported.failed.length} incidents could not be put on record`);

  const over = await resolveProven(ports, message, comparison);
  const moved = new Set(known.map(({ replica }) => replica.digest));
  const told = drifts.map(
    (drift): Drift =>
      drift.is === 'history' && moved.has(drift.image.digest) ? { ...drift, is: 'missing' } : drift,
  );
  await ports.saveResult(run, {
    repository,
    destination,
    reading: 'read',
    counts: { ...counts, missing: counts.missing + moved.size, history: counts.history - moved.size },
    ...listDrifts(told, indexes),
  });
  const measurements: readonly Measurement[] = [
    ...measureOpened(reported.opened),
    ...measureResolved(over.filter(({ state }) => state === 'resolved')),
  ];
  const about = { source, repository, destination, since: ports.now(), pages };
  return { again: tagsToConfirm(about, drifts, deadlineSeconds), measurements };
}

/** About how many a listing of the destination takes. */
function pagesOf({ counts }: DestinationComparison): number {
  const there = counts.inSync + counts.tagMismatch + counts.archived + counts.extra + counts.young;
  return Math.max(1, Math.ceil(there / 1000));
}

function ofKind(drifts: readonly Drift[], is: Drift['is']): readonly Drift[] {
  return drifts.filter((drift) => drift.is === is);
}

/** Pushed while this registry was watched, shortly before its rule was seen. */
function doubtful(
  { watchedSince, destinations }: CompareMessage,
  { destination, drifts }: DestinationComparison,
): readonly Drift[] {
  const own = destinations.find(({ registry }) => sameRegistry(registry, destination));
  const from = Math.max(watchedSince, (own?.expectedSince ?? 0) - doubtMs);
  return ofKind(drifts, 'history')
    .filter(({ image }) => (image.pushedAt ?? 0) >= from)
    .toSorted((a, b) => (b.image.pushedAt ?? 0) - (a.image.pushedAt ?? 0))
    .slice(0, mostDoubted);
}

function hasEntry(says: string | undefined): boolean {
  return says === 'FAILED' || says === 'IN_PROGRESS' || says === 'COMPLETE';
}

function suspectOf(
  { source, repository, since }: CompareMessage,
  { destination }: DestinationComparison,
  image: InventoryImage,
): Suspect {
  const { digest, tags } = image;
  const [tag] = tags;
  const replica = { source, repository, digest, ...(tag === undefined ? {} : { tag }), destination };
  return { replica, pushedAt: replicatedFrom(image) ?? since };
}

/** Open incidents of this repository there that the comparison did not find again are looked at now, a hundred a call. */
async function resolveProven(
  ports: ComparisonPorts,
  { source, repository }: CompareMessage,
  { destination, drifts }: DestinationComparison,
): Promise<readonly Incident[]> {
  const wrong = new Set(drifts.filter(({ is }) => is !== 'extra').map(({ image }) => image.digest));
  const groups = (await ports.readGroups()).filter(
    (group) =>
      sameRegistry(group.destination, destination) && group.kind !== 'unreadable' && !isStanding(group.kind),
  );
  const open = await Promise.all(groups.map((group) => ports.readOpen(group, mostOpenRead)));
  const proven = open
    .flatMap(({ oldest }) => oldest)
    .filter(
      ({ replica }) =>
        registryKey(replica.source) === registryKey(source) &&
        replica.repository === repository &&
        !wrong.has(replica.digest),
    );
  if (proven.length === 0) return [];
  return (await lookAgain(ports, proven, 0)).changed;
}
