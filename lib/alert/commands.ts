/** The AWS CLI lines and console links that show or cure a fault; each can be pasted as it stands. */

import { partitionOf, type Registry } from '../image/registry.ts';
import type { Replica } from '../replication/rules.ts';

/** What the destination has under this digest. */
export function describeAtDestination({ destination, repository, digest }: Replica): string {
  return line('describe-images', destination, [
    `--repository-name ${repository}`,
    `--image-ids imageDigest=${digest}`,
  ]);
}

/** What the destination has under this tag. */
export function describeTagAtDestination({ destination, repository, tag }: Replica): string {
  return line('describe-images', destination, [
    `--repository-name ${repository}`,
    `--image-ids imageTag=${tag ?? ''}`,
  ]);
}

/** What ECR itself says of the image's replication. */
export function describeReplicationStatus({ source, repository, digest }: Replica): string {
  return line('describe-image-replication-status', source, [
    `--repository-name ${repository}`,
    `--image-id imageDigest=${digest}`,
  ]);
}

export function describeRegistry(registry: Registry): string {
  return `aws ecr describe-registry --region ${registry.region}`;
}

export function getRegistryPolicy(registry: Registry): string {
  return `aws ecr get-registry-policy --region ${registry.region}`;
}

/** Copies to one destination everything that the rules cover and that is not there. */
export function startBackfill({ source, destination }: Replica): string {
  return (
    `aws ecr start-replication-backfill --region ${source.region}` +
    ` --destination region=${destination.region},registryId=${destination.account}`
  );
}

export function restoreImage({ destination, repository, digest }: Replica): string {
  return line('update-image-storage-class', destination, [
    `--repository-name ${repository}`,
    `--image-id imageDigest=${digest}`,
    '--target-storage-class STANDARD',
  ]);
}

export function deleteTag({ destination, repository, tag }: Replica): string {
  return line('batch-delete-image', destination, [
    `--repository-name ${repository}`,
    `--image-ids imageTag=${tag ?? ''}`,
  ]);
}

/** The repository's page at a registry. */
export function consoleLink(registry: Registry, repository: string): string {
  const domain = { aws: 'aws.amazon.com', 'aws-cn': 'amazonaws.cn', 'aws-us-gov': 'amazonaws-us-gov.com' }[
    partitionOf(registry.region)
  ];
  const { region } = registry;
  return `https://${region}.console.${domain}/ecr/repositories/private/${registry.account}/${repository}?region=${region}`;
}

function line(verb: string, registry: Registry, flags: readonly string[]): string {
  return [
    `aws ecr ${verb}`,
    `--registry-id ${registry.account}`,
    `--region ${registry.region}`,
    ...flags,
  ].join(' ');
}
