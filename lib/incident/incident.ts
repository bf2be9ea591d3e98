/** An incident: a replica, or a whole destination, that is not as it must be; its identity and its fields. */

import { createHash } from 'node:crypto';
import type { Digest } from '../image/digest.ts';
import { type Registry, registryKey } from '../image/registry.ts';
import type { Claim } from '../replication/claim.ts';
import type { IncidentKind } from '../replication/decision.ts';
import type { Replica } from '../replication/rules.ts';
import type { ReadFault, Verdict } from '../replication/verdict.ts';

type IncidentState = 'open' | 'resolved' | 'withdrawn' | 'given-up';

/** What is known of the cause, as it was last seen; what is not known is left out, never guessed. */
export interface IncidentEvidence {
  /** What the last look saw. */
  readonly seen?: Exclude<Verdict['is'], 'verified'>;
  /** ECR's claim at the last look, in ECR's upper case; lower case where ECR had nothing to say. */
  readonly ecrSays?: Claim['says'];
  /** As ECR gave it: a free string without published values. */
  readonly failureCode?: string;
  /** The digest that the tag is on at the destination. */
  readonly found?: Digest;
  /** The destination's repository lets this tag not move. */
  readonly tagImmutable?: boolean;
  readonly repositoryAbsent?: boolean;
  readonly unreadable?: ReadFault;
}

/** Times are epoch milliseconds, durations seconds. */
export interface Incident {
  readonly id: string;
  /** Grows by one with every write: the condition under which the next write is made. */
  readonly revision: number;
  readonly state: IncidentState;
  readonly kind: IncidentKind;
  /** For a whole destination: the image whose look first showed it. */
  readonly replica: Replica;
  readonly pushedAt: number;
  readonly deadlineSeconds: number;
  readonly openedAt: number;
  /** Last opening or closing: what people have to be told about. */
  readonly changedAt: number;
  /** When the replica is to be looked at next; only while open. */
  readonly lookAt?: number;
  readonly lastLookAt: number;
  readonly evidence: IncidentEvidence;
  /** When it was opened, newest last; more than one when it came back. */
  readonly openings: readonly number[];
  /** It came back too often today to be told about again: it is on record, looked at and counted, and silent. */
  readonly muted?: true;
  readonly arrivedAt?: number;
  /** How far beyond the deadline it arrived, in seconds; kept when it is resolved. */
  readonly latenessSeconds?: number;
}

/** One conversation with people: everything of one kind at one destination. */
export interface Group {
  readonly destination: Registry;
  readonly kind: IncidentKind;
  /** The muted ones stand apart, so that a conversation neither counts nor lists them. */
  readonly muted?: true;
}

export function groupOf({ kind, replica, muted }: Pick<Incident, 'kind' | 'replica' | 'muted'>): Group {
  return { destination: replica.destination, kind, ...(muted ? { muted } : {}) };
}

/** `ACCOUNT/REGION kind`: the group as a key, a thread and a label. */
export function groupKey(group: Group): string {
  return `${registryKey(group.destination)} ${group.kind}${group.muted ? ' muted' : ''}`;
}

/**
 * Who an incident is: whoever reports it, the same replica gives the same id. A fault of a tag is the tag's own;
 * an unreadable destination is one incident, whatever image showed it.
 */
export function incidentId(kind: IncidentKind, replica: Replica): string {
  if (kind === 'unreadable') return destinationIncidentId(replica.destination);
  return imageIncidentId(replica, kind === 'tag-mismatch' ? replica.tag : undefined);
}

/** The one incident of a destination that cannot be read. */
export function destinationIncidentId(destination: Registry): string {
  return `${registryKey(destination)} unreadable`;
}

/** The incidents that a verified replica ends: the image's own, and the one of its tag. */
export function incidentIdsOf(replica: Replica): readonly string[] {
  return [...new Set([imageIncidentId(replica), imageIncidentId(replica, replica.tag)])];
}

function imageIncidentId({ source, repository, digest, destination }: Replica, tag?: string): string {
  const name = tag === undefined ? repository : `${repository}:${tag}`;
  return `${registryKey(source)} ${name}@${digest} ${registryKey(destination)}`;
}

/** A short stable name for machines and log lines: 32 hex digits of the id's SHA-256. */
export function fingerprint(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 32);
}
