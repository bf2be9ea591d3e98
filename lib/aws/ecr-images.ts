/** ECR's images of one repository: which digests and tags are there, in as few calls as can be proved by. */

import {
  DescribeImagesCommand,
  type ECRClient,
  type ImageIdentifier,
  ListImagesCommand,
} from '@aws-sdk/client-ecr';
import pLimit from 'p-limit';
import type { Digest } from '../image/digest.ts';
import type { Registry } from '../image/registry.ts';
import type { TagsReading } from '../ports.ts';
import { type ImageRead, imagesPerCall, inBatches } from '../replication/reads.ts';
import type { ImageSeen, ReadFault, Sighting } from '../replication/verdict.ts';
import { type AnsweredImage, answered, imageIds, images } from './answer.ts';
import type { EcrClientFor } from './clients.ts';
import { isNamed, readFaultOf } from './read-fault.ts';
import { type Answer, type Found, search } from './search.ts';

/** Calls spent on dividing one batch before a listing of the repository is the cheaper proof. */
const callsPerBatch = 8;
/** Batches of one repository under way at once. */
const batchesAtOnce = 4;

/** Port `readImages`: an answer for every digest; a fault is the answer of every digest that it left open. */
export async function readImages(
  clientFor: EcrClientFor,
  read: ImageRead,
): Promise<ReadonlyMap<Digest, Sighting>> {
  const { registry, repository } = read;
  const ask = (ids: readonly string[]) => describe(clientFor(registry), registry, repository, ids, byDigest);
  const sightings = new Map<Digest, Sighting>();
  const open: Digest[] = [];
  const settle = (batch: readonly Digest[], found: Found<ImageSeen>): void => {
    for (const digest of batch) {
      const image = found.items.get(digest);
      if (image !== undefined) sightings.set(digest, { is: 'present', image });
      else if (found.missing.has(digest)) sightings.set(digest, { is: 'absent' });
      else open.push(digest);
    }
  };
  const fail = (batch: readonly Digest[], why: ReadFault): void => {
    for (const digest of batch) sightings.set(digest, { is: 'unreadable', why });
  };
  let silent = false;
  const attempt = async (batch: readonly Digest[], mostCalls: number): Promise<void> => {
    // A Region that does not answer costs seconds a call: the batches that still wait need not find out again.
    if (silent) return fail(batch, 'region-unavailable');
    try {
      settle(batch, await search(batch, ask, mostCalls));
    } catch (error) {
      const why = readFaultOf(error);
      silent ||= why === 'region-unavailable';
      fail(batch, why);
    }
  };

  const limit = pLimit(batchesAtOnce);
  await Promise.all(read.batches.map((batch) => limit(() => attempt(batch, callsPerBatch))));
  if (open.length === 0) return sightings;

  // Many are missing. Divided to the end, each costs a call or two; a listing tells them all, a thousand a call.
  const left = open.splice(0);
  const listed = await list(clientFor(registry), registry, repository, left.length).catch(() => undefined);
  const maybe = listed === undefined ? left : left.filter((digest) => listed.has(digest));
  for (const digest of left) if (listed?.has(digest) === false) sightings.set(digest, { is: 'absent' });
  await Promise.all(
    inBatches(maybe, imagesPerCall).map((batch) => limit(() => attempt(batch, Number.POSITIVE_INFINITY))),
  );
  return sightings;
}

/** Port `readTags`: which digest each tag is on; tags that are nowhere are left out. */
export async function readTags(
  clientFor: EcrClientFor,
  registry: Registry,
  repository: string,
  tags: readonly string[],
): Promise<TagsReading> {
  const ask = (ids: readonly string[]) => describe(clientFor(registry), registry, repository, ids, byTag);
  try {
    const found = await search(tags, ask, Number.POSITIVE_INFINITY);
    return { is: 'read', holders: found.items };
  } catch (error) {
    const why = readFaultOf(error);
    return why === 'repository-not-found' ? { is: 'read', holders: new Map() } : { is: 'unreadable', why };
  }
}

interface Kind<T> {
  readonly idOf: (id: string) => ImageIdentifier;
  readonly itemsOf: (image: AnsweredImage) => readonly (readonly [string, T])[];
  readonly hintIn: RegExp;
}

const byDigest: Kind<ImageSeen> = {
  idOf: (imageDigest) => ({ imageDigest }),
  itemsOf: (image) => [[image.imageDigest, imageSeen(image)]],
  hintIn: /imageDigest:'([^']+)'/,
};

const byTag: Kind<Digest> = {
  idOf: (imageTag) => ({ imageTag }),
  itemsOf: ({ imageDigest, imageTags }) => imageTags.map((tag) => [tag, imageDigest] as const),
  hintIn: /imageTag:'([^']+)'/,
};

async function describe<T>(
  client: ECRClient,
  registry: Registry,
  repositoryName: string,
  ids: readonly string[],
  kind: Kind<T>,
): Promise<Answer<T>> {
  try {
    const answer = await client.send(
      new DescribeImagesCommand({
        registryId: registry.account,
        repositoryName,
        imageIds: ids.map(kind.idOf),
        // ECR API Reference, DescribeImagesFilter: by default archived images are left out, and would look missing.
        filter: { imageStatus: 'ANY' },
      }),
    );
    const { imageDetails } = answered('DescribeImages', images, answer);
    return { is: 'complete', items: new Map(imageDetails.flatMap(kind.itemsOf)) };
  } catch (error) {
    if (!isNamed(error, 'ImageNotFoundException')) throw error;
    const hint = error instanceof Error ? kind.hintIn.exec(error.message)?.[1] : undefined;
    return { is: 'incomplete', ...(hint === undefined ? {} : { hint }) };
  }
}

/** All digests of a repository, or undefined when it takes more than `mostPages` calls to see them all. */
async function list(
  client: ECRClient,
  registry: Registry,
  repositoryName: string,
  mostPages: number,
): Promise<ReadonlySet<string> | undefined> {
  const digests = new Set<string>();
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await client.send(
      new ListImagesCommand({
        registryId: registry.account,
        repositoryName,
        maxResults: 1000,
        filter: { imageStatus: 'ANY' },
        nextToken,
      }),
    );
    const listed = answered('ListImages', imageIds, answer);
    for (const { imageDigest } of listed.imageIds) digests.add(imageDigest);
    nextToken = listed.nextToken;
    if (nextToken === undefined) return digests;
  }
  return undefined;
}

function imageSeen({ imageTags, imageStatus, imagePushedAt }: AnsweredImage): ImageSeen {
  return {
    tags: imageTags,
    storage: storageOf(imageStatus),
    ...(imagePushedAt === undefined ? {} : { arrivedAt: imagePushedAt.getTime() }),
  };
}

/** A status that is new to us is not known to be pullable; emulators without archiving leave it out. */
export function storageOf(status: string | undefined): ImageSeen['storage'] {
  if (status === undefined || status === 'ACTIVE') return 'ACTIVE';
  return status === 'ACTIVATING' ? 'ACTIVATING' : 'ARCHIVED';
}
