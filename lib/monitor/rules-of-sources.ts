/** The rules of every registry that somebody asks about: each read once, and late enough for all of them. */

import { type Registry, registryKey } from '../image/registry.ts';
import type { Ports, RulesReading } from '../ports.ts';

/** Rules that were read before `notBefore` (epoch ms) will not do. */
interface Asking {
  readonly source: Registry;
  readonly notBefore: number;
}

/** A registry's clock and ours, and the whole seconds of event times. A push is first looked at later than this. */
export const clocksApartMs = 6_000;

/** By registryKey. */
export async function rulesOfSources(
  ports: Pick<Ports, 'readRules'>,
  asking: Iterable<Asking>,
): Promise<ReadonlyMap<string, RulesReading>> {
  const sources = new Map<string, Asking>();
  for (const { source, notBefore } of asking) {
    const key = registryKey(source);
    sources.set(key, { source, notBefore: Math.max(notBefore, sources.get(key)?.notBefore ?? 0) });
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
