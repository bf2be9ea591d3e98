/** What a registry's replication rules do other than their author thinks: chains, prefixes, repositories left out. */

import { type Registry, sameRegistry } from '../image/registry.ts';
import { covers, destinationsOf, type ReplicationRule, sendTo } from '../replication/rules.ts';
import type { SettingFinding } from './setting-finding.ts';

/** A registry with its rules. */
export interface RuledRegistry {
  readonly registry: Registry;
  readonly rules: readonly ReplicationRule[];
}

/**
 * Replication never chains: what `via` got from `source` it does not send on. One finding for each third registry
 * that `via`'s rules name for repositories of `source` which the source itself does not send there.
 */
export function chainFindings(
  source: RuledRegistry,
  others: readonly RuledRegistry[],
  repositories: readonly string[],
): readonly SettingFinding[] {
  const findings: SettingFinding[] = [];
  for (const via of others) {
    if (sameRegistry(via.registry, source.registry)) continue;
    const chains = new Map<string, { readonly destination: Registry; readonly repositories: string[] }>();
    for (const repository of repositories) {
      const direct = destinationsOf(source.rules, source.registry, repository);
      if (!direct.some((named) => sameRegistry(named, via.registry))) continue;
      for (const destination of destinationsOf(via.rules, via.registry, repository)) {
        if (sameRegistry(destination, source.registry)) continue;
        if (direct.some((named) => sameRegistry(named, destination))) continue;
        const key = `${destination.account}/${destination.region}`;
        const chain = chains.get(key) ?? { destination, repositories: [] };
        chains.set(key, chain);
        chain.repositories.push(repository);
      }
    }
    for (const chain of chains.values()) {
      findings.push({ kind: 'rule-chain', source: source.registry, via: via.registry, ...chain });
    }
  }
  return findings;
}

/**
 * A filter is a plain string prefix: `prod` also matches `production-x`. Told only where the prefix matches names of
 * its own as well, and where no longer prefix of the same rule asks for the others.
 */
export function prefixFindings(
  { registry, rules }: RuledRegistry,
  repositories: readonly string[],
): readonly SettingFinding[] {
  const findings = new Map<string, Set<string>>();
  for (const rule of rules) {
    for (const prefix of rule.prefixes) {
      const others = rule.prefixes.filter((other) => other.length > prefix.length);
      const outside = outsideOf(prefix, repositories).filter(
        (name) => !others.some((other) => name.startsWith(other)),
      );
      if (outside.length === 0) continue;
      findings.set(prefix, new Set([...(findings.get(prefix) ?? []), ...outside]));
    }
  }
  return [...findings].map(([prefix, outside]) => ({
    kind: 'prefix-too-wide',
    source: registry,
    prefix,
    repositories: [...outside],
  }));
}

/** Names that a prefix matches and that are not in its path: in the middle of a word, or, beside `prod/…`, `prod-x` too. */
function outsideOf(prefix: string, repositories: readonly string[]): readonly string[] {
  // Whoever writes `prod-` or `prod/` has said where the word ends.
  if (!/[a-z0-9]$/.test(prefix)) return [];
  const matched = repositories.filter((name) => name.startsWith(prefix));
  const next = (name: string): string => name.charAt(prefix.length);
  const inPath = matched.filter((name) => next(name) === '' || next(name) === '/');
  const inWord = matched.filter((name) => /[a-z0-9]/.test(next(name)));
  const besides = matched.filter((name) => /[-_.]/.test(next(name)));
  if (inPath.length > 0) return matched.filter((name) => !inPath.includes(name));
  return besides.length > 0 ? inWord : [];
}

/** Repositories of a registry that no rule sends anywhere, and that did not come from one of the `others` by a rule. */
export function uncoveredFindings(
  { registry, rules }: RuledRegistry,
  others: readonly RuledRegistry[],
  repositories: readonly string[],
): readonly SettingFinding[] {
  const comesFrom = (other: RuledRegistry, repository: string): boolean =>
    sendTo(other.rules, { source: other.registry, repository, destination: registry });
  const uncovered = repositories.filter(
    (name) => !rules.some((rule) => covers(rule, name)) && !others.some((other) => comesFrom(other, name)),
  );
  return uncovered.length === 0 ? [] : [{ kind: 'uncovered', source: registry, repositories: uncovered }];
}
