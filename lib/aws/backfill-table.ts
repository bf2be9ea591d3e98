/** What is remembered of backfills: since when they are watched, which the monitor started, whose end was told. */

import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type Registry, registryKey } from '../image/registry.ts';
import type { BackfillPorts, BackfillRecord, RepairPorts } from '../sweep/backfill-ports.ts';
import type { Table } from './incident-table.ts';
import { type Item, number } from './items.ts';
import { readPartition } from './partition.ts';
import { isNamed } from './read-fault.ts';

/** ECR lists what has ended for 90 days; the record of it must not go first. */
const keptSeconds = 180 * 24 * 60 * 60;
/** Sorts before every id, none of which has a space. */
const watch = ' watch';

const partition = (source: Registry) => ({ S: `backfills ${registryKey(source)}` });
const keyOf = (source: Registry, id: string): Item => ({ pk: partition(source), sk: { S: id } });

/** Of whoever starts backfills, and has to know its own. */
export function startedBackfills(
  table: Table,
): Pick<BackfillPorts, 'readBackfillRecords'> & Pick<RepairPorts, 'noteStarted'> {
  return {
    readBackfillRecords: (source) => read(table, source),
    noteStarted: async ({ source, id }, at) => {
      await set(table, keyOf(source, id), 'SET startedBy = :by, expiresAt = :end', {
        ':by': { S: 'monitor' },
        ':end': number(Math.floor(at / 1000) + keptSeconds),
      });
    },
  };
}

/** Of whoever tells of their ends. */
export function watchedBackfills(
  table: Table,
): Pick<BackfillPorts, 'readBackfillRecords' | 'watchSince' | 'claimEnd' | 'confirmEnd'> {
  const { client, name } = table;
  return {
    readBackfillRecords: (source) => read(table, source),
    watchSince: async (source, at) => {
      const Item = { ...keyOf(source, watch), since: number(at) };
      await once(() =>
        client.send(
          new PutItemCommand({ TableName: name, Item, ConditionExpression: 'attribute_not_exists(pk)' }),
        ),
      );
    },
    claimEnd: ({ source, id }, at, over) =>
      once(() =>
        set(
          table,
          keyOf(source, id),
          'SET claimedAt = :at, expiresAt = :end',
          {
            ':at': number(at),
            ':end': number(Math.floor(at / 1000) + keptSeconds),
            ...(over === undefined ? {} : { ':over': number(over) }),
          },
          over === undefined
            ? 'attribute_not_exists(claimedAt)'
            : 'claimedAt = :over AND attribute_not_exists(confirmedAt)',
        ),
      ),
    confirmEnd: async ({ source, id }, at) => {
      await set(table, keyOf(source, id), 'SET confirmedAt = :at', { ':at': number(at) });
    },
  };
}

async function read(table: Table, source: Registry): ReturnType<BackfillPorts['readBackfillRecords']> {
  const items = await readPartition(table, partition(source));
  const since = items.find(({ sk }) => sk?.S === watch)?.['since']?.N;
  return {
    ...(since === undefined ? {} : { since: Number(since) }),
    records: new Map(
      items.filter(({ sk }) => sk?.S !== watch).map((item) => [item['sk']?.S ?? '', toRecord(item)]),
    ),
  };
}

async function set(
  { client, name }: Table,
  key: Item,
  expression: string,
  values: Item,
  condition?: string,
): Promise<void> {
  await client.send(
    new UpdateItemCommand({
      TableName: name,
      Key: key,
      UpdateExpression: expression,
      ExpressionAttributeValues: values,
      ...(condition === undefined ? {} : { ConditionExpression: condition }),
    }),
  );
}

/** `taken`: somebody else was faster. */
async function once(write: () => Promise<unknown>): Promise<'claimed' | 'taken'> {
  try {
    await write();
    return 'claimed';
  } catch (error) {
    if (isNamed(error, 'ConditionalCheckFailedException')) return 'taken';
    throw error;
  }
}

function toRecord(item: Item): BackfillRecord {
  const claimedAt = item['claimedAt']?.N;
  return {
    startedBy: item['startedBy']?.S === 'monitor' ? 'monitor' : 'somebody else',
    ...(claimedAt === undefined ? {} : { claimedAt: Number(claimedAt) }),
    isTold: item['confirmedAt'] !== undefined,
  };
}
