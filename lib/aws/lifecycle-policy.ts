/** ECR's lifecycle policies, JSON written by people → the rules that are known, and what is not. */

import * as v from 'valibot';
import { quoted } from '../parsed.ts';
import type { LifecyclePolicy, LifecycleRule } from '../sweep/lifecycle.ts';

// ECR User Guide, "Lifecycle policy properties". Keys that change nothing here (description, units, tags) may be anything.
const ruleSchema = v.object({
  rulePriority: v.number(),
  selection: v.object({
    tagStatus: v.picklist(['tagged', 'untagged', 'any']),
    countType: v.picklist([
      'imageCountMoreThan',
      'sinceImagePushed',
      'sinceImagePulled',
      'sinceImageTransitioned',
    ]),
    countNumber: v.number(),
  }),
  action: v.object({ type: v.picklist(['expire', 'transition']) }),
});
const policySchema = v.object({ rules: v.array(v.unknown()) });

/** A rule that cannot be read does not hide the others; it stands among the unknown. */
export function parseLifecyclePolicy(text: string): LifecyclePolicy {
  const policy = v.safeParse(policySchema, jsonOf(text));
  if (!policy.success) return { rules: [], unknown: ['the policy has no list of rules'] };
  const rules: LifecycleRule[] = [];
  const unknown: string[] = [];
  for (const [at, wire] of policy.output.rules.entries()) {
    const rule = v.safeParse(ruleSchema, wire);
    if (rule.success) {
      const { rulePriority: priority, selection, action } = rule.output;
      rules.push({ priority, ...selection, action: action.type });
    } else {
      const [issue] = rule.issues;
      unknown.push(`rule ${at + 1}: ${v.getDotPath(issue) ?? 'rule'} is ${quoted(issue.input, 40)}`);
    }
  }
  return { rules, unknown };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
