/** Settings of registries and repositories, read in as few calls as the API allows. Whatever cannot be read says why. */

import {
  DescribeRegistryCommand,
  type ECRClient,
  GetLifecyclePolicyCommand,
  GetRegistryPolicyCommand,
  GetRegistryScanningConfigurationCommand,
  paginateDescribeRepositories,
  paginateDescribeRepositoryCreationTemplates,
  type Repository as WireRepository,
} from '@aws-sdk/client-ecr';
import type { Registry } from '../image/registry.ts';
import type { ReadFault } from '../replication/verdict.ts';
import type { CreationTemplate } from '../sweep/creation-template.ts';
import type { LifecyclePolicy } from '../sweep/lifecycle.ts';
import type { PolicyStatement } from '../sweep/registry-policy.ts';
import type { RepositorySettings } from '../sweep/repository-settings.ts';
import type { RegistryScanning } from '../sweep/scanning.ts';
import type { SettingReading } from '../sweep/setting-finding.ts';
import type { SettingPorts } from '../sweep/setting-ports.ts';
import type { EcrClientFor } from './clients.ts';
import { parseLifecyclePolicy } from './lifecycle-policy.ts';
import { isNamed, readFaultOf } from './read-fault.ts';
import { parseRegistryPolicy } from './registry-policy.ts';

export function settingPorts(clientFor: EcrClientFor): SettingPorts {
  return {
    readRepositorySettings: (registry) => attempt(() => repositories(clientFor(registry), registry)),
    readLifecyclePolicy: (registry, repository) =>
      attempt(() => lifecyclePolicy(clientFor(registry), registry, repository)),
    readCreationTemplates: (registry) => attempt(() => templates(clientFor(registry), registry)),
    readScanning: (registry) => attempt(() => scanning(clientFor(registry), registry)),
    readRegistryPolicy: (registry) => attempt(() => registryPolicy(clientFor(registry), registry)),
  };
}

async function attempt<T>(read: () => Promise<T>): Promise<SettingReading<T>> {
  try {
    return { is: 'read', value: await read() };
  } catch (error) {
    return { is: 'unreadable', why: error instanceof Unreadable ? error.why : readFaultOf(error) };
  }
}

/** An answer that came, and does not say what was asked. */
class Unreadable extends Error {
  readonly why: ReadFault;

  constructor(why: ReadFault) {
    super(why);
    this.why = why;
  }
}

/** DescribeRepositories without names answers a thousand a call, settings included. */
async function repositories(
  client: ECRClient,
  { account: registryId }: Registry,
): Promise<ReadonlyMap<string, RepositorySettings>> {
  const found = new Map<string, RepositorySettings>();
  for await (const page of paginateDescribeRepositories({ client, pageSize: 1000 }, { registryId })) {
    for (const wire of page.repositories ?? []) {
      if (wire.repositoryName !== undefined) found.set(wire.repositoryName, toSettings(wire));
    }
  }
  return found;
}

function toSettings(wire: WireRepository): RepositorySettings {
  return {
    tags: {
      // ECR API Reference, Repository: what is left out is at its default.
      mutability: wire.imageTagMutability ?? 'MUTABLE',
      exceptions: (wire.imageTagMutabilityExclusionFilters ?? []).flatMap(({ filter }) => filter ?? []),
    },
    encryption: wire.encryptionConfiguration?.encryptionType ?? 'AES256',
    scanOnPush: wire.imageScanningConfiguration?.scanOnPush ?? false,
  };
}

async function lifecyclePolicy(
  client: ECRClient,
  { account: registryId }: Registry,
  repositoryName: string,
): Promise<LifecyclePolicy | 'none'> {
  try {
    const answer = await client.send(new GetLifecyclePolicyCommand({ registryId, repositoryName }));
    return parseLifecyclePolicy(answer.lifecyclePolicyText ?? '');
  } catch (error) {
    // Neither a policy nor a repository that one could be of.
    const none = ['LifecyclePolicyNotFoundException', 'RepositoryNotFoundException'];
    if (none.some((name) => isNamed(error, name))) return 'none';
    throw error;
  }
}

/** ECR: this one and the two below take no account; they speak of the caller's own registry, and say whose it is. */
async function templates(client: ECRClient, registry: Registry): Promise<readonly CreationTemplate[]> {
  const found: CreationTemplate[] = [];
  for await (const page of paginateDescribeRepositoryCreationTemplates({ client, pageSize: 1000 }, {})) {
    checkOwner(registry, page.registryId);
    for (const wire of page.repositoryCreationTemplates ?? []) {
      if (wire.prefix === undefined) continue;
      const { prefix, customRoleArn } = wire;
      found.push({
        prefix,
        forReplication: (wire.appliedFor ?? []).includes('REPLICATION'),
        encryption: wire.encryptionConfiguration?.encryptionType ?? 'AES256',
        tags: wire.resourceTags?.length ?? 0,
        ...(customRoleArn === undefined ? {} : { customRoleArn }),
      });
    }
  }
  return found;
}

async function scanning(client: ECRClient, registry: Registry): Promise<RegistryScanning> {
  const answer = await client.send(new GetRegistryScanningConfigurationCommand({}));
  checkOwner(registry, answer.registryId);
  const { scanType = 'BASIC', rules = [] } = answer.scanningConfiguration ?? {};
  return {
    type: scanType,
    rules: rules.map(({ scanFrequency = 'MANUAL', repositoryFilters = [] }) => ({
      frequency: scanFrequency,
      filters: repositoryFilters.flatMap(({ filter }) => filter ?? []),
    })),
  };
}

async function registryPolicy(client: ECRClient, registry: Registry): Promise<readonly PolicyStatement[]> {
  try {
    const answer = await client.send(new GetRegistryPolicyCommand({}));
    checkOwner(registry, answer.registryId);
    const statements = parseRegistryPolicy(answer.policyText ?? '');
    if (statements === undefined) throw new Unreadable('service-error');
    return statements;
  } catch (error) {
    if (!isNamed(error, 'RegistryPolicyNotFoundException')) throw error;
    // This answer does not say whose registry has no policy; the caller's own, where no role was assumed.
    checkOwner(registry, (await client.send(new DescribeRegistryCommand({}))).registryId);
    return [];
  }
}

function checkOwner(registry: Registry, owner: string | undefined): void {
  // Another account's settings would be silently wrong.
  if (owner !== undefined && owner !== registry.account) throw new Unreadable('access-denied');
}
