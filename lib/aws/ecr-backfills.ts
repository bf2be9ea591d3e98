/** ECR's backfills of one source registry: those that run, those of the last 90 days, and what became of each image. */

import {
  type ECRClient,
  paginateDescribeReplicationBackfillResults,
  paginateListReplicationBackfills,
} from '@aws-sdk/client-ecr';
import type { Registry } from '../image/registry.ts';
import { type Backfill, type BackfillResult, backfillStatuses } from '../sweep/backfill.ts';
import type { BackfillPorts } from '../sweep/backfill-ports.ts';
import type { SettingReading } from '../sweep/setting-finding.ts';
import {
  type AnsweredBackfill,
  type AnsweredResult,
  backfillResults,
  backfills,
} from './backfill-answers.ts';
import type { EcrClientFor } from './clients.ts';
import { answeredPages } from './pages.ts';
import { attempt } from './read-fault.ts';

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
export function readBackfills(
  clientFor: EcrClientFor,
  source: Registry,
): Promise<SettingReading<readonly Backfill[]>> {
  return attempt(() => list(clientFor(source), source));
}

async function list(client: ECRClient, source: Registry): Promise<readonly Backfill[]> {
  const pages = paginateListReplicationBackfills(
    { client, pageSize: backfillsPerPage },
    { registryId: source.account },
  );
  const found: Backfill[] = [];
  for await (const page of answeredPages('ListReplicationBackfills', backfills, pages))
    found.push(...page.backfills.map((one) => toBackfill(one, source)));
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
  for await (const page of answeredPages('DescribeReplicationBackfillResults', backfillResults, pages))
    yield page.results.map(toResult);
}

function toBackfill(answer: AnsweredBackfill, source: Registry): Backfill {
  const { replicationBackfillId: id, destination, failureCode, progress, startedAt, endedAt } = answer;
  return {
    id,
    source,
    destination: { account: destination.registryId ?? source.account, region: destination.region },
    // A status that is new to us is not known to be the end: nothing may be started beside it.
    status: backfillStatuses.find((known) => known === answer.status) ?? 'IN_PROGRESS',
    ...(failureCode === undefined ? {} : { failureCode }),
    ...(progress === undefined
      ? {}
      : {
          progress: {
            total: progress.totalReplicationCount,
            completed: progress.completedReplicationCount,
            failed: progress.failedReplicationCount,
            failureCodes: progress.failureCodes,
          },
        }),
    startedAt: startedAt.getTime(),
    ...(endedAt === undefined ? {} : { endedAt: endedAt.getTime() }),
  };
}

function toResult({
  repositoryName,
  imageId,
  failureCode,
  subImageFailureCodes,
}: AnsweredResult): BackfillResult {
  const { imageDigest: digest, imageTag: tag } = imageId;
  return {
    repository: repositoryName,
    digest,
    ...(tag === undefined ? {} : { tag }),
    ...(failureCode === undefined ? {} : { failureCode }),
    childFailureCodes: subImageFailureCodes,
  };
}
