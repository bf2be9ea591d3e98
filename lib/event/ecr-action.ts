/** What the two kinds of ECR action have in common on the wire, and how one is told from what is not ours. */

import * as v from 'valibot';
import type { Classified } from './envelope.ts';
import * as envelope from './envelope.ts';

// ECR User Guide, "Amazon ECR events and EventBridge". Only the keys we rely on; ECR adds new ones without notice.
const kind = v.object({
  detail: v.object({
    'action-type': v.string(),
    result: v.string(),
    'target-storage-class': v.fallback(v.optional(v.string()), undefined),
  }),
});

/** The image that an action is about. */
export const image = {
  'repository-name': envelope.repositoryName,
  'image-digest': envelope.digest,
  'image-tag': envelope.tag,
};

/** What the event did, and how it went, in ECR's own words. */
export interface Action {
  readonly type: string;
  readonly result: string;
  /** Where an image is moved to, by actions that move it. */
  readonly storageClass: string | undefined;
}

/** Reads an event of one detail-type by `wire`, if its action is wanted; answers a value for every JSON there is. */
export function readAction<T>(
  event: unknown,
  wanted: { readonly detailType: string; readonly isOurs: (action: Action) => boolean },
  wire: v.GenericSchema<unknown, T>,
): Classified<{ readonly action: Action; readonly read: T }> {
  const head = envelope.headOf(event);
  if (head.is !== 'ours') return head;
  const { source, detailType } = head.value;
  if (source !== 'aws.ecr' || detailType !== wanted.detailType) {
    return { is: 'not-ours', why: `${source} "${detailType}"` };
  }
  const done = v.safeParse(kind, event);
  if (!done.success) return { is: 'unparseable', fault: envelope.faultsOf(done.issues) };
  const { 'action-type': type, result, 'target-storage-class': storageClass } = done.output.detail;
  const action = { type, result, storageClass };
  if (!wanted.isOurs(action)) return { is: 'not-ours', why: `${action.type} ${action.result}` };

  const read = v.safeParse(wire, event);
  if (!read.success) return { is: 'unparseable', fault: envelope.faultsOf(read.issues) };
  return { is: 'ours', value: { action, read: read.output } };
}
