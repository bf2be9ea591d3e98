/** The AWS CLI lines and console links that show or cure a fault; each can be pasted as it stands. */

import { type Partition, partitionOf, type Registry } from '../image/registry.ts';
import type { Replica } from '../replication/rules.ts';
import { cliLine } from './cli-line.ts';

export type TaggedReplica = Replica & { readonly tag: string };

// ECR: without this filter DescribeImages shows active images only, and an archived one looks missing.
const anyStatus = '--filter imageStatus=ANY';

/** What the destination has under this digest. */
export function describeAtDestination({ destination, repository, digest }: Replica): string {
  return cliLine('describe-images', destination, [
    `--repository-name ${repository}`,
    `--image-ids imageDigest=${digest}`,
    anyStatus,
  ]);
}

/** What the destination has under this tag. */
export function describeTagAtDestination({ destination, repository, tag }: TaggedReplica): string {
  return cliLine('describe-images', destination, [
    `--repository-name ${repository}`,
    `--image-ids imageTag=${tag}`,
    anyStatus,
  ]);
}

/** What ECR itself says of the image's replication. */
export function describeReplicationStatus({ source, repository, digest }: Replica): string {
  return cliLine('describe-image-replication-status', source, [
    `--repository-name ${repository}`,
    `--image-id imageDigest=${digest}`,
  ]);
}

/** ECR: this one and the two below take no account; they speak of the registry of whoever asks. */
export function describeRegistry(registry: Registry): string {
  return `aws ecr describe-registry --region ${registry.region}`;
}

export function getRegistryPolicy(registry: Registry): string {
  return `aws ecr get-registry-policy --region ${registry.region}`;
}

export function describeCreationTemplates(registry: Registry): string {
  return `aws ecr describe-repository-creation-templates --region ${registry.region}`;
}

export function getLifecyclePolicy({
  destination,
  repository,
}: Pick<Replica, 'destination' | 'repository'>): string {
  return cliLine('get-lifecycle-policy', destination, [`--repository-name ${repository}`]);
}

/** Copies to one destination everything that the rules cover and that is not there. */
export function startBackfill({ source, destination }: Pick<Replica, 'source' | 'destination'>): string {
  return cliLine('start-replication-backfill', source, [
    `--destination region=${destination.region},registryId=${destination.account}`,
  ]);
}

export function restoreImage({ destination, repository, digest }: Replica): string {
  return cliLine('update-image-storage-class', destination, [
    `--repository-name ${repository}`,
    `--image-id imageDigest=${digest}`,
    '--target-storage-class STANDARD',
  ]);
}

/** ECR: an image that loses its last tag in this way is deleted. */
export function deleteTag({ destination, repository, tag }: TaggedReplica): string {
  return cliLine('batch-delete-image', destination, [
    `--repository-name ${repository}`,
    `--image-ids imageTag=${tag}`,
  ]);
}

/**
 * ECR User Guide, "Retagging an image": the manifest is put again with one tag more. The digest is given so that ECR
 * refuses a manifest that the terminal has changed.
 */
export function putTag({ destination, repository, digest, tag }: TaggedReplica): string {
  const manifest = cliLine('batch-get-image', destination, [
    `--repository-name ${repository}`,
    `--image-ids imageDigest=${digest}`,
    "--query 'images[0].imageManifest'",
    '--output text',
  ]);
  return cliLine('put-image', destination, [
    `--repository-name ${repository}`,
    `--image-tag ${tag}`,
    `--image-digest ${digest}`,
    `--image-manifest "$(${manifest})"`,
  ]);
}

// Where a partition's console is; the isolated ones tell nobody outside.
const consoleDomains: ReadonlyMap<Partition, string> = new Map([
  ['aws-cn', 'amazonaws.cn'],
  ['aws-us-gov', 'amazonaws-us-gov.com'],
  ['aws-eusc', 'amazonaws-eusc.eu'],
]);

/** The repository's page at a registry. */
export function consoleLink(registry: Registry, repository: string): string {
  const { region } = registry;
  const domain = consoleDomains.get(partitionOf(region)) ?? 'aws.amazon.com';
  return `https://${region}.console.${domain}/ecr/repositories/private/${registry.account}/${repository}?region=${region}`;
}
