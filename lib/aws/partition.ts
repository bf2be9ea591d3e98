/** Partitions of the table that are small enough to be read whole. */

import { type AttributeValue, paginateQuery } from '@aws-sdk/client-dynamodb';
import { answered, page } from './answer.ts';
import type { Table } from './incident-table.ts';
import type { Item } from './items.ts';

/** Every item of a partition: groups, silences and registries are few. */
export async function readPartition(
  { client, name }: Table,
  partition: AttributeValue,
): Promise<readonly Item[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: name,
      KeyConditionExpression: 'pk = :partition',
      ExpressionAttributeValues: { ':partition': partition },
      ConsistentRead: true,
    },
  );
  const found: Item[] = [];
  for await (const answer of pages) found.push(...answered('Query', page, answer).Items);
  return found;
}
