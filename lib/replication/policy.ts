/** How patient the monitor is: deadlines, by repository prefix, and the gaps between looks. */

export interface Policy {
  /** Seconds from push to the moment a missing replica is reported. */
  readonly deadlineSeconds: number;
  /** The longest matching prefix wins; `ignore` leaves its repositories out altogether. */
  readonly byPrefix: readonly PrefixPolicy[];
  readonly shortestGapSeconds: number;
  readonly longestGapSeconds: number;
  /** An image whose destination stays unreadable is let go after this age; the sweep finds it again. */
  readonly letGoSeconds: number;
}

export interface PrefixPolicy {
  readonly prefix: string;
  readonly deadline: { readonly seconds: number } | 'ignore';
}

/** ECR's own words are "within 30 minutes"; the gaps are ours: see docs/decisions/0003-waiting-is-not-failing.md. */
export const defaultPolicy: Policy = {
  deadlineSeconds: 30 * 60,
  byPrefix: [],
  shortestGapSeconds: 10,
  longestGapSeconds: 5 * 60,
  letGoSeconds: 24 * 60 * 60,
};

/** The deadline of a repository in seconds after the push, or `ignore`. */
export function deadlineFor(policy: Policy, repository: string): number | 'ignore' {
  let best: PrefixPolicy | undefined;
  for (const candidate of policy.byPrefix) {
    if (!repository.startsWith(candidate.prefix)) continue;
    if (best === undefined || candidate.prefix.length > best.prefix.length) best = candidate;
  }
  if (best === undefined) return policy.deadlineSeconds;
  return best.deadline === 'ignore' ? 'ignore' : best.deadline.seconds;
}

/**
 * Seconds until the next look: half the age, between the shortest and the longest gap, spread by `chance`
 * (0 to 1) so that a burst does not come back as one, and never past the deadline.
 */
export function gapSeconds(policy: Policy, age: number, deadline: number, chance: number): number {
  const grown = Math.min(Math.max(age / 2, policy.shortestGapSeconds), policy.longestGapSeconds);
  const spread = grown * (0.85 + 0.3 * chance);
  const untilDeadline = deadline - age;
  const gap = untilDeadline > 0 ? Math.min(spread, untilDeadline) : spread;
  // SQS takes whole seconds; rounding up is what makes a look due at the deadline come at it and not before.
  return Math.max(1, Math.ceil(gap));
}
