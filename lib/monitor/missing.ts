/** Open incidents of images that are not at a destination: what a backfill could bring. */

import type { Registry } from '../image/registry.ts';
import type { Incident } from '../incident/incident.ts';
import type { Ports } from '../ports.ts';

const missingKinds = ['failed', 'overdue', 'not-started', 'contradicted'] as const;
/** Of one kind; more need not be known, to know that some are missing. */
const mostOfAKind = 2_000;

export async function readMissing(
  ports: Pick<Ports, 'readOpen'>,
  destination: Registry,
): Promise<readonly Incident[]> {
  const open = await Promise.all(
    missingKinds.map((kind) => ports.readOpen({ destination, kind }, mostOfAKind)),
  );
  return open.flatMap(({ oldest }) => oldest);
}
