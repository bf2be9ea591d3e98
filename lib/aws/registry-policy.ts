/** A registry's permission policy, IAM JSON → statements with their lists as lists. */

import * as v from 'valibot';
import type { PolicyStatement } from '../sweep/registry-policy.ts';

// IAM User Guide, "JSON policy elements": one value may stand for a list of one.
const texts = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform((value) => (typeof value === 'string' ? [value] : value)),
);
const principal = v.pipe(
  v.union([v.string(), v.record(v.string(), texts)]),
  v.transform((value) => (typeof value === 'string' ? [value] : (value['AWS'] ?? []))),
);
const statement = v.object({
  Effect: v.picklist(['Allow', 'Deny']),
  Principal: v.optional(principal),
  NotPrincipal: v.optional(v.unknown()),
  Action: v.optional(texts),
  NotAction: v.optional(v.unknown()),
  Resource: v.optional(texts),
  NotResource: v.optional(v.unknown()),
  Condition: v.optional(v.record(v.string(), v.unknown())),
});
const policySchema = v.object({ Statement: v.union([v.array(statement), statement]) });

/** Undefined for what is not a policy. */
export function parseRegistryPolicy(text: string): readonly PolicyStatement[] | undefined {
  const policy = v.safeParse(policySchema, jsonOf(text));
  if (!policy.success) return undefined;
  const { Statement } = policy.output;
  return (Array.isArray(Statement) ? Statement : [Statement]).map((one) => ({
    effect: one.Effect,
    principals: one.Principal ?? [],
    actions: one.Action ?? [],
    resources: one.Resource ?? [],
    conditional: Object.keys(one.Condition ?? {}).length > 0,
    negated: [one.NotPrincipal, one.NotAction, one.NotResource].some((part) => part !== undefined),
  }));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
