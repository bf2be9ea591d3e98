/** "ECR Replication Action" on the wire → what a destination reports: an arrival, or a failure. */

import * as v from 'valibot';
import type { Digest } from '../image/digest.ts';
import type { Registry } from '../image/registry.ts';
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
const kind = v.object({ detail: v.object({ 'action-type': v.string(), result: v.string() }) });
const wire = v.object({
  account: envelope.account,
  region: envelope.region,
  time: envelope.time,
  detail: v.object({
    'repository-name': envelope.repositoryName,
    'image-digest': envelope.digest,
    'image-tag': envelope.tag,
    'source-account': envelope.account,
    'source-region': envelope.region,
  }),
});

/** Reads one event as it stands in a queue message; any result but `SUCCESS` is a failure. */
export function parseReplicationAction(event: unknown): Classified<Report> {
  const head = envelope.headOf(event);
  if (head.is !== 'ours') return head;
  const { source, detailType } = head.value;
  if (source !== 'aws.ecr' || detailType !== 'ECR Replication Action') {
    return { is: 'not-ours', why: `${source} "${detailType}"` };
  }
  const action = v.safeParse(kind, event);
  if (!action.success) return { is: 'unparseable', fault: envelope.faultsOf(action.issues) };
  const { 'action-type': type, result } = action.output.detail;
  if (type !== 'REPLICATE') return { is: 'not-ours', why: `${type} ${result}` };

  const report = v.safeParse(wire, event);
  if (!report.success) return { is: 'unparseable', fault: envelope.faultsOf(report.issues) };
  const { account, region, time, detail } = report.output;
  const tag = detail['image-tag'];
  return {
    is: 'ours',
    value: {
      says: result === 'SUCCESS' ? 'arrived' : 'failed',
      source: { account: detail['source-account'], region: detail['source-region'] },
      destination: { account, region },
      repository: detail['repository-name'],
      digest: detail['image-digest'],
      ...(tag === undefined ? {} : { tag }),
      reportedAt: time,
    },
  };
}
