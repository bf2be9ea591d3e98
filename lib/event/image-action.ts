/** "ECR Image Action" on the wire → a push. */

import * as v from 'valibot';
import type { Digest } from '../image/digest.ts';
import type { Registry } from '../image/registry.ts';
import type { Classified } from './envelope.ts';
import * as envelope from './envelope.ts';

/** An image that somebody pushed: what, where, and when by ECR's own word (epoch milliseconds). */
export interface Push {
  readonly source: Registry;
  readonly repository: string;
  readonly digest: Digest;
  readonly tag?: string;
  readonly pushedAt: number;
}

// ECR User Guide, "Amazon ECR events and EventBridge". Only the keys we rely on; ECR adds new ones without notice.
const kind = v.object({ detail: v.object({ 'action-type': v.string(), result: v.string() }) });
const wire = v.object({
  account: envelope.account,
  region: envelope.region,
  time: envelope.time,
  detail: v.object({
    'repository-name': envelope.repositoryName,
    'image-digest': envelope.digest,
    'image-tag': envelope.tag,
  }),
});

/** Reads one event as it stands in a queue message; answers a value for every JSON there is. */
export function parseImageAction(event: unknown): Classified<Push> {
  const head = envelope.headOf(event);
  if (head.is !== 'ours') return head;
  const { source, detailType } = head.value;
  if (source !== 'aws.ecr' || detailType !== 'ECR Image Action') {
    return { is: 'not-ours', why: `${source} "${detailType}"` };
  }
  const action = v.safeParse(kind, event);
  if (!action.success) return { is: 'unparseable', fault: envelope.faultsOf(action.issues) };
  const { 'action-type': type, result } = action.output.detail;
  if (type !== 'PUSH' || result !== 'SUCCESS') return { is: 'not-ours', why: `${type} ${result}` };

  const push = v.safeParse(wire, event);
  if (!push.success) return { is: 'unparseable', fault: envelope.faultsOf(push.issues) };
  const { account, region, time, detail } = push.output;
  const tag = detail['image-tag'];
  return {
    is: 'ours',
    value: {
      source: { account, region },
      repository: detail['repository-name'],
      digest: detail['image-digest'],
      ...(tag === undefined ? {} : { tag }),
      pushedAt: time,
    },
  };
}
