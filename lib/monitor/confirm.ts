/** Before anybody is paged: what a sweep calls missing or mismatched is looked at once more, as the push path would. */

import type { Digest } from '../image/digest.ts';
import { incidentId } from '../incident/incident.ts';
import { evidenceOf, type Finding } from '../incident/transition.ts';
import type { Ports } from '../ports.ts';
import { type Decision, decide, type ReplicaKind } from '../replication/decision.ts';
import { imagesPerCall } from '../replication/reads.ts';
import { type Replica, sendTo } from '../replication/rules.ts';
import { type ImageSeen, type Sighting, type Verdict, verdictOf } from '../replication/verdict.ts';
import type { InventoryImage } from '../sweep/comparison.ts';
import { gatherEvidence } from './evidence.ts';
import { look } from './look.ts';

/** A replica that a comparison did not find as it must be. `pushedAt`: epoch milliseconds. */
export interface Suspect {
  readonly replica: Replica;
  readonly pushedAt: number;
}

export type ConfirmPorts = Pick<
  Ports,
  | 'now'
  | 'readRules'
  | 'readInventory'
  | 'readImages'
  | 'readTags'
  | 'readTagSettings'
  | 'readClaims'
  | 'findIncidents'
>;

/** ECR tells its claim one image a call. Of very many, a sample says what became of them all. */
const mostClaims = 50;

interface Seen {
  readonly suspect: Suspect;
  readonly verdict: Verdict;
}

/**
 * What is to be reported of suspects of one repository at one destination, all of which have had their time.
 * `calledBy`: what the comparison called them. `pages`: how many a listing of the destination takes.
 * Incidents that are open are told of, and looked at, without this.
 */
export async function confirm(
  ports: ConfirmPorts,
  calledBy: 'missing' | 'tag-mismatch',
  suspects: readonly Suspect[],
  deadlineSeconds: number,
  pages: number,
): Promise<readonly Finding[]> {
  const untold = await withoutOpen(ports, calledBy, suspects);
  const cheaper = pages <= callsByDigest(untold.length) ? lookByListing : lookByDigest;
  const seen = await cheaper(ports, untold);
  // The newest are those that matter most, and the likeliest that ECR still knows of.
  const wrong = seen
    .filter(({ verdict }) => verdict.is !== 'verified')
    .toSorted((a, b) => b.suspect.pushedAt - a.suspect.pushedAt);
  const evidence = await gatherEvidence(
    ports,
    wrong.map(({ suspect, verdict }, index) => ({
      replica: suspect.replica,
      verdict,
      due: true,
      ...(index < mostClaims ? {} : { claim: 'unasked' }),
    })),
  );
  const decided = wrong.map(({ suspect, verdict }, index) => {
    const more = evidence[index] ?? {};
    const terms = { verdict, ...more, ageSeconds: deadlineSeconds, deadlineSeconds };
    return { suspect, verdict, more, kind: kindOf(decide(suspect.replica, terms)) };
  });
  const usual = mostCommon(decided.slice(0, mostClaims).map(({ kind }) => kind));
  const findings = decided.flatMap(({ suspect, verdict, more, kind }, index): readonly Finding[] => {
    const reported = index >= mostClaims && verdict.is === 'missing' ? (usual ?? kind) : kind;
    if (reported === undefined) return [];
    const { replica, pushedAt } = suspect;
    const said = evidenceOf(verdict, more.claim, more.tagImmutable);
    return [{ kind: reported, replica, pushedAt, deadlineSeconds, evidence: said }];
  });
  const [first] = findings;
  return first === undefined || (await isExpected(ports, first.replica)) ? findings : [];
}

/** Since the sweep began, its rules may have changed. Rules that cannot be read withdraw nothing. */
async function isExpected(ports: Pick<Ports, 'now' | 'readRules'>, replica: Replica): Promise<boolean> {
  const reading = await ports.readRules(replica.source, ports.now());
  return reading.is === 'unreadable' || sendTo(reading.rules, replica);
}

/** An unreadable destination is the comparison's to report; what is archived is counted and listed, not told. */
function kindOf(decision: Decision): ReplicaKind | undefined {
  return decision.do === 'report' && decision.kind !== 'archived' ? decision.kind : undefined;
}

/** Of what is missing; a tag's fault says nothing of those. */
function mostCommon(kinds: readonly (ReplicaKind | undefined)[]): ReplicaKind | undefined {
  const tally = new Map<ReplicaKind, number>();
  for (const kind of kinds) {
    if (kind === undefined || kind === 'tag-mismatch') continue;
    tally.set(kind, (tally.get(kind) ?? 0) + 1);
  }
  return [...tally].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}

async function withoutOpen(
  ports: Pick<Ports, 'findIncidents'>,
  calledBy: 'missing' | 'tag-mismatch',
  suspects: readonly Suspect[],
): Promise<readonly Suspect[]> {
  // Whatever it was reported as, a missing image has one identity.
  const kind = calledBy === 'missing' ? 'overdue' : calledBy;
  const known = await ports.findIncidents(suspects.map(({ replica }) => incidentId(kind, replica)));
  return suspects.filter(({ replica }) => known.get(incidentId(kind, replica))?.state !== 'open');
}

/** Each missing digest costs a call or two; a batch of a hundred that are missing about eight. */
function callsByDigest(suspects: number): number {
  return Math.min(2 * suspects, 8 * Math.ceil(suspects / imagesPerCall));
}

async function lookByDigest(ports: ConfirmPorts, suspects: readonly Suspect[]): Promise<readonly Seen[]> {
  const verdicts = await look(
    ports,
    suspects.map(({ replica }) => replica),
  );
  return suspects.map((suspect, index) => ({ suspect, verdict: verdicts[index] ?? unknown }));
}

const unknown: Verdict = { is: 'unreadable', why: 'service-error' };

/** The same look, where most are missing: one more listing of the destination proves it in fewer calls. */
async function lookByListing(
  ports: Pick<Ports, 'readInventory'>,
  suspects: readonly Suspect[],
): Promise<readonly Seen[]> {
  const [first] = suspects;
  if (first === undefined) return [];
  const { destination, repository } = first.replica;
  const wanted = new Set(suspects.map(({ replica }) => replica.digest));
  const tags = new Set(suspects.flatMap(({ replica }) => replica.tag ?? []));
  const sightings = new Map<Digest, Sighting>();
  const holders = new Map<string, Digest>();
  let otherwise: Sighting = { is: 'absent' };
  let from: string | undefined;
  do {
    const page = await ports.readInventory(destination, repository, from);
    if (page.is === 'unreadable') {
      otherwise = page;
      break;
    }
    for (const image of page.images) {
      if (wanted.has(image.digest)) sightings.set(image.digest, { is: 'present', image: seenAs(image) });
      for (const tag of image.tags) if (tags.has(tag)) holders.set(tag, image.digest);
    }
    from = page.next;
  } while (from !== undefined);
  return suspects.map((suspect) => {
    const { replica } = suspect;
    const sighting = sightings.get(replica.digest) ?? otherwise;
    return { suspect, verdict: verdictOf(replica, sighting, (tag) => holders.get(tag)) };
  });
}

function seenAs({ tags, storage, pushedAt }: InventoryImage): ImageSeen {
  return { tags, storage, ...(pushedAt === undefined ? {} : { arrivedAt: pushedAt }) };
}
