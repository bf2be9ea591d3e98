/** Many images with numbers for names, and the messages of their pushes: well-formed, the same in every run. */

import sample from '../../../events/image-action-push.json' with { type: 'json' };
import type { Digest } from '../../../lib/image/digest.ts';
import type { QueueRecord } from '../../../lib/monitor/records.ts';

export interface NumberedImage {
  readonly digest: Digest;
  readonly tags: readonly [string];
}

export function imageOfNumber(n: number): NumberedImage {
  return { digest: `sha256:${n.toString(16).padStart(64, '0')}` as Digest, tags: [`build-${n}`] };
}

export function imagesUpTo(count: number): readonly NumberedImage[] {
  return Array.from({ length: count }, (_, n) => imageOfNumber(n));
}

/** Queue messages of pushes to one repository: EventBridge's own envelope around each, `at` in epoch milliseconds. */
export function pushRecords(
  repository: string,
  images: readonly NumberedImage[],
  at: number,
): readonly QueueRecord[] {
  const time = new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
  return images.map(({ digest, tags: [tag] }, n) => {
    const image = { 'repository-name': repository, 'image-digest': digest, 'image-tag': tag };
    const event = { ...sample, time, detail: { ...sample.detail, ...image } };
    return { messageId: `push ${n}`, body: JSON.stringify(event) };
  });
}

/** Of the images of an audit, every so many is at no destination. */
export const missingEvery = 100;
