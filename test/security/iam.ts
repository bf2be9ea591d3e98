// IAM's answers to what the functions ask: by the roles of the template and of spoke.yml, with a right less or none.
import { everyOption } from '../template/options.ts';
import { admitting, alertKeyPolicy, type Role, rightsOf, rolesOf, trustOf } from '../template/role.ts';
import { isAllowed } from '../template/simulate.ts';
import { readSpoke } from '../template/spoke.ts';
import {
  account,
  listOf,
  type Policy,
  region,
  type Statement,
  type Template,
  the,
  withParameters,
} from '../template/template.ts';
import type { Asked } from './gate.ts';

/** The account that the hub reads through the role of spoke.yml. */
export const reader = '444455556666';

/** spoke.yml in the other account. Templates are resolved for one account, which here is the hub's: the two change names. */
export const readRole = inOtherAccount(
  the(
    rolesOf(
      withParameters(readSpoke(), {
        HubAccountId: '999999999999',
        HubRegion: region,
        ReadRoleRegion: region,
        ReadRoleExternalId: everyOption.ReadRoleExternalId,
        ReadLayers: 'on',
      }),
    ),
    'ReadRole',
  ),
);

function inOtherAccount(role: Role): Role {
  const text = JSON.stringify(role).replaceAll(account, reader).replaceAll('999999999999', account);
  return JSON.parse(text) as Role;
}

/** IAM's answer: the caller's own policy, and whatever policy stands at what is called. */
export function allows(template: Template, question: Asked, name: string, rights: Policy): Promise<boolean> {
  const { action, resource, caller, context = {} } = question;
  if (caller === reader) {
    const principal = `arn:aws:iam::${reader}:role/${everyOption.ReadRoleName}`;
    return isAllowed(
      { action, resource, principal, context },
      { identity: name === 'reader' ? rights : rightsOf(readRole) },
    );
  }
  const principal = `arn:aws:iam::${account}:role/ecr-replication-monitor/${name}`;
  const theirs = action === 'sts:AssumeRole' ? trustOf(readRole) : undefined;
  const key = action.startsWith('kms:') ? keyPolicyOf(template, action, resource) : undefined;
  const attached = theirs ?? key;
  return isAllowed(
    { action, resource, principal, context: { 'aws:PrincipalArn': principal, ...context } },
    { identity: rights, ...(attached === undefined ? {} : { resource: attached }) },
  );
}

function keyPolicyOf(template: Template, action: string, resource: string): Policy {
  return resource.endsWith('/AlertKey') ? alertKeyPolicy(template) : admitting(action);
}

/** A policy for each right that it grants, without that right. */
export function withoutEachRight(policy: Policy): readonly (readonly [right: string, rest: Policy])[] {
  return policy.Statement.flatMap((statement, at) => {
    if (statement.Effect === 'Deny') return [];
    return listOf(statement.Action).map((action): readonly [string, Policy] => {
      const left = listOf(statement.Action).filter((other) => other !== action);
      const rest: readonly Statement[] = left.length === 0 ? [] : [{ ...statement, Action: left }];
      const Statement = [...policy.Statement.slice(0, at), ...rest, ...policy.Statement.slice(at + 1)];
      return [`${action} on ${listOf(statement.Resource).join(', ')}`, { ...policy, Statement }];
    });
  });
}

/** The rights that a caller can do without: with all the others, nothing that it asks is refused. */
export async function idleRights(
  template: Template,
  rights: Policy,
  questions: readonly Asked[],
  name: string,
): Promise<readonly string[]> {
  const idle: string[] = [];
  for (const [right, rest] of withoutEachRight(rights)) {
    const [action] = right.split(' on ');
    const concerned = questions.filter((question) => question.action === action);
    const answers = await Promise.all(concerned.map((question) => allows(template, question, name, rest)));
    if (!answers.includes(false)) idle.push(right);
  }
  return idle;
}

export async function neededRights(
  template: Template,
  rights: Policy,
  questions: readonly Asked[],
  name: string,
): Promise<ReadonlySet<string>> {
  const idle = await idleRights(template, rights, questions, name);
  return new Set(withoutEachRight(rights).flatMap(([right]) => (idle.includes(right) ? [] : [right])));
}
