/** A registry: everything one account holds in one Region; the unit that ECR replicates between. */

import { fault, type Parsed, parsed, quoted } from '../parsed.ts';

export interface Registry {
  readonly account: string;
  readonly region: string;
}

export const accountPattern = /^\d{12}$/;
export const regionPattern = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/;

/** `ACCOUNT/REGION`, the form in which registries are written everywhere: parameters, keys, messages. */
export function registryKey(registry: Registry): string {
  return `${registry.account}/${registry.region}`;
}

export function sameRegistry(a: Registry, b: Registry): boolean {
  return a.account === b.account && a.region === b.region;
}

export function parseRegistry(text: string): Parsed<Registry> {
  const [account = '', region = '', ...rest] = text.split('/');
  if (rest.length > 0 || !accountPattern.test(account) || !regionPattern.test(region)) {
    return fault(`${quoted(text)} is not a registry; write ACCOUNT/REGION, such as 111122223333/us-east-1`);
  }
  return parsed({ account, region });
}

// AWS General Reference, and the endpoint rules in the SDK: which Regions belong to which partition.
const partitions = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
] as const;
export type Partition = 'aws' | (typeof partitions)[number][1];

/** The AWS partition of a Region; replication never crosses one. */
export function partitionOf(region: string): Partition {
  return partitions.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
}
