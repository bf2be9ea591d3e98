/** Since when a source registry is watched, and how old its rules are: remembered from the first time that each is seen. */

import { type Registry, registryKey, sameRegistry } from '../image/registry.ts';
import type { Ports } from '../ports.ts';
import type { ReplicationRule } from '../replication/rules.ts';
import { type WatchedRegistry, watchedFrom, withRules } from '../sweep/watched.ts';

/** Throws when others keep writing it: whoever asked is tried again. */
export async function watchRegistry(
  ports: Pick<Ports, 'now' | 'readWatched' | 'saveWatched'>,
  source: Registry,
  rules: readonly ReplicationRule[],
): Promise<WatchedRegistry> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const known = (await ports.readWatched()).find((one) => sameRegistry(one.source, source));
    const next = withRules(known ?? watchedFrom(source, ports.now()), rules, ports.now());
    if (next === known) return known;
    const saved = { ...next, revision: next.revision + 1 };
    if ((await ports.saveWatched(saved)) === 'saved') return saved;
  }
  throw new Error(`${registryKey(source)} could not be put on record: it kept changing`);
}
