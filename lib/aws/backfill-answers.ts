/** What ECR answers about backfills. One that is left out, or half read, could be started again or be told as well. */

import * as v from 'valibot';
import { account, digest, maybe, maybeText, region, repositoryName, text } from './answer.ts';

// ECR API Reference, ReplicationBackfillSummary: all that is not a `maybe` here is required there.
const backfillId = v.pipe(text, v.regex(/^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/));
const howMany = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const backfill = v.pipe(
  v.object({
    replicationBackfillId: backfillId,
    destination: v.object({ region, registryId: maybe(account) }),
    status: text,
    failureCode: maybeText,
    progress: maybe(
      v.object({
        totalReplicationCount: howMany,
        completedReplicationCount: howMany,
        failedReplicationCount: howMany,
        failureCodes: v.nullish(v.array(text), []),
      }),
    ),
    startedAt: v.date(),
    endedAt: maybe(v.date()),
  }),
  // It is there from the end of the preparation on, without which nothing is complete.
  v.check(
    ({ status, progress }) => status !== 'COMPLETE' || progress !== undefined,
    'complete without progress',
  ),
);

export type AnsweredBackfill = v.InferOutput<typeof backfill>;

/** ListReplicationBackfills. */
export const backfills = v.object({ backfills: v.array(backfill), nextToken: maybeText });

const result = v.object({
  repositoryName,
  imageId: v.object({ imageDigest: digest, imageTag: maybeText }),
  failureCode: maybeText,
  subImageFailureCodes: v.nullish(v.array(text), []),
});

export type AnsweredResult = v.InferOutput<typeof result>;

/** DescribeReplicationBackfillResults. */
export const backfillResults = v.object({ results: v.array(result), nextToken: maybeText });

/** StartReplicationBackfill. */
export const startedBackfill = v.object({ replicationBackfillId: backfillId });
