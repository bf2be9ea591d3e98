/** A registry's replication rules, and the replicas that they make us expect of one image. */

import type { Digest } from '../image/digest.ts';
import { type Registry, registryKey, sameRegistry } from '../image/registry.ts';

/** One rule: repositories whose name starts with one of `prefixes` go to every one of `destinations`. */
export interface ReplicationRule {
  readonly destinations: readonly Registry[];
  /** Plain string prefixes of the whole repository name, alternatives of each other. None: every repository. */
  readonly prefixes: readonly string[];
}

/** One image that must be at one destination. */
export interface Replica {
  readonly source: Registry;
  readonly repository: string;
  readonly digest: Digest;
  readonly tag?: string;
  readonly destination: Registry;
}

/** ECR: a rule without filters replicates every repository; `prod` also matches `production-x`. */
export function covers(rule: ReplicationRule, repository: string): boolean {
  return rule.prefixes.length === 0 || rule.prefixes.some((prefix) => repository.startsWith(prefix));
}

/**
 * Where a repository's images must be: the destinations of all rules that cover it, each once, in the order of
 * the rules, the source itself left out. Replication never chains, so nobody else's rules matter.
 */
export function destinationsOf(
  rules: readonly ReplicationRule[],
  source: Registry,
  repository: string,
): readonly Registry[] {
  const found = new Map<string, Registry>();
  for (const rule of rules) {
    if (!covers(rule, repository)) continue;
    for (const destination of rule.destinations) {
      if (!sameRegistry(destination, source)) found.set(registryKey(destination), destination);
    }
  }
  return [...found.values()];
}

/** Whether the rules send a repository's images to a destination. */
export function sendTo(
  rules: readonly ReplicationRule[],
  { source, repository, destination }: Omit<Replica, 'digest' | 'tag'>,
): boolean {
  return destinationsOf(rules, source, repository).some((named) => sameRegistry(named, destination));
}

export function expectedReplicas(
  rules: readonly ReplicationRule[],
  image: Omit<Replica, 'destination'>,
): readonly Replica[] {
  return destinationsOf(rules, image.source, image.repository).map((destination) => ({
    source: image.source,
    repository: image.repository,
    digest: image.digest,
    ...(image.tag === undefined ? {} : { tag: image.tag }),
    destination,
  }));
}
