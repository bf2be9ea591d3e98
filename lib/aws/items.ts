/** Incidents and notices as they are kept in the table, and how they are read back: parsed, like anything from outside. */

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { type Digest, isDigest } from '../image/digest.ts';
import { parseRegistry, type Registry, registryKey } from '../image/registry.ts';
import { type Group, groupKey, groupOf, type Incident } from '../incident/incident.ts';
import type { Notice } from '../incident/notice.ts';
import type { Silence } from '../incident/silence.ts';
import { incidentKinds } from '../replication/decision.ts';
import type { ReplicationRule } from '../replication/rules.ts';
import { readFaults } from '../replication/verdict.ts';

export type Item = Record<string, AttributeValue>;

/** Closed incidents stay this long, then DynamoDB removes them. */
const closedKeptSeconds = 90 * 24 * 60 * 60;
/** Longer than any incident that a notice speaks of, so that a group's last notice is never forgotten first. */
const noticesKeptSeconds = 2 * closedKeptSeconds;

export const registrySchema = v.object({ account: v.string(), region: v.string() });
const digest = v.custom<Digest>(isDigest);
// exactOptionalPropertyTypes: a key that is not there stays away.
const optional = v.exactOptional;

const incidentSchema: v.GenericSchema<unknown, Incident> = v.object({
  id: v.string(),
  revision: v.number(),
  state: v.picklist(['open', 'resolved', 'withdrawn', 'given-up']),
  kind: v.picklist(incidentKinds),
  replica: v.object({
    source: registrySchema,
    repository: v.string(),
    digest,
    tag: optional(v.string()),
    destination: registrySchema,
  }),
  pushedAt: v.number(),
  deadlineSeconds: v.number(),
  openedAt: v.number(),
  changedAt: v.number(),
  lookAt: optional(v.number()),
  lastLookAt: v.number(),
  evidence: v.object({
    seen: optional(v.picklist(['missing', 'tag-mismatch', 'archived', 'unreadable'])),
    ecrSays: optional(
      v.picklist(['IN_PROGRESS', 'COMPLETE', 'FAILED', 'no-entry', 'source-gone', 'unreadable']),
    ),
    failureCode: optional(v.string()),
    found: optional(digest),
    tagImmutable: optional(v.boolean()),
    repositoryAbsent: optional(v.boolean()),
    unreadable: optional(v.picklist(readFaults)),
  }),
  openings: v.array(v.number()),
  muted: optional(v.literal(true)),
  arrivedAt: optional(v.number()),
  latenessSeconds: optional(v.number()),
});

const groupSchema: v.GenericSchema<unknown, Group> = v.object({
  destination: registrySchema,
  kind: v.picklist(incidentKinds),
  muted: optional(v.literal(true)),
});

const noticeSchema: v.GenericSchema<unknown, Notice> = v.object({
  group: groupSchema,
  sequence: v.number(),
  type: v.picklist(['firing', 'update', 'reminder', 'clear']),
  claimedAt: v.number(),
  confirmedAt: optional(v.number()),
  since: v.number(),
  openCount: v.number(),
  news: v.object({ open: v.number(), resolved: v.number(), withdrawn: v.number(), 'given-up': v.number() }),
  listed: v.array(incidentSchema),
  coversUntil: v.number(),
  told: v.array(v.string()),
  toldAllUntil: optional(v.number()),
  about: optional(v.array(v.string())),
  sources: optional(v.array(registrySchema)),
});

const ofIncident = 'incident ';
export const incidentKey = (id: string): Item => ({ pk: { S: ofIncident + id }, sk: { S: 'incident' } });
export const idOfKey = ({ pk }: Item): string => pk?.S?.slice(ofIncident.length) ?? '';

/** Only open incidents are in the index `open`; all of them are in `changes`, until they expire. */
export function incidentItem(incident: Incident): Item {
  const group = groupKey(groupOf(incident));
  return {
    ...incidentKey(incident.id),
    revision: number(incident.revision),
    state: { S: incident.state },
    group: { S: group },
    changedAt: number(incident.changedAt),
    openedAt: number(incident.openedAt),
    incident: { S: JSON.stringify(incident) },
    ...(incident.lookAt === undefined ? {} : { openIn: { S: group }, lookAt: number(incident.lookAt) }),
    ...(incident.state === 'open' ? {} : { expiresAt: seconds(incident.changedAt, closedKeptSeconds) }),
  };
}

export function readIncident(item: Item): Incident {
  return readJson(item, 'incident', incidentSchema);
}

export const noticePartition = (key: string): AttributeValue => ({ S: `notice ${key}` });

export function noticeItem(notice: Notice): Item {
  return {
    pk: noticePartition(groupKey(notice.group)),
    // Padded, so that the text sorts as the number does.
    sk: { S: String(notice.sequence).padStart(12, '0') },
    claimedAt: number(notice.claimedAt),
    notice: { S: JSON.stringify(notice) },
    expiresAt: seconds(notice.claimedAt, noticesKeptSeconds),
  };
}

/** When it was confirmed stands beside the notice, so that confirming need not write the whole of it again. */
export function readNotice(item: Item): Notice {
  const notice = readJson(item, 'notice', noticeSchema);
  const confirmedAt = item['confirmedAt']?.N;
  const { confirmedAt: _, ...claimed } = {
    ...notice,
    claimedAt: Number(item['claimedAt']?.N ?? notice.claimedAt),
  };
  return confirmedAt === undefined ? claimed : { ...claimed, confirmedAt: Number(confirmedAt) };
}

export const groupsPartition: AttributeValue = { S: 'groups' };

export function groupItem(group: Group): Item {
  return { pk: groupsPartition, sk: { S: groupKey(group) }, group: { S: JSON.stringify(group) } };
}

export function readGroup(item: Item): Group {
  return readJson(item, 'group', groupSchema);
}

const silenceSchema: v.GenericSchema<unknown, Silence> = v.object({
  id: v.string(),
  destination: optional(v.string()),
  repositoryPrefix: optional(v.string()),
  image: optional(v.string()),
  from: v.number(),
  until: v.number(),
  author: v.string(),
  reason: v.string(),
});

export const rulesSchema: v.GenericSchema<unknown, readonly ReplicationRule[]> = v.array(
  v.object({ destinations: v.array(registrySchema), prefixes: v.array(v.string()) }),
);

export const rulesPartition: AttributeValue = { S: 'rules' };

export const rulesKey = (source: Registry): Item => ({ pk: rulesPartition, sk: { S: registryKey(source) } });

export function rulesItem(source: Registry, rules: readonly ReplicationRule[], revision: number): Item {
  return { ...rulesKey(source), revision: number(revision), rules: { S: JSON.stringify(rules) } };
}

/** Whose rules an item holds. */
export function readRulesOwner(item: Item): Registry | undefined {
  const owner = parseRegistry(item['sk']?.S ?? '');
  return owner.ok ? owner.value : undefined;
}

export function readRulesItem(item: Item): { rules: readonly ReplicationRule[]; revision: number } {
  return { rules: readJson(item, 'rules', rulesSchema), revision: Number(item['revision']?.N ?? 0) };
}

export const silencesPartition: AttributeValue = { S: 'silences' };

/** An ended silence stays as long as the incidents that it held back. */
export function silenceItem(silence: Silence): Item {
  return {
    pk: silencesPartition,
    sk: { S: silence.id },
    silence: { S: JSON.stringify(silence) },
    expiresAt: seconds(silence.until, closedKeptSeconds),
  };
}

export function readSilence(item: Item): Silence {
  return readJson(item, 'silence', silenceSchema);
}

export const number = (value: number): AttributeValue => ({ N: String(value) });

export const seconds = (at: number, more: number): AttributeValue => number(Math.floor(at / 1000) + more);

export function readJson<T>(item: Item, key: string, schema: v.GenericSchema<unknown, T>): T {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), item[key]?.S);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new Error(`item ${item['pk']?.S ?? '?'}: ${v.getDotPath(issue) ?? key}: ${issue.message}`);
}
