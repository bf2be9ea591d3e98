/** Settings of registries and repositories, read in as few calls as the API allows. Whatever cannot be read says why. */

import {
  DescribeRegistryCommand,
  type ECRClient,
  GetLifecyclePolicyCommand,
  GetRegistryPolicyCommand,
  GetRegistryScanningConfigurationCommand,
  paginateDescribeRepositories,
  paginateDescribeRepositoryCreationTemplates,
} from '@aws-sdk/client-ecr';
import type { Registry } from '../image/registry.ts';
import type { CreationTemplate } from '../sweep/creation-template.ts';
import type { LifecyclePolicy } from '../sweep/lifecycle.ts';
import type { PolicyStatement } from '../sweep/registry-policy.ts';
import type { RepositorySettings } from '../sweep/repository-settings.ts';
import type { RegistryScanning } from '../sweep/scanning.ts';
import type { SettingPorts } from '../sweep/setting-ports.ts';
import { answered } from './answer.ts';
import type { EcrClientFor } from './clients.ts';
import { parseLifecyclePolicy } from './lifecycle-policy.ts';
import { answeredPages } from './pages.ts';
import { attempt, isNamed } from './read-fault.ts';
import { parseRegistryPolicy } from './registry-policy.ts';
import {
  lifecyclePolicy as lifecycleAnswer,
  registryOwner,
  registryPolicyAnswer,
  repositoriesWithSettings,
  scanningConfiguration,
  templates as templatesAnswer,
} from './setting-answers.ts';

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

/** DescribeRepositories without names answers a thousand a call, settings included. */
async function repositories(
  client: ECRClient,
  { account: registryId }: Registry,
): Promise<ReadonlyMap<string, RepositorySettings>> {
  const found = new Map<string, RepositorySettings>();
  const pages = paginateDescribeRepositories({ client, pageSize: 1000 }, { registryId });
  for await (const page of answeredPages('DescribeRepositories', repositoriesWithSettings, pages)) {
    for (const one of page.repositories) {
      found.set(one.repositoryName, {
        tags: {
          mutability: one.imageTagMutability,
          exceptions: one.imageTagMutabilityExclusionFilters.map(({ filter }) => filter),
        },
        encryption: one.encryptionConfiguration.encryptionType,
        scanOnPush: one.imageScanningConfiguration.scanOnPush,
      });
    }
  }
  return found;
}

async function lifecyclePolicy(
  client: ECRClient,
  { account: registryId }: Registry,
  repositoryName: string,
): Promise<LifecyclePolicy | 'none'> {
  try {
    const answer = await client.send(new GetLifecyclePolicyCommand({ registryId, repositoryName }));
    return parseLifecyclePolicy(answered('GetLifecyclePolicy', lifecycleAnswer, answer).lifecyclePolicyText);
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
  const pages = paginateDescribeRepositoryCreationTemplates({ client, pageSize: 1000 }, {});
  for await (const page of answeredPages('DescribeRepositoryCreationTemplates', templatesAnswer, pages)) {
    checkOwner(registry, page.registryId);
    for (const { customRoleArn, ...one } of page.repositoryCreationTemplates) {
      found.push({
        prefix: one.prefix,
        forReplication: one.appliedFor.includes('REPLICATION'),
        encryption: one.encryptionConfiguration.encryptionType,
        tags: one.resourceTags.length,
        ...(customRoleArn === undefined ? {} : { customRoleArn }),
      });
    }
  }
  return found;
}

async function scanning(client: ECRClient, registry: Registry): Promise<RegistryScanning> {
  const answer = answered(
    'GetRegistryScanningConfiguration',
    scanningConfiguration,
    await client.send(new GetRegistryScanningConfigurationCommand({})),
  );
  checkOwner(registry, answer.registryId);
  const { scanType, rules } = answer.scanningConfiguration;
  return {
    type: scanType,
    rules: rules.map(({ scanFrequency, repositoryFilters }) => ({
      frequency: scanFrequency,
      filters: repositoryFilters.map(({ filter }) => filter),
    })),
  };
}

async function registryPolicy(client: ECRClient, registry: Registry): Promise<readonly PolicyStatement[]> {
  try {
    const answer = answered(
      'GetRegistryPolicy',
      registryPolicyAnswer,
      await client.send(new GetRegistryPolicyCommand({})),
    );
    checkOwner(registry, answer.registryId);
    const statements = parseRegistryPolicy(answer.policyText);
    if (statements === undefined) throw new Error('the registry policy cannot be read');
    return statements;
  } catch (error) {
    if (!isNamed(error, 'RegistryPolicyNotFoundException')) throw error;
    // This answer does not say whose registry has no policy; the caller's own, where no role was assumed.
    const own = await client.send(new DescribeRegistryCommand({}));
    checkOwner(registry, answered('DescribeRegistry', registryOwner, own).registryId);
    return [];
  }
}

function checkOwner(registry: Registry, owner: string | undefined): void {
  // Another account's settings would be silently wrong.
  if (owner !== undefined && owner !== registry.account) throw new OfAnotherAccount(owner);
}

/** Named as ECR names a refusal, which is what it comes to: the registry that was asked about cannot be read. */
class OfAnotherAccount extends Error {
  override readonly name = 'AccessDeniedException';
}
