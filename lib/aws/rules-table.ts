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
}: Table): Pick<Ports, 'readKnownRules' | 'readKnownRegistries' | 'saveKnownRules'> {
  return {
    readKnownRules: async (registry) => {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: name, Key: rulesKey(registry), ConsistentRead: true }),
      );
      return Item === undefined ? undefined : readRulesItem(Item);
    },
    readKnownRegistries: async () => {
      const items = await readPartition({ client, name }, rulesPartition);
      return items.flatMap((item) => readRulesOwner(item) ?? []);
    },
    saveKnownRules: async (registry, rules, over) => {
      try {
        await client.send(
          new PutItemCommand({
            TableName: name,
            Item: rulesItem(registry, rules, over + 1),
            ConditionExpression: 'attribute_not_exists(pk) OR revision = :over',
            ExpressionAttributeValues: { ':over': number(over) },
          }),
        );
        return 'saved';
      } catch (error) {
        if (isNamed(error, 'ConditionalCheckFailedException')) return 'conflict';
        throw error;
      }
    },
  };
}
