/**
 * Whether an answer of ECR is as its API reference has it: written down here once more, and apart from what reads them.
 * What rests on an answer that is not must not be said.
 */

import { createHash } from 'node:crypto';
import { bodyOf, isRecord } from './against-garbage.ts';
import type { Exchange } from './garbage-aws.ts';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isOneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    values.some((one) => one === value);
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isTime: Check = (value) => typeof value === 'number' && !Number.isNaN(new Date(value * 1000).getTime());
const isLike =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const isDigest = isLike(/^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[A-Za-z0-9=_-]+$/);
const isName = isLike(/^[a-z0-9][a-z0-9._/-]*$/);

const absentOr =
  (check: Check): Check =>
  (value) =>
    value === undefined || value === null || check(value);
const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every((one) => check(one));
const has =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) &&
    Object.entries(fields).every(([key, check]) => check(Object.hasOwn(value, key) ? value[key] : undefined));

const isFilters = isListOf(has({ filter: isText }));
const isEncryption = has({ encryptionType: isText });
const paged = { nextToken: absentOr(isText) };
const isImageId = has({ imageDigest: isDigest, imageTag: absentOr(isText) });
const isPolicyText = (holds: Check): Check => {
  return (value) => typeof value === 'string' && holds(bodyOf({ status: 200, body: value }));
};

const shapes: Readonly<Record<string, Check>> = {
  DescribeRegistry: has({
    replicationConfiguration: has({
      rules: isListOf(has({ destinations: isListOf(has({ region: isText })) })),
    }),
  }),
  DescribeRepositories: has({
    repositories: isListOf(
      has({
        repositoryName: isName,
        imageTagMutability: absentOr(isText),
        imageTagMutabilityExclusionFilters: absentOr(isFilters),
        encryptionConfiguration: absentOr(isEncryption),
      }),
    ),
    ...paged,
  }),
  GetRegistryScanningConfiguration: has({
    scanningConfiguration: has({
      scanType: isOneOf('BASIC', 'ENHANCED'),
      rules: isListOf(has({ scanFrequency: isText, repositoryFilters: isFilters })),
    }),
  }),
  DescribeRepositoryCreationTemplates: has({
    repositoryCreationTemplates: isListOf(
      has({
        prefix: isText,
        appliedFor: absentOr(isListOf(isText)),
        encryptionConfiguration: absentOr(isEncryption),
      }),
    ),
    ...paged,
  }),
  GetRegistryPolicy: has({ policyText: isPolicyText(has({ Statement: (value) => value !== undefined })) }),
  GetLifecyclePolicy: has({ lifecyclePolicyText: isPolicyText(has({ rules: isListOf(() => true) })) }),
  ListReplicationBackfills: has({
    backfills: isListOf(
      has({
        replicationBackfillId: isText,
        destination: has({ region: isText }),
        status: isText,
        startedAt: isTime,
        progress: absentOr(
          has({
            totalReplicationCount: isCount,
            completedReplicationCount: isCount,
            failedReplicationCount: isCount,
          }),
        ),
      }),
    ),
    ...paged,
  }),
  DescribeReplicationBackfillResults: has({
    results: isListOf(has({ repositoryName: isName, imageId: isImageId })),
    ...paged,
  }),
  StartReplicationBackfill: has({ replicationBackfillId: isText }),
  DescribeImages: has({
    imageDetails: isListOf(has({ imageDigest: isDigest, imageTags: absentOr(isListOf(isText)) })),
    ...paged,
  }),
  ListImages: has({ imageIds: isListOf(isImageId), ...paged }),
  RegisterPullTimeUpdateExclusion: has({ principalArn: isText }),
  BatchGetImage: has({
    images: absentOr(
      isListOf((image) => has({ imageId: isImageId, imageManifest: isText })(image) && isToTheLetter(image)),
    ),
  }),
  BatchCheckLayerAvailability: has({
    layers: absentOr(
      isListOf(
        has({
          layerDigest: isDigest,
          layerAvailability: isOneOf('AVAILABLE', 'UNAVAILABLE', 'ARCHIVED'),
        }),
      ),
    ),
  }),
};

function isToTheLetter(image: unknown): boolean {
  if (!isRecord(image) || !isRecord(image['imageId'])) return false;
  const sum = createHash('sha256').update(String(image['imageManifest'])).digest('hex');
  return image['imageId']['imageDigest'] === `sha256:${sum}`;
}

/** The answers of an operation that are as documented, parsed. */
export function documented(
  exchanges: readonly Exchange[],
  operation: string,
  region?: string,
): readonly Readonly<Record<string, unknown>>[] {
  const shape = shapes[operation];
  if (shape === undefined) throw new Error(`the shape of ${operation} is not written down`);
  return exchanges.flatMap((one) => {
    if (one.operation !== operation || (region !== undefined && one.region !== region)) return [];
    const body = one.answer?.status === 200 ? bodyOf(one.answer) : undefined;
    return isRecord(body) && shape(body) ? [body] : [];
  });
}

/** The names that the answers to BatchGetImage or BatchCheckLayerAvailability give, in `images`, `layers` and `failures`. */
export function namesIn(answer: Readonly<Record<string, unknown>>): ReadonlySet<unknown> {
  const lists = ['images', 'layers', 'failures'].flatMap((key) => {
    const list = answer[key];
    return Array.isArray(list) ? list.filter(isRecord) : [];
  });
  return new Set(
    lists.map(({ imageId, layerDigest }) => (isRecord(imageId) ? imageId['imageDigest'] : layerDigest)),
  );
}
