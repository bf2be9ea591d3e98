/**
 * What AWS answers, parsed: the SDK says of every field that it may be absent, and passes on whatever type it has.
 * An answer that is not as documented is a fault of the service; never an empty list, never success.
 */

import * as v from 'valibot';
import { type Digest, isDigest } from '../image/digest.ts';
import { isRepositoryName } from '../image/reference.ts';
import { accountPattern, regionPattern } from '../image/registry.ts';
import type { Item } from './items.ts';

/** Throws one line that names the call and the field. */
export function answered<T>(call: string, schema: v.GenericSchema<unknown, T>, answer: unknown): T {
  const result = v.safeParse(schema, answer);
  if (result.success) return result.output;
  const where = v.getDotPath(result.issues[0]);
  throw new Error(`${call} answered what cannot be read${where === null ? '' : `: ${where}`}`);
}

export function maybe<T>(schema: v.GenericSchema<unknown, T>) {
  return v.pipe(
    v.nullish(schema),
    v.transform((value) => value ?? undefined),
  );
}

export const text = v.string();
export const maybeText = maybe(text);
export const digest = v.custom<Digest>(isDigest);
export const account = v.pipe(text, v.regex(accountPattern));
export const region = v.pipe(text, v.regex(regionPattern));
export const repositoryName = v.custom<string>(isRepositoryName);

const image = v.object({
  imageDigest: digest,
  imageTags: v.nullish(v.array(text), []),
  imageStatus: maybeText,
  imagePushedAt: maybe(v.date()),
  lastActivatedAt: maybe(v.date()),
  imageManifestMediaType: maybeText,
  artifactMediaType: maybeText,
  subjectManifestDigest: maybe(digest),
});

export type AnsweredImage = v.InferOutput<typeof image>;

/** DescribeImages. */
export const images = v.object({ imageDetails: v.array(image), nextToken: maybeText });

/** A page of an inventory, whose images are read one by one. */
export const imagePage = v.object({ imageDetails: v.array(v.unknown()), nextToken: maybeText });

/**
 * The same as `image`, by hand: with a hundred thousand of them, what a schema leaves behind a field is a fifth of all
 * the memory that a sweep takes (test/monitor/sweep-memory.proof.ts).
 */
export function answeredImage(call: string, detail: unknown): AnsweredImage {
  const given: { readonly [K in keyof AnsweredImage]?: unknown } =
    typeof detail === 'object' && detail !== null ? detail : {};
  const fault = (field: keyof AnsweredImage) => new Error(`${call} answered what cannot be read: ${field}`);
  const textIn = (field: keyof AnsweredImage): string | undefined => {
    const value = given[field] ?? undefined;
    if (value !== undefined && typeof value !== 'string') throw fault(field);
    return value;
  };
  const dateIn = (field: keyof AnsweredImage): Date | undefined => {
    const value = given[field] ?? undefined;
    if (value !== undefined && !(value instanceof Date && !Number.isNaN(value.getTime()))) throw fault(field);
    return value;
  };
  const { imageDigest, imageTags, subjectManifestDigest: subject } = given;
  const tags: unknown = imageTags ?? [];
  if (!isDigest(imageDigest)) throw fault('imageDigest');
  if (!Array.isArray(tags) || !tags.every((tag): tag is string => typeof tag === 'string')) {
    throw fault('imageTags');
  }
  if (subject !== undefined && subject !== null && !isDigest(subject)) throw fault('subjectManifestDigest');
  return {
    imageDigest,
    imageTags: tags,
    imageStatus: textIn('imageStatus'),
    imagePushedAt: dateIn('imagePushedAt'),
    lastActivatedAt: dateIn('lastActivatedAt'),
    imageManifestMediaType: textIn('imageManifestMediaType'),
    artifactMediaType: textIn('artifactMediaType'),
    subjectManifestDigest: subject ?? undefined,
  };
}

/** ListImages. */
export const imageIds = v.object({
  imageIds: v.array(v.object({ imageDigest: digest })),
  nextToken: maybeText,
});

// ECR API Reference, RepositoryFilter: the pattern of a prefix is narrower still.
const prefix = v.pipe(text, v.regex(/^[\w./-]{1,256}$/));
/** ECR knows PREFIX_MATCH only. A kind that is new to us may match anything. */
const filter = v.union([
  v.object({ filterType: v.nullish(v.literal('PREFIX_MATCH'), 'PREFIX_MATCH'), filter: prefix }),
  v.object({ filterType: v.pipe(text, v.notValue('PREFIX_MATCH')) }),
]);

/** DescribeRegistry. A registry without rules has an empty list of them: no list is no answer. */
export const registry = v.object({
  registryId: maybe(account),
  replicationConfiguration: v.object({
    rules: v.array(
      v.object({
        destinations: v.array(v.object({ region, registryId: maybe(account) })),
        repositoryFilters: v.nullish(v.array(filter), []),
      }),
    ),
  }),
});

export type AnsweredRule = v.InferOutput<typeof registry>['replicationConfiguration']['rules'][number];

/** DescribeImageReplicationStatus: every field can be absent. */
export const replicationStatuses = v.object({
  replicationStatuses: v.nullish(
    v.array(
      v.object({
        region: maybeText,
        registryId: maybeText,
        status: maybeText,
        failureCode: maybeText,
      }),
    ),
    [],
  ),
});

export type AnsweredStatus = v.InferOutput<typeof replicationStatuses>['replicationStatuses'][number];

/** DescribeRepositories, for their names. */
export const repositories = v.object({
  repositories: v.array(v.object({ repositoryName })),
  nextToken: maybeText,
});

export const mutability = v.picklist([
  'MUTABLE',
  'IMMUTABLE',
  'MUTABLE_WITH_EXCLUSION',
  'IMMUTABLE_WITH_EXCLUSION',
]);
export const exclusionFilters = v.nullish(v.array(v.object({ filter: text })), []);

/** DescribeRepositories, for whether tags may move. */
export const tagSettings = v.object({
  repositories: v.array(
    v.object({ imageTagMutability: mutability, imageTagMutabilityExclusionFilters: exclusionFilters }),
  ),
});

/** SendMessageBatch: what it does not name as taken was not taken. */
export const sentBatch = v.object({
  Successful: v.nullish(v.array(v.object({ Id: text })), []),
  Failed: v.nullish(v.array(v.object({ Id: maybeText, Code: maybeText, Message: maybeText })), []),
});

/** Publish: what was taken has an id. */
export const published = v.object({ MessageId: v.pipe(text, v.minLength(1)) });

/** GetParameter. */
export const parameter = v.object({ Parameter: v.object({ Value: text }) });

/** What is text in an attribute is: keys are sent back as they came, which the SDK would trip over. */
const item = v.custom<Item>(
  (value) =>
    isObject(value) && Object.values(value).every((one) => isObject(one) && isText(one.S) && isText(one.N)),
);

function isObject(value: unknown): value is { readonly S?: unknown; readonly N?: unknown } {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

/** Query: a page without items has an empty list of them. */
export const page = v.object({ Items: v.array(item) });

/** Query, for how many there are. */
export const counted = v.object({ Count: v.number() });

/** BatchGetItem. */
export const batch = v.object({
  Responses: v.record(text, v.array(item)),
  UnprocessedKeys: v.nullish(v.record(text, v.object({ Keys: v.array(item) })), {}),
});
