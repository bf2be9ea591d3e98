/** One look at a set of replicas: what stands at each destination now, and so the verdict on each. */

import pLimit from 'p-limit';
import type { Digest } from '../image/digest.ts';
import { type Registry, registryKey } from '../image/registry.ts';
import type { Ports, TagsReading } from '../ports.ts';
import { type ImageRead, imagesPerCall, inBatches, placeKey, planReads } from '../replication/reads.ts';
import type { Replica } from '../replication/rules.ts';
import {
  needsTagHolder,
  type ReadFault,
  type Sighting,
  type Verdict,
  verdictOf,
} from '../replication/verdict.ts';

/** Reads under way at once, over all destinations. ECR publishes no rate for them; at 40 ms a call this is 200 a second. */
export const readsAtOnce = 8;

/** The verdict on each replica, in the order given. Repositories of all destinations are read side by side. */
export async function look(
  ports: Pick<Ports, 'readImages' | 'readTags'>,
  replicas: readonly Replica[],
): Promise<readonly Verdict[]> {
  const sightings = await readAll(ports, planReads(replicas));
  const seen = replicas.map(
    ({ destination, repository, digest }) =>
      sightings.get(placeKey(destination, repository))?.get(digest) ?? unseen,
  );
  const holders = await readHolders(
    ports,
    replicas.filter((replica, index) => needsTagHolder(replica, seen[index] ?? unseen)),
  );
  return replicas.map((replica, index) =>
    verdictOf(replica, seen[index] ?? unseen, (tag) => holders.get(holderKey(replica, tag))),
  );
}

// An adapter that left a digest out has not said that it is missing.
const unseen: Sighting = { is: 'unreadable', why: 'service-error' };

/** By `placeKey`: a key a replica would be the longest text of all, built and hashed anew for each. */
async function readAll(
  ports: Pick<Ports, 'readImages'>,
  reads: readonly ImageRead[],
): Promise<ReadonlyMap<string, ReadonlyMap<Digest, Sighting>>> {
  const sightings = new Map<string, ReadonlyMap<Digest, Sighting>>();
  const silent = new Map<string, ReadFault>();
  const limit = pLimit(readsAtOnce);
  await Promise.all(
    reads.map((read) =>
      limit(async () => {
        const known = silent.get(registryKey(read.registry));
        // A Region that does not answer costs seconds a call: one call is enough to know it for this look.
        const answers = known === undefined ? await ports.readImages(read) : unreadable(read, known);
        sightings.set(placeKey(read.registry, read.repository), answers);
        for (const sighting of answers.values()) {
          if (sighting.is === 'unreadable' && sighting.why === 'region-unavailable') {
            silent.set(registryKey(read.registry), sighting.why);
          }
        }
      }),
    ),
  );
  return sightings;
}

function unreadable(read: ImageRead, why: ReadFault): ReadonlyMap<Digest, Sighting> {
  return new Map(read.batches.flat().map((digest) => [digest, { is: 'unreadable', why }]));
}

/** For tags that are not where they should be: which digest has them at the destination. */
async function readHolders(
  ports: Pick<Ports, 'readTags'>,
  replicas: readonly Replica[],
): Promise<ReadonlyMap<string, Digest>> {
  const holders = new Map<string, Digest>();
  const readings = await readTagsOf(
    ports,
    replicas.map(({ destination, repository, tag }) => ({ registry: destination, repository, tag })),
  );
  for (const replica of replicas) {
    const reading = readings.get(placeKey(replica.destination, replica.repository));
    if (replica.tag === undefined || reading?.is !== 'read') continue;
    const holder = reading.holders.get(replica.tag);
    if (holder !== undefined) holders.set(holderKey(replica, replica.tag), holder);
  }
  return holders;
}

function holderKey(replica: Replica, tag: string): string {
  return `${placeKey(replica.destination, replica.repository)} ${tag}`;
}

/** Reads many tags, each repository of each registry at once; the answer by `placeKey`. */
export async function readTagsOf(
  ports: Pick<Ports, 'readTags'>,
  wanted: readonly { registry: Registry; repository: string; tag: string | undefined }[],
): Promise<ReadonlyMap<string, TagsReading>> {
  const places = new Map<string, { registry: Registry; repository: string; tags: Set<string> }>();
  for (const { registry, repository, tag } of wanted) {
    if (tag === undefined) continue;
    const key = placeKey(registry, repository);
    const place = places.get(key) ?? { registry, repository, tags: new Set() };
    places.set(key, place);
    place.tags.add(tag);
  }
  const limit = pLimit(readsAtOnce);
  const readings = new Map<string, TagsReading>();
  await Promise.all(
    [...places].flatMap(([key, { registry, repository, tags }]) =>
      inBatches([...tags], imagesPerCall).map((batch) =>
        limit(async () => {
          const reading = await ports.readTags(registry, repository, batch);
          readings.set(key, joined(readings.get(key), reading));
        }),
      ),
    ),
  );
  return readings;
}

function joined(a: TagsReading | undefined, b: TagsReading): TagsReading {
  if (a === undefined || b.is === 'unreadable') return b;
  if (a.is === 'unreadable') return a;
  return { is: 'read', holders: new Map([...a.holders, ...b.holders]) };
}
