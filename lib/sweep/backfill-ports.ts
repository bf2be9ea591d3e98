/** What watching and repairing ask of the world, besides lib/ports.ts: only `repair` can start and stop anything. */

import type { Registry } from '../image/registry.ts';
import type { Backfill, BackfillResult } from './backfill.ts';
import type { SettingReading } from './setting-finding.ts';

/** What is remembered of one backfill. Times in epoch milliseconds. */
export interface BackfillRecord {
  readonly startedBy: 'monitor' | 'somebody else';
  /** When somebody set out to tell of its end. */
  readonly claimedAt?: number;
  readonly isTold: boolean;
}

type BackfillName = Pick<Backfill, 'source' | 'id'>;

/** What watching backfills asks of the world. */
export interface BackfillPorts {
  /** ECR ListReplicationBackfills: those that run, and those that ended in the last 90 days, by whomever. */
  readonly readBackfills: (source: Registry) => Promise<SettingReading<readonly Backfill[]>>;
  /** ECR DescribeReplicationBackfillResults, page by page; nothing while it runs. Throws. */
  readonly readBackfillResults: (
    backfill: BackfillName,
    status: 'COMPLETE' | 'FAILED',
  ) => AsyncIterable<readonly BackfillResult[]>;
  /** `since`: what ended before was never to be told; absent before the first look. */
  readonly readBackfillRecords: (
    source: Registry,
  ) => Promise<{ readonly since?: number; readonly records: ReadonlyMap<string, BackfillRecord> }>;
  readonly watchSince: (source: Registry, at: number) => Promise<void>;
  /** Takes it upon itself to tell of an end. `over`: the expired claim that it replaces. */
  readonly claimEnd: (backfill: BackfillName, at: number, over?: number) => Promise<'claimed' | 'taken'>;
  readonly confirmEnd: (backfill: BackfillName, at: number) => Promise<void>;
}

/** What repairing asks of the world, besides reading. */
export interface RepairPorts {
  /** ECR StartReplicationBackfill; throws when it is refused for any other reason. */
  readonly startBackfill: (
    source: Registry,
    destination: Registry,
  ) => Promise<
    { readonly is: 'started'; readonly id: string } | { readonly is: 'one-is-running' | 'too-many' }
  >;
  /** ECR StopReplicationBackfill; what is on its way arrives all the same. */
  readonly stopBackfill: (backfill: BackfillName) => Promise<'stopped' | 'over'>;
  /** Remembers that the monitor started it. */
  readonly noteStarted: (backfill: BackfillName, at: number) => Promise<void>;
}
