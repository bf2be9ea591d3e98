/** Why a repository is replicated where it is, and why not elsewhere: each rule, each filter, in turn. */

import { type Registry, registryKey, sameRegistry } from '../image/registry.ts';
import { covers, type ReplicationRule } from './rules.ts';

export interface RuleExplanation {
  /** 1, 2, 3 … as DescribeRegistry lists them. */
  readonly number: number;
  readonly matches: boolean;
  /** Filters that match; a rule without filters matches by having none. */
  readonly matching: readonly string[];
  /** Filters that do not, each with what is odd about it, if anything is. */
  readonly others: readonly { readonly prefix: string; readonly hint?: FilterHint }[];
  readonly destinations: readonly Registry[];
}

/** What a filter that does not match may have been meant as. ECR takes no wildcards, capitals or leading slashes in one. */
export type FilterHint =
  /** It ends in a separator that the name does not have there; without it, it would match. */
  | 'separator'
  /** It is longer than the name and begins with it. */
  | 'longer-than-name'
  /** It stands inside the name, not at its beginning. */
  | 'inside-name';

export interface Explanation {
  readonly rules: readonly RuleExplanation[];
  readonly destinations: readonly {
    readonly destination: Registry;
    readonly expected: boolean;
    /** Rules that name it and match, or, when none does, all that name it. */
    readonly rules: readonly number[];
    /** Named by a rule that matches, and still nothing: it is the source itself. */
    readonly isSource?: true;
  }[];
}

export function explain(
  rules: readonly ReplicationRule[],
  source: Registry,
  repository: string,
): Explanation {
  const explained = rules.map((rule, index) => explainRule(rule, index + 1, repository));
  const named = new Map(
    rules.flatMap((rule) => rule.destinations).map((destination) => [registryKey(destination), destination]),
  );
  return {
    rules: explained,
    destinations: [...named.values()].map((destination) => {
      const naming = explained.filter((rule) =>
        rule.destinations.some((one) => sameRegistry(one, destination)),
      );
      const matching = naming.filter(({ matches }) => matches);
      const isSource = sameRegistry(destination, source);
      return {
        destination,
        expected: matching.length > 0 && !isSource,
        rules: (matching.length > 0 ? matching : naming).map(({ number }) => number),
        ...(isSource ? { isSource } : {}),
      };
    }),
  };
}

function explainRule(rule: ReplicationRule, number: number, repository: string): RuleExplanation {
  const matching = rule.prefixes.filter((prefix) => repository.startsWith(prefix));
  const others = rule.prefixes
    .filter((prefix) => !repository.startsWith(prefix))
    .map((prefix) => {
      const hint = hintFor(prefix, repository);
      return { prefix, ...(hint === undefined ? {} : { hint }) };
    });
  return { number, matches: covers(rule, repository), matching, others, destinations: rule.destinations };
}

function hintFor(prefix: string, repository: string): FilterHint | undefined {
  if (prefix.startsWith(repository)) return 'longer-than-name';
  if (/[^._/-][._/-]$/.test(prefix) && repository.startsWith(prefix.slice(0, -1))) return 'separator';
  return repository.includes(prefix) ? 'inside-name' : undefined;
}
