/** The rules of each source registry as people were last told of them, in DynamoDB. */

import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Ports } from '../ports.ts';
import type { Table } from './incident-table.ts';
import { number, readRulesItem, readRulesOwner, rulesItem, rulesKey, rulesPartition } from './items.ts';
import { readPartition } from './partition.ts';
import { isNamed } from './read-fault.ts';

export function rulesTable({
  client,
  name,
}: Table): Pick<Ports, 'readKnownRules' | 'readKnownRegistries' | 'noteRegistry' | 'saveKnownRules'> {
  return {
    readKnownRules: async (registry) => {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: name, Key: rulesKey(registry), ConsistentRead: true }),
      );
      return Item?.['rules'] === undefined ? undefined : readRulesItem(Item);
    },
    readKnownRegistries: async () => {
      const items = await readPartition({ client, name }, rulesPartition);
      return items.flatMap((item) => readRulesOwner(item) ?? []);
    },
    noteRegistry: async (registry) => {
      await whenHolds(
        client.send(
          new PutItemCommand({
            TableName: name,
            Item: { ...rulesKey(registry), revision: number(0) },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      );
    },
    saveKnownRules: (registry, rules, over) =>
      whenHolds(
        client.send(
          new PutItemCommand({
            TableName: name,
            Item: rulesItem(registry, rules, over + 1),
            ConditionExpression: 'attribute_not_exists(pk) OR revision = :over',
            ExpressionAttributeValues: { ':over': number(over) },
          }),
        ),
      ),
  };
}

async function whenHolds(write: Promise<unknown>): Promise<'saved' | 'conflict'> {
  try {
    await write;
    return 'saved';
  } catch (error) {
    if (isNamed(error, 'ConditionalCheckFailedException')) return 'conflict';
    throw error;
  }
}
