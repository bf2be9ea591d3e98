/** What else is asked about replicas that were not seen: ECR's claim, and where their tags are at the source now. */

import pLimit from 'p-limit';
import { registryKey } from '../image/registry.ts';
import type { Ports } from '../ports.ts';
import { type Claim, type ClaimsReading, claimFor } from '../replication/claim.ts';
import type { SourceTag } from '../replication/decision.ts';
import { placeKey } from '../replication/reads.ts';
import type { Replica } from '../replication/rules.ts';
import { isTagImmutable, type TagSettings } from '../replication/tag-mutability.ts';
import type { Verdict } from '../replication/verdict.ts';
import { look, readsAtOnce, readTagsOf } from './look.ts';

export interface Judged {
  readonly replica: Replica;
  readonly verdict: Verdict;
  /** A look that comes too early to report anything can do without ECR's claim when there are very many. */
  readonly due: boolean;
  /** Of a sweep that finds very many: others are asked about in its place. */
  readonly claim?: 'unasked';
}

export interface MoreEvidence {
  readonly claim?: Claim;
  readonly sourceTag?: SourceTag;
  /** Whether the destination's repository keeps the tag where it is; absent: not asked, or not known. */
  readonly tagImmutable?: boolean;
}

/**
 * ECR tells its claim one image a call and publishes no rate for it. When a whole Region is late, asking for
 * every image at every look would throttle the calls that matter: past this many, only those due are asked for.
 */
const claimsBeforeDeadline = 200;

/** The evidence on each judged replica, in the order given; nothing is asked about the verified ones. */
export async function gatherEvidence(
  ports: Pick<Ports, 'readClaims' | 'readImages' | 'readTags' | 'readTagSettings'>,
  judged: readonly Judged[],
): Promise<readonly MoreEvidence[]> {
  const [asked, sourceTags, tagsImmutable] = await Promise.all([
    readClaims(ports, judged),
    readSourceTags(ports, judged),
    readTagsImmutable(ports, judged),
  ]);
  const claims = new Map([...asked, ...(await readGone(ports, judged, asked))]);
  return judged.map(({ replica, verdict, claim }) => {
    if (verdict.is === 'verified') return {};
    const reading = claims.get(imageKey(replica)) ?? { is: 'unreadable', why: 'throttled' };
    const sourceTag = verdict.is === 'tag-mismatch' ? sourceTags(replica) : undefined;
    const tagImmutable = verdict.is === 'tag-mismatch' ? tagsImmutable(replica) : undefined;
    return {
      ...(claim === 'unasked' ? {} : { claim: claimFor(reading, replica.destination) }),
      ...(sourceTag === undefined ? {} : { sourceTag }),
      ...(tagImmutable === undefined ? {} : { tagImmutable }),
    };
  });
}

async function readClaims(
  ports: Pick<Ports, 'readClaims'>,
  judged: readonly Judged[],
): Promise<ReadonlyMap<string, ClaimsReading>> {
  const wanted = new Map<string, Replica>();
  const open = judged.filter(({ verdict, claim }) => verdict.is !== 'verified' && claim !== 'unasked');
  for (const { replica, due } of open) if (due) wanted.set(imageKey(replica), replica);
  let early = claimsBeforeDeadline;
  for (const { replica, due } of open) {
    if (due || wanted.has(imageKey(replica)) || early === 0) continue;
    wanted.set(imageKey(replica), replica);
    early -= 1;
  }
  const limit = pLimit(readsAtOnce);
  const claims = new Map<string, ClaimsReading>();
  const silent = new Map<string, ClaimsReading>();
  await Promise.all(
    [...wanted].map(([key, { source, repository, digest }]) =>
      limit(async () => {
        // As with looks: of a Region that does not answer, a few calls are enough to know it.
        const known = silent.get(registryKey(source));
        const reading = known ?? (await ports.readClaims(source, repository, digest));
        claims.set(key, reading);
        if (reading.is === 'unreadable' && reading.why === 'region-unavailable') {
          silent.set(registryKey(source), reading);
        }
      }),
    ),
  );
  return claims;
}

/** Of those that ECR was not asked about: which are gone at their source, a hundred a call. */
async function readGone(
  ports: Pick<Ports, 'readImages' | 'readTags'>,
  judged: readonly Judged[],
  asked: ReadonlyMap<string, ClaimsReading>,
): Promise<ReadonlyMap<string, ClaimsReading>> {
  const sources = judged
    .filter(
      ({ replica, verdict, claim }) =>
        verdict.is !== 'verified' && claim !== 'unasked' && !asked.has(imageKey(replica)),
    )
    .map(({ replica: { source, repository, digest } }) => ({
      source,
      repository,
      digest,
      destination: source,
    }));
  const verdicts = await look(ports, sources);
  const gone = sources.filter((_, index) => verdicts[index]?.is === 'missing');
  return new Map(gone.map((source) => [imageKey(source), { is: 'source-gone' }]));
}

async function readSourceTags(
  ports: Pick<Ports, 'readTags'>,
  judged: readonly Judged[],
): Promise<(replica: Replica) => SourceTag> {
  const readings = await readTagsOf(
    ports,
    judged
      .filter(({ verdict }) => verdict.is === 'tag-mismatch')
      .map(({ replica: { source, repository, tag } }) => ({ registry: source, repository, tag })),
  );
  return ({ source, repository, tag }) => {
    const reading = readings.get(placeKey(source, repository));
    if (reading?.is !== 'read' || tag === undefined) return { is: 'unreadable' };
    const digest = reading.holders.get(tag);
    return digest === undefined ? { is: 'nowhere' } : { is: 'on', digest };
  };
}

/** Asked only when it is about to be reported, once a repository: it explains, it decides nothing. */
async function readTagsImmutable(
  ports: Pick<Ports, 'readTagSettings'>,
  judged: readonly Judged[],
): Promise<(replica: Replica) => boolean | undefined> {
  const places = new Map<string, Replica>();
  for (const { replica, verdict, due } of judged) {
    if (due && verdict.is === 'tag-mismatch') {
      places.set(placeKey(replica.destination, replica.repository), replica);
    }
  }
  const limit = pLimit(readsAtOnce);
  const settings = new Map<string, TagSettings>();
  await Promise.all(
    [...places].map(([key, { destination, repository }]) =>
      limit(async () => {
        const read = await ports.readTagSettings(destination, repository);
        if (read !== undefined) settings.set(key, read);
      }),
    ),
  );
  return ({ destination, repository, tag }) => {
    const read = settings.get(placeKey(destination, repository));
    return read === undefined || tag === undefined ? undefined : isTagImmutable(read, tag);
  };
}

function imageKey(replica: Replica): string {
  return `${placeKey(replica.source, replica.repository)} ${replica.digest}`;
}
