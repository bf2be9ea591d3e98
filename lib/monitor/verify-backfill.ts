/** What a backfill calls copied, looked at where it must be: ECR's word is a claim, a digest seen there is the proof. */

import type { Ports } from '../ports.ts';
import {
  type Backfill,
  type BackfillResult,
  nothingLookedAt,
  tally,
  type Verification,
} from '../sweep/backfill.ts';
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
  const looked = new Set<string>();
  for await (const page of ports.readBackfillResults(backfill, 'COMPLETE')) {
    if (ports.now() > until) break;
    // One that is listed twice stands for no other that is not listed.
    const results = page.filter((result) => isFirst(nameOf(result), looked));
    const verdicts = await look(
      ports,
      results.map((result) => ({ source, destination, ...result })),
    );
    verification = tally(verification, results, verdicts);
  }
  return { ...verification, notLookedAt: Math.max(0, (progress?.completed ?? 0) - looked.size) };
}

function nameOf({ repository, digest, tag = '' }: BackfillResult): string {
  return `${repository}@${digest}:${tag}`;
}

/** Remembers it. */
function isFirst(name: string, known: Set<string>): boolean {
  const before = known.size;
  return known.add(name).size > before;
}
