/** Which image a reference means at its source now: its digest, and when it was pushed. */

import type { Digest } from '../image/digest.ts';
import type { ImageReference } from '../image/image-reference.ts';
import type { Registry } from '../image/registry.ts';
import type { Ports } from '../ports.ts';
import type { ReadFault } from '../replication/verdict.ts';

/** `tag`: only if the reference has one; then the image must be there under it. Times in epoch milliseconds. */
export interface SourceImage {
  readonly source: Registry;
  readonly repository: string;
  readonly digest: Digest;
  readonly tag?: string;
  readonly pushedAt?: number;
}

export type SourceReading =
  | { readonly is: 'found'; readonly image: SourceImage }
  | { readonly is: 'absent'; readonly repository?: 'absent' }
  /** The reference names tag and digest, and the tag is not on that digest. */
  | { readonly is: 'tag-elsewhere'; readonly found?: Digest }
  | { readonly is: 'unreadable'; readonly why: ReadFault };

type SourcePorts = Pick<Ports, 'readImages' | 'readTags'>;

export async function readSourceImage(
  ports: SourcePorts,
  source: Registry,
  reference: ImageReference,
): Promise<SourceReading> {
  const { repository, tag } = reference;
  if (tag === undefined) {
    return reference.digest === undefined
      ? { is: 'absent' }
      : readDigest(ports, { source, repository, digest: reference.digest });
  }
  const reading = await ports.readTags(source, repository, [tag]);
  if (reading.is === 'unreadable') return reading;
  const holder = reading.holders.get(tag);
  if (reference.digest !== undefined && holder !== reference.digest) {
    return { is: 'tag-elsewhere', ...(holder === undefined ? {} : { found: holder }) };
  }
  if (holder === undefined) return { is: 'absent' };
  return readDigest(ports, { source, repository, digest: holder, tag });
}

async function readDigest(ports: Pick<Ports, 'readImages'>, image: SourceImage): Promise<SourceReading> {
  const { source, repository, digest } = image;
  const answers = await ports.readImages({ registry: source, repository, batches: [[digest]] });
  const sighting = answers.get(digest) ?? { is: 'unreadable', why: 'service-error' };
  switch (sighting.is) {
    case 'absent':
      return { is: 'absent' };
    case 'unreadable':
      return sighting.why === 'repository-not-found' ? { is: 'absent', repository: 'absent' } : sighting;
    case 'present': {
      const { arrivedAt } = sighting.image;
      return {
        is: 'found',
        image: { ...image, ...(arrivedAt === undefined ? {} : { pushedAt: arrivedAt }) },
      };
    }
  }
}

type SourceTagReading =
  | { readonly is: 'same' }
  | { readonly is: 'moved'; readonly found?: Digest }
  | { readonly is: 'unreadable'; readonly why: ReadFault };

/** Whether the image still has, at its source, the tag that it was found by. */
export async function readSourceTag(
  ports: Pick<Ports, 'readTags'>,
  image: SourceImage,
): Promise<SourceTagReading> {
  const { source, repository, tag, digest } = image;
  if (tag === undefined) return { is: 'same' };
  const reading = await ports.readTags(source, repository, [tag]);
  if (reading.is === 'unreadable') return reading;
  const found = reading.holders.get(tag);
  if (found === digest) return { is: 'same' };
  return { is: 'moved', ...(found === undefined ? {} : { found }) };
}
