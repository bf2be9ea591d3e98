/** The table's keys and indexes, as CreateTable takes them; serverless.yml says the same, and a test holds them together. */

import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/** `open`: what is open in a group, by when it is looked at next. `changes`: what happened in a group, by when. */
export function tableDefinition(name: string): CreateTableCommandInput {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
      { AttributeName: 'openIn', AttributeType: 'S' },
      { AttributeName: 'lookAt', AttributeType: 'N' },
      { AttributeName: 'group', AttributeType: 'S' },
      { AttributeName: 'changedAt', AttributeType: 'N' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'open',
        KeySchema: [
          { AttributeName: 'openIn', KeyType: 'HASH' },
          { AttributeName: 'lookAt', KeyType: 'RANGE' },
        ],
        // Counting reads every entry: the smaller they are, the more a page holds.
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['openedAt'] },
      },
      {
        IndexName: 'changes',
        KeySchema: [
          { AttributeName: 'group', KeyType: 'HASH' },
          { AttributeName: 'changedAt', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  };
}
