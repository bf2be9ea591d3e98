/** Slow passes in DynamoDB: one item a pass and registry, read back parsed. */

import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { registryKey } from '../image/registry.ts';
import type { Cycle } from '../sweep/cycle.ts';
import type { CyclePorts } from '../sweep/cycle-ports.ts';
import type { Table } from './incident-table.ts';
import type { Item } from './items.ts';

const optional = v.exactOptional;

const schema: v.GenericSchema<unknown, Cycle> = v.object({
  startedAt: v.number(),
  cursor: v.object({ after: optional(v.string()), from: optional(v.string()) }),
  isComplete: v.boolean(),
  lines: v.array(
    v.object({
      key: v.string(),
      about: v.object({ account: v.string(), region: v.string() }),
      rank: v.number(),
      text: v.array(v.string()),
      count: v.number(),
      names: v.array(v.string()),
      repositories: v.number(),
    }),
  ),
  notKept: v.number(),
});

export function cycleTable({ client, name: table }: Table): CyclePorts {
  return {
    readCycle: async (name, registry) => {
      const { Item } = await client.send(
        new GetItemCommand({
          TableName: table,
          Key: keyOf(name, registryKey(registry)),
          ConsistentRead: true,
        }),
      );
      // One that an earlier version wrote, or that cannot be read, is begun anew.
      const read = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), Item?.['cycle']?.S);
      return read.success ? read.output : undefined;
    },
    saveCycle: async (name, registry, cycle) => {
      const Item = { ...keyOf(name, registryKey(registry)), cycle: { S: JSON.stringify(cycle) } };
      await client.send(new PutItemCommand({ TableName: table, Item }));
    },
  };
}

function keyOf(name: string, registry: string): Item {
  return { pk: { S: `cycle ${name}` }, sk: { S: registry } };
}
