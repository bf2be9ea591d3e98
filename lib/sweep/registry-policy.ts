/** Whether a destination's registry policy lets another account replicate into it. */

import { partitionOf, type Registry } from '../image/registry.ts';
import { matchesWildcard } from '../replication/wildcard.ts';
import type { SettingFinding } from './setting-finding.ts';

/** One statement, its lists as lists; `conditional` and `negated` (NotAction, NotPrincipal, NotResource) are not weighed. */
export interface PolicyStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly principals: readonly string[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditional: boolean;
  readonly negated: boolean;
}

/** ECR User Guide, "Registry permissions": the first lets images in, the second makes repositories that are not there. */
const neededActions = ['ecr:ReplicateImage', 'ecr:CreateRepository'] as const;

export type Admission =
  | { readonly is: 'admitted' }
  | { readonly is: 'not-admitted'; readonly missing: readonly string[] }
  /** Conditions, or what a statement leaves out, decide. */
  | { readonly is: 'depends' };

/** `statements`: none where there is no policy. Within one account none is needed. */
export function admissionOf(
  source: Registry,
  destination: Registry,
  statements: readonly PolicyStatement[],
  repositories: readonly string[],
): Admission {
  if (source.account === destination.account) return { is: 'admitted' };
  const missing: string[] = [];
  let depends = false;
  for (const action of neededActions) {
    const words = repositories.map((name) =>
      answerTo(statements, source.account, action, arnOf(destination, name)),
    );
    if (words.includes('no')) missing.push(action);
    depends ||= words.includes('depends');
  }
  if (missing.length > 0) return { is: 'not-admitted', missing };
  return { is: depends ? 'depends' : 'admitted' };
}

export function admissionFindings(
  source: Registry,
  destination: Registry,
  statements: readonly PolicyStatement[],
  repositories: readonly string[],
): readonly SettingFinding[] {
  const admission = admissionOf(source, destination, statements, repositories);
  if (admission.is !== 'not-admitted') return [];
  return [{ kind: 'not-admitted', source, destination, missing: admission.missing }];
}

function answerTo(
  statements: readonly PolicyStatement[],
  account: string,
  action: string,
  resource: string,
): 'yes' | 'no' | 'depends' {
  const about = statements.filter(
    (one) =>
      one.negated ||
      (one.principals.some((principal) => isAccount(principal, account)) &&
        one.actions.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
        one.resources.some((pattern) => matches(pattern, resource))),
  );
  const vague = (one: PolicyStatement): boolean => one.conditional || one.negated;
  if (about.some((one) => one.effect === 'Deny' && !vague(one))) return 'no';
  if (about.some((one) => one.effect === 'Deny')) return 'depends';
  if (about.some((one) => !vague(one))) return 'yes';
  return about.length > 0 ? 'depends' : 'no';
}

/** Replication comes from the account as a whole, by a service-linked role: a single user or role there is not it. */
function isAccount(principal: string, account: string): boolean {
  return principal === '*' || principal === account || principal.endsWith(`:iam::${account}:root`);
}

function arnOf({ account, region }: Registry, repository: string): string {
  return `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${repository}`;
}

/** IAM User Guide, "Policy elements": `*` stands for any characters, `?` for one. */
function matches(pattern: string, text: string): boolean {
  return matchesWildcard(pattern, text, '?');
}
