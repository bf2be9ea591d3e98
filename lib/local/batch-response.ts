/** What Lambda makes of the answer of a handler that reports batch item failures. */

import * as v from 'valibot';

const schema = v.nullish(
  v.object({ batchItemFailures: v.nullish(v.array(v.object({ itemIdentifier: v.string() }))) }),
);

/**
 * The message ids that are to be tried again: those reported as failed, or all of them.
 * AWS Lambda Developer Guide, "Implementing partial batch responses": no answer, an empty one and an empty list mean
 * success; an answer of another form, an empty identifier and one that is not of the batch mean failure of the whole.
 */
export function failedOf(messageIds: readonly string[], answer: unknown): ReadonlySet<string> {
  const everything = new Set(messageIds);
  const { success, output } = v.safeParse(schema, answer);
  if (!success || Array.isArray(answer)) return everything;
  const failed = (output?.batchItemFailures ?? []).map((failure) => failure.itemIdentifier);
  return failed.every((id) => everything.has(id)) ? new Set(failed) : everything;
}
