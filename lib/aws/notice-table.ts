/** Notices in DynamoDB: each number of a group is claimed by one sender, and confirmed when it was sent. */

import { PutItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type Group, groupKey } from '../incident/incident.ts';
import type { Notice } from '../incident/notice.ts';
import type { Ports } from '../ports.ts';
import { answered, page } from './answer.ts';
import type { Table } from './incident-table.ts';
import {
  groupItem,
  groupsPartition,
  noticeItem,
  noticePartition,
  number,
  readGroup,
  readNotice,
  readSilence,
  silenceItem,
  silencesPartition,
} from './items.ts';
import { readPartition } from './partition.ts';
import { isNamed } from './read-fault.ts';

type NoticePorts = Pick<
  Ports,
  | 'latestNotice'
  | 'claimNotice'
  | 'confirmNotice'
  | 'noteGroups'
  | 'readGroups'
  | 'readSilences'
  | 'saveSilence'
>;

export function noticeTable(table: Table): NoticePorts {
  return {
    ...groupTable(table),
    latestNotice: (group) => latest(table, group),
    claimNotice: (notice, over) => claim(table, notice, over),
    confirmNotice: (notice, at) => confirm(table, notice, at),
    readSilences: async () => (await readPartition(table, silencesPartition)).map(readSilence),
    saveSilence: async (silence) => {
      await table.client.send(new PutItemCommand({ TableName: table.name, Item: silenceItem(silence) }));
    },
  };
}

/** Of who opens incidents and tells nobody. */
export function groupTable(table: Table): Pick<Ports, 'noteGroups' | 'readGroups'> {
  // Groups are few and stay for good: what this process has written need not be written again.
  const noted = new Set<string>();
  return {
    noteGroups: (groups) => note(table, noted, groups),
    readGroups: async () => (await readPartition(table, groupsPartition)).map(readGroup),
  };
}

async function latest({ client, name }: Table, group: Group): Promise<Notice | undefined> {
  const answer = await client.send(
    new QueryCommand({
      TableName: name,
      KeyConditionExpression: 'pk = :group',
      ExpressionAttributeValues: { ':group': noticePartition(groupKey(group)) },
      ScanIndexForward: false,
      Limit: 1,
      ConsistentRead: true,
    }),
  );
  const [item] = answered('Query', page, answer).Items;
  return item === undefined ? undefined : readNotice(item);
}

async function claim({ client, name }: Table, notice: Notice, over?: number): Promise<'claimed' | 'taken'> {
  const condition =
    over === undefined
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: 'claimedAt = :over AND attribute_not_exists(confirmedAt)',
          ExpressionAttributeValues: { ':over': number(over) },
        };
  return whenHolds(
    client.send(new PutItemCommand({ TableName: name, Item: noticeItem(notice), ...condition })),
  );
}

/** Only whoever holds the claim confirms it: after an expired claim that may be somebody else by now. */
async function confirm({ client, name }: Table, notice: Notice, at: number): Promise<void> {
  const { pk, sk } = noticeItem(notice);
  if (pk === undefined || sk === undefined) return;
  await whenHolds(
    client.send(
      new UpdateItemCommand({
        TableName: name,
        Key: { pk, sk },
        UpdateExpression: 'SET confirmedAt = :at',
        ConditionExpression: 'claimedAt = :claimed',
        ExpressionAttributeValues: { ':at': number(at), ':claimed': number(notice.claimedAt) },
      }),
    ),
  );
}

async function note({ client, name }: Table, noted: Set<string>, groups: readonly Group[]): Promise<void> {
  for (const group of groups) {
    const key = groupKey(group);
    if (noted.has(key)) continue;
    await client.send(new PutItemCommand({ TableName: name, Item: groupItem(group) }));
    noted.add(key);
  }
}

async function whenHolds(write: Promise<unknown>): Promise<'claimed' | 'taken'> {
  try {
    await write;
    return 'claimed';
  } catch (error) {
    if (isNamed(error, 'ConditionalCheckFailedException')) return 'taken';
    throw error;
  }
}
