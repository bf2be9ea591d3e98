/** Many images with numbers for names: cheap to make, well-formed, the same in every run. */

import type { Digest } from '../../../lib/image/digest.ts';
import type { QueueRecord } from '../../../lib/monitor/records.ts';
import { pushEvent } from '../../world.ts';

export function digestOfNumber(n: number): Digest {
  return `sha256:${n.toString(16).padStart(64, '0')}` as Digest;
}

export function digestsUpTo(count: number): readonly Digest[] {
  return Array.from({ length: count }, (_, n) => digestOfNumber(n));
}

/** Queue messages of pushes to one repository. */
export function pushRecords(
  repository: string,
  digests: readonly Digest[],
  at: number,
): readonly QueueRecord[] {
  return digests.map((digest, n) => ({
    messageId: `push ${n}`,
    body: pushEvent({ repository, digest, at }),
  }));
}
