/** Incidents in DynamoDB: found by identity, saved under the condition that nobody else wrote them meanwhile. */

import {
  BatchGetItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import { type Group, groupKey, type Incident } from '../incident/incident.ts';
import type { OpenIncidents, Ports } from '../ports.ts';
import { inBatches } from '../replication/reads.ts';
import { answered, batch as batchAnswer, page } from './answer.ts';
import { type Item, idOfKey, incidentItem, incidentKey, number, readIncident } from './items.ts';
import { isNamed } from './read-fault.ts';

/** DynamoDB API Reference, BatchGetItem: at most 100 items a call. */
const itemsPerGet = 100;

/** The one table and who to ask. */
export interface Table {
  readonly client: DynamoDBClient;
  readonly name: string;
}

type IncidentPorts = Pick<Ports, 'findIncidents' | 'saveIncident' | 'readOpen' | 'readDue' | 'readChanges'>;

export function incidentTable(table: Table): IncidentPorts {
  return {
    findIncidents: (ids) => find(table, ids),
    saveIncident: (incident) => save(table, incident),
    readOpen: (group, most) => readOpen(table, group, most),
    readDue: (group, before, most) => readDue(table, group, before, most),
    readChanges: (group, after) => readChanges(table, group, after),
  };
}

async function find(table: Table, ids: readonly string[]): Promise<ReadonlyMap<string, Incident>> {
  const items = await getItems(table, ids.map(incidentKey));
  const incidents = items.map(readIncident);
  return new Map(incidents.map((incident) => [incident.id, incident]));
}

async function save({ client, name }: Table, incident: Incident): Promise<'saved' | 'conflict'> {
  const first = incident.revision === 1;
  try {
    await client.send(
      new PutItemCommand({
        TableName: name,
        Item: incidentItem(incident),
        ConditionExpression: first ? 'attribute_not_exists(pk)' : 'revision = :before',
        ...(first ? {} : { ExpressionAttributeValues: { ':before': number(incident.revision - 1) } }),
      }),
    );
    return 'saved';
  } catch (error) {
    if (isNamed(error, 'ConditionalCheckFailedException')) return 'conflict';
    throw error;
  }
}

/** Port `readOpen`. The index holds keys and opening times only, so that counting many costs little; the oldest are fetched whole. */
export async function readOpen(table: Table, group: Group, most: number): Promise<OpenIncidents> {
  const pages = paginateQuery(
    { client: table.client },
    {
      TableName: table.name,
      IndexName: 'open',
      KeyConditionExpression: 'openIn = :group',
      ExpressionAttributeValues: { ':group': { S: groupKey(group) } },
      ProjectionExpression: 'pk, sk, openedAt',
    },
  );
  const ids = new Set<string>();
  let oldest: Item[] = [];
  for await (const answer of pages) {
    const { Items } = answered('Query', page, answer);
    for (const item of Items) ids.add(idOfKey(item));
    oldest = [...oldest, ...Items].sort((a, b) => openedAt(a) - openedAt(b)).slice(0, most);
  }
  // Entries that the index still has and the table says are closed do not count either.
  const incidents = await getOpen(table, oldest);
  for (const item of oldest) ids.delete(idOfKey(item));
  for (const { id } of incidents) ids.add(id);
  return { ids, oldest: incidents.sort((a, b) => a.openedAt - b.openedAt) };
}

async function readDue(
  table: Table,
  group: Group,
  before: number,
  most: number,
): Promise<readonly Incident[]> {
  const pages = paginateQuery(
    { client: table.client },
    {
      TableName: table.name,
      IndexName: 'open',
      KeyConditionExpression: 'openIn = :group AND lookAt <= :before',
      ExpressionAttributeValues: { ':group': { S: groupKey(group) }, ':before': number(before) },
      ProjectionExpression: 'pk, sk',
      Limit: most,
    },
  );
  const due: Item[] = [];
  for await (const answer of pages) {
    due.push(...answered('Query', page, answer).Items);
    if (due.length >= most) break;
  }
  const incidents = await getOpen(table, due.slice(0, most));
  // Nor is an entry due that somebody has just looked at, though the index may still say so.
  const isDue = ({ lookAt }: Incident): boolean => lookAt !== undefined && lookAt <= before;
  return incidents.filter(isDue).sort((a, b) => (a.lookAt ?? 0) - (b.lookAt ?? 0));
}

/** The incidents of index entries. The index may lag: what the table itself says is closed is not open. */
async function getOpen(table: Table, entries: readonly Item[]): Promise<Incident[]> {
  const keys = entries.flatMap(({ pk, sk }) => (pk === undefined || sk === undefined ? [] : [{ pk, sk }]));
  const incidents = (await getItems(table, keys)).map(readIncident);
  return incidents.filter(({ state }) => state === 'open');
}

async function* readChanges(table: Table, group: Group, after: number): AsyncIterable<readonly Incident[]> {
  const pages = paginateQuery(
    { client: table.client },
    {
      TableName: table.name,
      IndexName: 'changes',
      KeyConditionExpression: '#group = :group AND changedAt > :after',
      ExpressionAttributeNames: { '#group': 'group' },
      ExpressionAttributeValues: { ':group': { S: groupKey(group) }, ':after': number(after) },
    },
  );
  for await (const answer of pages) yield answered('Query', page, answer).Items.map(readIncident);
}

/** Every item of the keys that exists. What DynamoDB leaves unprocessed is asked for again, as often as it helps. */
async function getItems({ client, name }: Table, keys: readonly Item[]): Promise<Item[]> {
  const items: Item[] = [];
  for (const batch of inBatches(keys, itemsPerGet)) {
    let open: Item[] = [...batch];
    let idleRounds = 0;
    while (open.length > 0) {
      const asked = { [name]: { Keys: open, ConsistentRead: true } };
      const answer = await client.send(new BatchGetItemCommand({ RequestItems: asked }));
      const { Responses, UnprocessedKeys } = answered('BatchGetItem', batchAnswer, answer);
      items.push(...(Responses[name] ?? []));
      const left = UnprocessedKeys[name]?.Keys ?? [];
      idleRounds = left.length < open.length ? 0 : idleRounds + 1;
      if (idleRounds === mostIdleRounds) throw new Error('BatchGetItem leaves the same keys unprocessed');
      // DynamoDB Developer Guide, "Batch operations": by exponential backoff, or it will be throttled again.
      if (left.length > 0) await pause(2 ** idleRounds * 25);
      open = left;
    }
  }
  return items;
}

/** The pauses between them add up to some three seconds. */
const mostIdleRounds = 7;

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function openedAt(item: Item): number {
  return Number(item['openedAt']?.N ?? 0);
}
