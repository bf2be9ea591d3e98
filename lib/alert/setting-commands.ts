/** The AWS CLI lines that show or change a setting of a registry or a repository; each can be pasted as it stands. */

import { partitionOf, type Registry } from '../image/registry.ts';
import type { TagSettings } from '../replication/tag-mutability.ts';
import type { Scanning } from '../sweep/scanning.ts';
import { cliLine } from './cli-line.ts';

export function putTagMutability(registry: Registry, repository: string, wanted: TagSettings): string {
  const filters = wanted.exceptions.map((filter) => `'filterType=WILDCARD,filter=${filter}'`);
  return cliLine('put-image-tag-mutability', registry, [
    `--repository-name ${repository}`,
    `--image-tag-mutability ${wanted.mutability}`,
    ...(filters.length === 0 ? [] : [`--image-tag-mutability-exclusion-filters ${filters.join(' ')}`]),
  ]);
}

/** ECR: takes no account, speaks of the registry of whoever asks. */
export function getRegistryScanning({ region }: Registry): string {
  return `aws ecr get-registry-scanning-configuration --region ${region}`;
}

/** ECR API Reference: the repository's own switch counts where the registry has no scanning rules. */
export function putScanOnPush(registry: Registry, repository: string, wanted: Scanning): string {
  return cliLine('put-image-scanning-configuration', registry, [
    `--repository-name ${repository}`,
    `--image-scanning-configuration scanOnPush=${wanted.frequency !== 'MANUAL'}`,
  ]);
}

/** Lists what the policy would take, and takes nothing. */
export function previewLifecyclePolicy(registry: Registry, repository: string): string {
  const name = [`--repository-name ${repository}`];
  const start = cliLine('start-lifecycle-policy-preview', registry, name);
  const wait = cliLine('wait lifecycle-policy-preview-complete', registry, name);
  return `${start} && ${wait} && ${cliLine('get-lifecycle-policy-preview', registry, name)}`;
}

export function deleteLifecyclePolicy(registry: Registry, repository: string): string {
  return cliLine('delete-lifecycle-policy', registry, [`--repository-name ${repository}`]);
}

/** ECR: takes no account. A template with nothing but this has ECR's defaults. */
export function createTemplate({ region }: Registry, prefix: string): string {
  return `aws ecr create-repository-creation-template --region ${region} --prefix ${prefix} --applied-for REPLICATION`;
}

/** ECR: takes no account. The role is the destination's; ECR takes it to create repositories, tag them and use the key. */
export function giveTemplateRole({ account, region }: Registry, prefix: string): string {
  const role = `arn:${partitionOf(region)}:iam::${account}:role/ROLE`;
  return `aws ecr update-repository-creation-template --region ${region} --prefix ${prefix} --custom-role-arn ${role}`;
}
