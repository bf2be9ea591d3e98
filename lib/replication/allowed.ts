/** Data sovereignty: destinations that rules name and the user has not allowed. */

import { type Registry, registryKey, sameRegistry } from '../image/registry.ts';
import { covers, type ReplicationRule } from './rules.ts';

/** `allowed`: Regions, or `ACCOUNT/REGION`. A registry's own Region and account need no leave: it never copies to itself. */
export function disallowedDestinations(
  source: Registry,
  rules: readonly ReplicationRule[],
  allowed: readonly string[],
): readonly Registry[] {
  const found = new Map<string, Registry>();
  for (const destination of rules.flatMap(({ destinations }) => destinations)) {
    if (sameRegistry(destination, source)) continue;
    if (allowed.includes(destination.region) || allowed.includes(registryKey(destination))) continue;
    found.set(registryKey(destination), destination);
  }
  return [...found.values()];
}

/** What the rules that name a destination cover, in words: `every repository`, or prefixes. */
export function coverageInWords(rules: readonly ReplicationRule[], destination: Registry): string {
  const naming = rules.filter(({ destinations }) =>
    destinations.some((named) => sameRegistry(named, destination)),
  );
  if (naming.some((rule) => covers(rule, ''))) return 'every repository';
  const prefixes = [...new Set(naming.flatMap((rule) => rule.prefixes))];
  return `repositories that begin with ${prefixes.join(', ')}`;
}
