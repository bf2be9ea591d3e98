/** Sweeps in DynamoDB: which registries are watched, which runs are under way, and what each repository gave. */

import { PutItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import type { SweepStore } from '../ports.ts';
import type { SweepResult } from '../sweep/run.ts';
import { answered, counted, page } from './answer.ts';
import type { Table } from './incident-table.ts';
import { type Item, number } from './items.ts';
import { readPartition } from './partition.ts';
import { isNamed } from './read-fault.ts';
import {
  readResultItem,
  readRunItem,
  readWatchedItem,
  resultItem,
  resultsPartition,
  runItem,
  runsPartition,
  watchedItem,
  watchedPartition,
} from './sweep-items.ts';

export function sweepTable(table: Table, now: () => number): SweepStore {
  return {
    readWatched: () => readWatched(table),
    saveWatched: (registry) =>
      put(table, watchedItem(registry), {
        ConditionExpression: 'attribute_not_exists(pk) OR revision = :before',
        ExpressionAttributeValues: { ':before': number(registry.revision - 1) },
      }),
    beginRun: async (run) => {
      await put(table, runItem(run), { ConditionExpression: 'attribute_not_exists(pk)' });
    },
    endRun: async (run) => {
      await put(table, runItem(run), {});
    },
    readRuns: async () => {
      const runs = (await readPartition(table, runsPartition)).map(readRunItem);
      return runs.filter(({ over }) => over === undefined);
    },
    saveResult: async (run, result) => {
      await put(table, resultItem(run, result, now()), {});
    },
    countResults: (run) => count(table, run),
    readResults: (run) => results(table, run),
  };
}

/** Port `readWatched`. */
export async function readWatched(table: Table): ReturnType<SweepStore['readWatched']> {
  return (await readPartition(table, watchedPartition)).map(readWatchedItem);
}

async function put(
  { client, name }: Table,
  Item: Item,
  condition: { ConditionExpression?: string; ExpressionAttributeValues?: Item },
): Promise<'saved' | 'conflict'> {
  try {
    await client.send(new PutItemCommand({ TableName: name, Item, ...condition }));
    return 'saved';
  } catch (error) {
    if (isNamed(error, 'ConditionalCheckFailedException')) return 'conflict';
    throw error;
  }
}

async function count({ client, name }: Table, run: string): Promise<number> {
  let sum = 0;
  for await (const answer of paginateQuery({ client }, { ...ofRun(name, run), Select: 'COUNT' })) {
    sum += answered('Query', counted, answer).Count;
  }
  return sum;
}

async function* results({ client, name }: Table, run: string): AsyncIterable<readonly SweepResult[]> {
  const only = { ProjectionExpression: 'pk, counted' };
  for await (const answer of paginateQuery({ client }, { ...ofRun(name, run), ...only })) {
    yield answered('Query', page, answer).Items.map(readResultItem);
  }
}

function ofRun(name: string, run: string) {
  return {
    TableName: name,
    KeyConditionExpression: 'pk = :run',
    ExpressionAttributeValues: { ':run': resultsPartition(run) },
    ConsistentRead: true,
  };
}
