/** One repository of a source compared with all its destinations: the source is listed first, then they are, side by side. */

import type { Registry } from '../image/registry.ts';
import type { Policies } from '../policies.ts';
import type { InventoryReading, Ports } from '../ports.ts';
import { deadlineFor } from '../replication/policy.ts';
import type { ReadFault } from '../replication/verdict.ts';
import { type CompareTerms, createComparer } from '../sweep/compare.ts';
import type { DestinationComparison, RepositoryComparison } from '../sweep/comparison.ts';
import { noCounts } from '../sweep/run.ts';
import { createPicture, type SourcePicture } from '../sweep/source-picture.ts';

export interface RepositoryToCompare {
  readonly source: Registry;
  readonly repository: string;
  readonly destinations: readonly Registry[];
  /** Images pushed before this (epoch ms) were never going to be replicated there; absent: every image was. */
  readonly historyBefore?: (destination: Registry) => number | undefined;
}

export type CompareProgress =
  | { readonly is: 'page'; readonly registry: Registry; readonly images: number }
  /** One destination is through: what is thrown afterwards does not change it. */
  | { readonly is: 'compared'; readonly comparison: DestinationComparison };

type ComparePorts = Pick<Ports, 'now' | 'readInventory'>;

/**
 * The order makes a false `missing` impossible: what is in the picture was at its source before its destination was
 * read. Memory holds the source once and a byte an image and destination. Throws what a port throws, when the other
 * destinations are through.
 */
export async function compareRepository(
  ports: ComparePorts,
  policies: Pick<Policies, 'looks'>,
  { source, repository, destinations, historyBefore = () => undefined }: RepositoryToCompare,
  onProgress: (progress: CompareProgress) => void = () => {},
): Promise<RepositoryComparison> {
  const startedAt = ports.now();
  const picture = createPicture();
  const fault = await readAll(ports, source, repository, onProgress, picture.add);
  if (fault === 'repository-not-found')
    return { source, repository, reading: { is: 'gone' }, destinations: [] };
  if (fault !== undefined) {
    return { source, repository, reading: { is: 'unreadable', why: fault }, destinations: [] };
  }
  const deadline = deadlineFor(policies.looks, repository);
  const deadlineSeconds = deadline === 'ignore' ? policies.looks.deadlineSeconds : deadline;
  const results = await Promise.allSettled(
    destinations.map(async (destination) => {
      const before = historyBefore(destination);
      const terms = {
        startedAt,
        deadlineSeconds,
        ...(before === undefined ? {} : { historyBefore: before }),
      };
      const comparison = await compareOne(ports, picture, destination, repository, terms, onProgress);
      onProgress({ is: 'compared', comparison });
      return comparison;
    }),
  );
  const compared = results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  return {
    source,
    repository,
    reading: { is: 'read', images: picture.images.length },
    destinations: compared,
  };
}

async function compareOne(
  ports: ComparePorts,
  picture: SourcePicture,
  destination: Registry,
  repository: string,
  terms: CompareTerms,
  onProgress: (progress: CompareProgress) => void,
): Promise<DestinationComparison> {
  const comparer = createComparer(picture, terms);
  const fault = await readAll(ports, destination, repository, onProgress, comparer.take);
  if (fault === undefined) return { destination, reading: { is: 'read' }, ...comparer.finish() };
  // ECR makes the repository with the first image it replicates: where there is none, nothing has arrived.
  const nothing = createComparer(picture, terms).finish();
  if (fault === 'repository-not-found') {
    return { destination, reading: { is: 'read' }, repositoryAbsent: true, ...nothing };
  }
  return {
    destination,
    reading: { is: 'unreadable', why: fault },
    counts: noCounts,
    drifts: [],
    lags: new Map(),
  };
}

/** Hands over page after page; answers why it had to stop, if it had to. */
async function readAll(
  ports: ComparePorts,
  registry: Registry,
  repository: string,
  onProgress: (progress: CompareProgress) => void,
  take: (images: Extract<InventoryReading, { is: 'read' }>['images']) => void,
): Promise<ReadFault | undefined> {
  let from: string | undefined;
  do {
    const page = await ports.readInventory(registry, repository, from);
    if (page.is === 'unreadable') return page.why;
    take(page.images);
    onProgress({ is: 'page', registry, images: page.images.length });
    from = page.next;
  } while (from !== undefined);
  return undefined;
}
