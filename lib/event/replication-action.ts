/** "ECR Replication Action" on the wire → what a destination reports: an arrival, or a failure. */

import * as v from 'valibot';
import type { Digest } from '../image/digest.ts';
import type { Registry } from '../image/registry.ts';
import { type Action, image, readAction } from './ecr-action.ts';
import type { Classified } from './envelope.ts';
import * as envelope from './envelope.ts';

/** One replica as its destination reports it; `reportedAt` in epoch milliseconds. */
export interface Report {
  readonly says: 'arrived' | 'failed';
  readonly source: Registry;
  readonly destination: Registry;
  readonly repository: string;
  readonly digest: Digest;
  readonly tag?: string;
  readonly reportedAt: number;
}

// ECR emits this event in the destination's account and Region; the envelope's own say which that is.
const wire = v.object({
  account: envelope.account,
  region: envelope.region,
  time: envelope.time,
  detail: v.object({ ...image, 'source-account': envelope.account, 'source-region': envelope.region }),
});

const reports = {
  detailType: 'ECR Replication Action',
  isOurs: ({ type }: Action): boolean => type === 'REPLICATE',
};

/** Reads one event as it stands in a queue message; any result but `SUCCESS` is a failure. */
export function parseReplicationAction(event: unknown): Classified<Report> {
  const report = readAction(event, reports, wire);
  if (report.is !== 'ours') return report;
  const { action, read } = report.value;
  const { account, region, time, detail } = read;
  const tag = detail['image-tag'];
  return {
    is: 'ours',
    value: {
      says: action.result === 'SUCCESS' ? 'arrived' : 'failed',
      source: { account: detail['source-account'], region: detail['source-region'] },
      destination: { account, region },
      repository: detail['repository-name'],
      digest: detail['image-digest'],
      ...(tag === undefined ? {} : { tag }),
      reportedAt: time,
    },
  };
}
