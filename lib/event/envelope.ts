/** The EventBridge envelope of an ECR event, and how its faults are put into words. */

import * as v from 'valibot';
import { type Digest, isDigest } from '../image/digest.ts';
import { isRepositoryName, isTag } from '../image/reference.ts';
import { accountPattern, regionPattern } from '../image/registry.ts';
import { quoted } from '../parsed.ts';

/** What an event turned out to be: ours, somebody else's (acknowledged and counted), or broken (kept for a person). */
export type Classified<T> =
  | { readonly is: 'ours'; readonly value: T }
  | { readonly is: 'not-ours'; readonly why: string }
  | { readonly is: 'unparseable'; readonly fault: string };

const head = v.object({ source: v.string(), 'detail-type': v.string() });

export const account = v.pipe(v.string(), v.regex(accountPattern, 'is not a 12-digit account'));
export const region = v.pipe(v.string(), v.regex(regionPattern, 'is not an AWS Region'));
/** Epoch milliseconds of an ISO 8601 time; EventBridge writes whole seconds. */
export const time = v.pipe(
  v.string(),
  v.isoTimestamp('is not an ISO 8601 time'),
  v.transform((text) => Date.parse(text)),
  v.finite('is not a time'),
);
export const repositoryName = v.custom<string>(isRepositoryName, 'is not a repository name');
export const digest = v.custom<Digest>(isDigest, 'is not a digest (algorithm:encoded)');
/** ECR writes "" for an untagged image (each child of an index is one), and may leave the key out. */
export const tag = v.pipe(
  v.nullish(v.union([v.literal(''), v.custom<string>(isTag)], 'is not a tag'), ''),
  v.transform((text) => (text === '' ? undefined : text)),
);

/** Reads what every event has: who sent it and what it is about. */
export function headOf(event: unknown): Classified<{ source: string; detailType: string }> {
  const result = v.safeParse(head, event);
  if (!result.success)
    return { is: 'unparseable', fault: `not an EventBridge event: ${faultsOf(result.issues)}` };
  return { is: 'ours', value: { source: result.output.source, detailType: result.output['detail-type'] } };
}

type Issues = readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]];

/** `detail.image-digest is not a digest (algorithm:encoded): "latest"`, every fault of one event in one line. */
export function faultsOf(issues: Issues): string {
  return issues.map(describe).join('; ');
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = issue.path?.map((item) => String(item.key)).join('.') ?? 'the event';
  if (issue.input === undefined) return `${path} is missing`;
  const says = issue.message.startsWith('is ') ? issue.message : `is not ${issue.expected ?? 'as expected'}`;
  return `${path} ${says}: ${quoted(issue.input)}`;
}
