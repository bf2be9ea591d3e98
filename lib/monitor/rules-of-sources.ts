/** The rules of every registry that messages come from: each read once, and late enough for all of them. */

import { type Registry, registryKey } from '../image/registry.ts';
import type { Ports, RulesReading } from '../ports.ts';

interface Asking {
  readonly image: { readonly source: Registry };
  readonly askedBy: 'push' | 'arrival-report' | 'failure-report';
  /** Epoch milliseconds. */
  readonly since: number;
}

/** A registry's clock and ours, and the whole seconds of event times. A push is first looked at later than this. */
const clocksApartSeconds = 6;

/** By registryKey. */
export async function rulesOfSources(
  ports: Pick<Ports, 'readRules'>,
  inquiries: readonly Asking[],
): Promise<ReadonlyMap<string, RulesReading>> {
  const sources = new Map<string, { readonly source: Registry; readonly notBefore: number }>();
  for (const { image, askedBy, since } of inquiries) {
    const key = registryKey(image.source);
    const known = sources.get(key)?.notBefore ?? 0;
    // Rules from before a push may not have the rule that replicates it, and nobody would look at it again.
    // A report comes seconds after its push, so that its own second is late enough.
    const notBefore = askedBy === 'push' ? since + clocksApartSeconds * 1000 : since;
    sources.set(key, { source: image.source, notBefore: Math.max(known, notBefore) });
  }
  const readings = await Promise.all(
    [...sources].map(
      async ([key, { source, notBefore }]): Promise<[string, RulesReading]> => [
        key,
        await ports.readRules(source, notBefore),
      ],
    ),
  );
  return new Map(readings);
}
