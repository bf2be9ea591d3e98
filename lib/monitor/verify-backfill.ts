/** What a backfill calls copied, looked at where it must be: ECR's word is a claim, a digest seen there is the proof. */

import type { Ports } from '../ports.ts';
import { type Backfill, nothingLookedAt, tally, type Verification } from '../sweep/backfill.ts';
import type { BackfillPorts } from '../sweep/backfill-ports.ts';
import { look } from './look.ts';

/** `until`: epoch milliseconds; what has not been looked at by then is counted, and left to the sweep. */
export async function verifyBackfill(
  ports: Pick<Ports, 'now' | 'readImages' | 'readTags'> & Pick<BackfillPorts, 'readBackfillResults'>,
  backfill: Backfill,
  until: number,
): Promise<Verification> {
  const { source, destination, progress } = backfill;
  let verification = nothingLookedAt;
  let looked = 0;
  for await (const results of ports.readBackfillResults(backfill, 'COMPLETE')) {
    if (ports.now() > until) break;
    const verdicts = await look(
      ports,
      results.map((result) => ({ source, destination, ...result })),
    );
    verification = tally(verification, results, verdicts);
    looked += results.length;
  }
  return { ...verification, notLookedAt: Math.max(0, (progress?.completed ?? 0) - looked) };
}
