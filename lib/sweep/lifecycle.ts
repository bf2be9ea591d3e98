/** What a lifecycle policy at a destination would do to replicas, which nobody pulls until the day they are needed. */

import type { Registry } from '../image/registry.ts';
import type { SettingFinding } from './setting-finding.ts';

/** One rule of a policy, as ECR User Guide, "Lifecycle policy properties", has it. */
export interface LifecycleRule {
  readonly priority: number;
  readonly tagStatus: 'tagged' | 'untagged' | 'any';
  readonly countType:
    | 'imageCountMoreThan'
    | 'sinceImagePushed'
    | 'sinceImagePulled'
    | 'sinceImageTransitioned';
  /** Images for `imageCountMoreThan`, days for the others. */
  readonly countNumber: number;
  /** `transition`: to the archive. */
  readonly action: 'expire' | 'transition';
}

/** `unknown`: parts that are not known here, in words; they may do anything. */
export interface LifecyclePolicy {
  readonly rules: readonly LifecycleRule[];
  readonly unknown: readonly string[];
}

/**
 * `atSource`: the source's own policy, if it has one. Untagged images that the source expires as early are gone there
 * as well; but what is pulled at the source is not pulled at the destination, whatever the policies say.
 */
export function lifecycleFindings(
  replica: { readonly source: Registry; readonly destination: Registry; readonly repository: string },
  there: LifecyclePolicy,
  atSource: LifecyclePolicy | undefined,
): readonly SettingFinding[] {
  const findings: SettingFinding[] = [];
  for (const rule of there.rules) {
    const kind = kindOf(rule);
    if (kind === undefined) continue;
    const goesAtSource = atSource?.rules.some((own) => isAsStrict(own, rule)) ?? false;
    if (rule.countType !== 'sinceImagePulled' && goesAtSource) continue;
    findings.push({ kind, ...replica, rule });
  }
  return [
    ...findings,
    ...there.unknown.map((what) => ({ kind: 'lifecycle-unknown', ...replica, what }) as const),
  ];
}

/** True when only the source's policy can tell whether the destination's does harm. */
export function needsSourcePolicy(there: LifecyclePolicy): boolean {
  return there.rules.some((rule) => kindOf(rule) !== undefined && rule.countType !== 'sinceImagePulled');
}

function kindOf(
  rule: LifecycleRule,
): 'lifecycle-expires-untagged' | 'lifecycle-expires-unpulled' | 'lifecycle-archives' | undefined {
  // What is in the archive already can no longer be pulled: that it goes one day is no news.
  if (rule.countType === 'sinceImageTransitioned') return undefined;
  const isUnpulled = rule.countType === 'sinceImagePulled';
  if (!isUnpulled && rule.tagStatus === 'tagged') return undefined;
  if (rule.action === 'transition') return 'lifecycle-archives';
  return isUnpulled ? 'lifecycle-expires-unpulled' : 'lifecycle-expires-untagged';
}

/** Whatever the one takes at a destination, the other takes at the source, and not later. */
function isAsStrict(atSource: LifecycleRule, there: LifecycleRule): boolean {
  if (atSource.countType !== there.countType || atSource.countNumber > there.countNumber) return false;
  if (atSource.action === 'transition' && there.action === 'expire') return false;
  // Which tags a rule picks is not compared: only a rule for all images, or for all untagged ones, is known to be as wide.
  if (atSource.tagStatus === 'tagged') return false;
  return atSource.tagStatus === 'any' || there.tagStatus === 'untagged';
}
