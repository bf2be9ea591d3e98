/** When a backfill counts as well: all of it copied by ECR's count, and each image of it seen, once for each. */

import { describe, expect, it } from 'vitest';
import type { Digest } from '../../lib/image/digest.ts';
import { verifyBackfill } from '../../lib/monitor/verify-backfill.ts';
import type { ImageRead } from '../../lib/replication/reads.ts';
import { type Backfill, nothingLookedAt, wentWell } from '../../lib/sweep/backfill.ts';
import { digestOf, ireland, source } from '../samples.ts';

const whole = { total: 2, completed: 2, failed: 0, failureCodes: [] };
const backfill: Backfill = {
  id: '7d0c7e0c-9a4e-4b3c-8f53-3f6f0f1b2a10',
  source,
  destination: ireland,
  status: 'COMPLETE',
  progress: whole,
  startedAt: 0,
  endedAt: 1,
};

describe('a backfill that is complete', () => {
  const { progress: _, ...uncounted } = backfill;
  const verification = { ...nothingLookedAt, seen: 2 };
  it.each([
    ['all copied, all seen', backfill, true],
    ['one failed', { ...backfill, progress: { ...whole, completed: 1, failed: 1 } }, false],
    ['one of which nothing is said', { ...backfill, progress: { ...whole, total: 3 } }, false],
    ['no count at all', uncounted, false],
    ['stopped', { ...backfill, status: 'STOPPED' }, false],
  ] as const)('%s: is that well? %s', (_name, one, well) => {
    expect(wentWell({ backfill: one, by: 'monitor', failures: [], verification })).toBe(well);
  });
});

it('an image that is listed twice stands for no other: what was not listed was not looked at', async () => {
  const digest = digestOf('one');
  const one = { repository: 'prod-api', digest, tag: '1.0', childFailureCodes: [] };
  const readImages = async ({ batches }: ImageRead) =>
    new Map(
      batches
        .flat()
        .map((wanted: Digest) => [
          wanted,
          { is: 'present' as const, image: { tags: ['1.0'], storage: 'ACTIVE' as const } },
        ]),
    );
  const ports = {
    now: () => 0,
    readImages,
    readTags: async () => ({ is: 'read' as const, holders: new Map() }),
    readBackfillResults: async function* () {
      yield [one, one];
      yield [one];
    },
  };
  expect(await verifyBackfill(ports, backfill, 1)).toMatchObject({ seen: 1, notLookedAt: 1 });
});
