/** "ECR Image Action" on the wire → a push, or what ECR treats like one. */

import * as v from 'valibot';
import type { Digest } from '../image/digest.ts';
import type { Registry } from '../image/registry.ts';
import { type Action, image, readAction } from './ecr-action.ts';
import type { Classified } from './envelope.ts';
import * as envelope from './envelope.ts';

/** An image that somebody pushed, or restored: what, where, and when by ECR's own word (epoch milliseconds). */
export interface Push {
  readonly source: Registry;
  readonly repository: string;
  readonly digest: Digest;
  readonly tag?: string;
  readonly pushedAt: number;
}

const wire = v.object({
  account: envelope.account,
  region: envelope.region,
  time: envelope.time,
  detail: v.object(image),
});

// ECR User Guide, "Restoring an image": what is restored from the archive is replicated like what is pushed.
const pushes = {
  detailType: 'ECR Image Action',
  isOurs: ({ type, result, storageClass }: Action): boolean =>
    result === 'SUCCESS' &&
    (type === 'PUSH' || (type === 'UPDATE_STORAGE_CLASS' && storageClass === 'STANDARD')),
};

/** Reads one event as it stands in a queue message; answers a value for every JSON there is. */
export function parseImageAction(event: unknown): Classified<Push> {
  const push = readAction(event, pushes, wire);
  if (push.is !== 'ours') return push;
  const { account, region, time, detail } = push.value.read;
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
