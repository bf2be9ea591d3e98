/** What passes and backfills keep in the table, as strict as DynamoDB keeps it. */

import { type Registry, registryKey } from '../../lib/image/registry.ts';
import type { BackfillPorts, BackfillRecord, RepairPorts } from '../../lib/sweep/backfill-ports.ts';
import type { Cycle } from '../../lib/sweep/cycle.ts';
import type { CyclePorts } from '../../lib/sweep/cycle-ports.ts';

type Kept = Pick<BackfillPorts, 'readBackfillRecords' | 'watchSince' | 'claimEnd' | 'confirmEnd'> &
  Pick<RepairPorts, 'noteStarted'> &
  CyclePorts;

/** Every operation as it happens inside DynamoDB: at one moment, whole or not at all. */
export type PassTable = {
  readonly [K in keyof Kept]: (...input: Parameters<Kept[K]>) => Awaited<ReturnType<Kept[K]>>;
};

interface Item {
  readonly startedBy?: 'monitor';
  readonly claimedAt?: number;
  readonly confirmedAt?: number;
}

export function createPassTable(): PassTable {
  const since = new Map<string, number>();
  const items = new Map<string, Map<string, Item>>();
  const cycles = new Map<string, Cycle>();

  function of(source: Registry): Map<string, Item> {
    const known = items.get(registryKey(source)) ?? new Map<string, Item>();
    items.set(registryKey(source), known);
    return known;
  }
  const change = (source: Registry, id: string, changed: Item): void =>
    void of(source).set(id, { ...of(source).get(id), ...changed });

  return {
    readBackfillRecords: (source) => {
      const begun = since.get(registryKey(source));
      return {
        ...(begun === undefined ? {} : { since: begun }),
        records: new Map([...of(source)].map(([id, item]) => [id, recordOf(item)])),
      };
    },
    watchSince: (source, at) => {
      if (!since.has(registryKey(source))) since.set(registryKey(source), at);
    },
    claimEnd: ({ source, id }, at, over) => {
      const { claimedAt, confirmedAt } = of(source).get(id) ?? {};
      if (over === undefined ? claimedAt !== undefined : claimedAt !== over || confirmedAt !== undefined)
        return 'taken';
      change(source, id, { claimedAt: at });
      return 'claimed';
    },
    confirmEnd: ({ source, id }, at) => change(source, id, { confirmedAt: at }),
    noteStarted: ({ source, id }) => change(source, id, { startedBy: 'monitor' }),
    readCycle: (name, registry) => cycles.get(`${name} ${registryKey(registry)}`),
    saveCycle: (name, registry, cycle) => void cycles.set(`${name} ${registryKey(registry)}`, cycle),
  };
}

function recordOf({ startedBy, claimedAt, confirmedAt }: Item): BackfillRecord {
  return {
    startedBy: startedBy ?? 'somebody else',
    isTold: confirmedAt !== undefined,
    ...(claimedAt === undefined ? {} : { claimedAt }),
  };
}
