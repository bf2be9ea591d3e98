// What IAM would answer, by simulation of the policies in the template.
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { account, type Policy } from './template.ts';

export interface Request {
  readonly principal?: string;
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

/** A policy of the caller's own, of what is called, or both. */
export interface Policies {
  readonly identity?: Policy;
  readonly resource?: Policy;
}

export async function isAllowed(request: Request, policies: Policies): Promise<boolean> {
  const principal = request.principal ?? `arn:aws:iam::${account}:role/any`;
  const outcome = await runSimulation(
    {
      request: {
        principal,
        action: standIns.get(request.action) ?? request.action,
        resource: {
          resource: request.resource,
          // What has no owner in its name is the caller's own.
          accountId: accountIn(request.resource) || accountIn(principal) || account,
        },
        contextVariables: { 'aws:SecureTransport': 'true', ...known(request.context ?? {}) },
      },
      identityPolicies:
        policies.identity === undefined ? [] : [{ name: 'own', policy: known(policies.identity) }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(policies.resource === undefined ? {} : { resourcePolicy: known(policies.resource) }),
    },
    {},
  );
  if (outcome.resultType === 'error') throw new Error(JSON.stringify(outcome.errors));
  return outcome.overallResult === 'Allowed';
}

function accountIn(arn: string): string {
  return arn.split(':')[4] ?? '';
}

/**
 * The simulation knows no condition keys that end with a name of the caller's, such as `kms:EncryptionContext:NAME`,
 * and takes them for absent. Tags are such keys that it does know: one stands in for the other, on both sides.
 */
function known<Value>(value: Value): Value {
  let text = JSON.stringify(value).replaceAll('kms:EncryptionContext:', 'aws:PrincipalTag/');
  for (const [action, standIn] of standIns) text = text.replaceAll(`"${action}"`, `"${standIn}"`);
  return JSON.parse(text) as Value;
}

/**
 * Actions that are newer than what the simulation knows, each stood in for by one that nothing here uses and that,
 * like them, is of the registry as a whole.
 */
export const standIns: ReadonlyMap<string, string> = new Map([
  ['ecr:ListReplicationBackfills', 'ecr:ListPullTimeUpdateExclusions'],
  ['ecr:DescribeReplicationBackfillResults', 'ecr:DescribePullThroughCacheRules'],
  ['ecr:StartReplicationBackfill', 'ecr:PutRegistryScanningConfiguration'],
  ['ecr:StopReplicationBackfill', 'ecr:DeleteRegistryPolicy'],
]);
