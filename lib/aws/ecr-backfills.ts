/** ECR's backfills of one source registry: those that run, those of the last 90 days, and what became of each image. */

import {
  type ECRClient,
  paginateDescribeReplicationBackfillResults,
  paginateListReplicationBackfills,
  type ReplicationBackfillResult,
  type ReplicationBackfillSummary,
} from '@aws-sdk/client-ecr';
import { isDigest } from '../image/digest.ts';
import type { Registry } from '../image/registry.ts';
import { type Backfill, type BackfillResult, backfillStatuses } from '../sweep/backfill.ts';
import type { BackfillPorts } from '../sweep/backfill-ports.ts';
import type { SettingReading } from '../sweep/setting-finding.ts';
import type { EcrClientFor } from './clients.ts';
import { readFaultOf } from './read-fault.ts';

/** ECR API Reference, ListReplicationBackfills: at most 50 a page; DescribeReplicationBackfillResults: 1,000. */
const backfillsPerPage = 50;
const resultsPerPage = 1_000;

/** Of whoever watches them. Who only starts them needs the first alone, and no right to the second. */
export function backfillReaders(
  clientFor: EcrClientFor,
): Pick<BackfillPorts, 'readBackfills' | 'readBackfillResults'> {
  return {
    readBackfills: (source) => readBackfills(clientFor, source),
    readBackfillResults: ({ source, id }, status) => results(clientFor(source), source, id, status),
  };
}

/** Port `readBackfills`. */
export async function readBackfills(
  clientFor: EcrClientFor,
  source: Registry,
): Promise<SettingReading<readonly Backfill[]>> {
  try {
    return { is: 'read', value: await list(clientFor(source), source) };
  } catch (error) {
    return { is: 'unreadable', why: readFaultOf(error) };
  }
}

async function list(client: ECRClient, source: Registry): Promise<readonly Backfill[]> {
  const pages = paginateListReplicationBackfills(
    { client, pageSize: backfillsPerPage },
    { registryId: source.account },
  );
  const found: Backfill[] = [];
  for await (const { backfills = [] } of pages)
    found.push(...backfills.flatMap((one) => toBackfill(one, source)));
  return found;
}

async function* results(
  client: ECRClient,
  { account: registryId }: Registry,
  replicationBackfillId: string,
  resultStatusFilter: 'COMPLETE' | 'FAILED',
): AsyncIterable<readonly BackfillResult[]> {
  const pages = paginateDescribeReplicationBackfillResults(
    { client, pageSize: resultsPerPage },
    { registryId, replicationBackfillId, resultStatusFilter },
  );
  for await (const page of pages) yield (page.results ?? []).flatMap(toResult);
}

/** One without an id or a destination cannot be spoken of. */
function toBackfill(wire: ReplicationBackfillSummary, source: Registry): readonly Backfill[] {
  const { replicationBackfillId: id, destination, progress } = wire;
  if (id === undefined || destination?.region === undefined) return [];
  return [
    {
      id,
      source,
      destination: { account: destination.registryId ?? source.account, region: destination.region },
      // A status that is new to us is not known to be the end: nothing may be started beside it.
      status: backfillStatuses.find((known) => known === wire.status) ?? 'IN_PROGRESS',
      ...(wire.failureCode === undefined ? {} : { failureCode: wire.failureCode }),
      ...(progress?.totalReplicationCount === undefined
        ? {}
        : {
            progress: {
              total: progress.totalReplicationCount,
              completed: progress.completedReplicationCount ?? 0,
              failed: progress.failedReplicationCount ?? 0,
              failureCodes: progress.failureCodes ?? [],
            },
          }),
      startedAt: wire.startedAt?.getTime() ?? 0,
      ...(wire.endedAt === undefined ? {} : { endedAt: wire.endedAt.getTime() }),
    },
  ];
}

function toResult(wire: ReplicationBackfillResult): readonly BackfillResult[] {
  const { repositoryName: repository, imageId, failureCode, subImageFailureCodes } = wire;
  const digest = imageId?.imageDigest;
  if (repository === undefined || !isDigest(digest)) return [];
  return [
    {
      repository,
      digest,
      ...(imageId?.imageTag === undefined ? {} : { tag: imageId.imageTag }),
      ...(failureCode === undefined ? {} : { failureCode }),
      childFailureCodes: subImageFailureCodes ?? [],
    },
  ];
}
