// Roles of a template: what they may do, who may take them on, and what lets them in elsewhere.
import {
  account,
  functionsOf,
  type Policy,
  resourcesOf,
  type Statement,
  type Template,
  the,
} from './template.ts';

export interface Role {
  readonly AssumeRolePolicyDocument: Policy;
  readonly RoleName?: string;
  readonly Path?: string;
  readonly Policies?: readonly { readonly PolicyDocument: Policy }[];
  readonly ManagedPolicyArns?: readonly string[];
}

interface RolePolicy {
  readonly RoleName: string;
  readonly PolicyDocument: Policy;
}

/** With the policies that stand by themselves and are attached to them. */
export function rolesOf(template: Template): ReadonlyMap<string, Role> {
  const attached = [...resourcesOf<RolePolicy>(template, 'AWS::IAM::RolePolicy').values()];
  return new Map(
    [...resourcesOf<Role>(template, 'AWS::IAM::Role')].map(([id, role]) => {
      const own = attached.filter(({ RoleName }) => RoleName === id);
      return [id, { ...role, Policies: [...(role.Policies ?? []), ...own] }];
    }),
  );
}

/** The role of a function, by the name of its file. */
export function roleOfFunction(template: Template, name: string): Role {
  const { Role: arn } = the(functionsOf(template), name);
  return the(rolesOf(template), arn.split('/').at(-1) ?? '');
}

export function rightsOf({ Policies = [] }: Role): Policy {
  return {
    Version: '2012-10-17',
    Statement: Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
  };
}

/** A trust policy names no resource, being the role's; the simulation wants one. */
export function trustOf({ AssumeRolePolicyDocument: policy }: Role): Policy {
  return {
    ...policy,
    Statement: policy.Statement.map((statement): Statement => ({ ...statement, Resource: '*' })),
  };
}

/** Of the key that the stack's own topic is encrypted with. */
export function alertKeyPolicy(template: Template): Policy {
  return the(resourcesOf<{ KeyPolicy: Policy }>(template, 'AWS::KMS::Key'), 'AlertKey').KeyPolicy;
}

/** The policy of something in another account that leaves it to this one who may do it. */
export function admitting(action: string): Policy {
  const root = `arn:aws:iam::${account}:root`;
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: root }, Action: action, Resource: '*' }],
  };
}
