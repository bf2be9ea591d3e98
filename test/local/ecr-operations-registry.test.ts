/** Repositories, registries, accounts and Regions of the local ECR, with the real SDK. */

import {
  CreateRepositoryCommand,
  CreateRepositoryCreationTemplateCommand,
  DeleteRegistryPolicyCommand,
  DeleteRepositoryCommand,
  DescribeRegistryCommand,
  DescribeRepositoriesCommand,
  DescribeRepositoryCreationTemplatesCommand,
  ECRClient,
  GetLifecyclePolicyCommand,
  GetRegistryPolicyCommand,
  ListImagesCommand,
  PutImageCommand,
  PutLifecyclePolicyCommand,
  PutRegistryPolicyCommand,
  PutReplicationConfigurationCommand,
} from '@aws-sdk/client-ecr';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEcr, type Ecr } from '../../lib/local/ecr-model.ts';
import { startEcrServer } from '../../lib/local/ecr-server.ts';
import type { Listening } from '../../lib/local/listen.ts';
import { sampleManifest } from '../../lib/local/manifest.ts';

const account = '111122223333';
const repositoryName = 'team/api';
const clock = Date.parse('2026-11-20T08:00:00.250Z');
let ecr: Ecr;
let server: Listening;
let client: ECRClient;

beforeEach(async () => {
  ecr = createEcr({ now: () => clock });
  server = await startEcrServer({ ecr });
  client = clientOf('us-east-1', account);
});
afterEach(async () => {
  client.destroy();
  await server.stop();
});

function clientOf(region: string, accessKeyId: string): ECRClient {
  const credentials = { accessKeyId, secretAccessKey: 'local' };
  return new ECRClient({ endpoint: server.url, region, credentials, maxAttempts: 1 });
}

async function push(name: string, imageTag?: string) {
  const imageManifest = sampleManifest(name);
  const { image } = await client.send(new PutImageCommand({ repositoryName, imageManifest, imageTag }));
  return image?.imageId?.imageDigest ?? '';
}

describe('repositories', () => {
  it('are created, described and deleted', async () => {
    const { repository } = await client.send(new CreateRepositoryCommand({ repositoryName }));
    expect(repository).toMatchObject({
      repositoryArn: `arn:aws:ecr:us-east-1:${account}:repository/team/api`,
      registryId: account,
      createdAt: new Date(clock),
      imageTagMutability: 'MUTABLE',
      encryptionConfiguration: { encryptionType: 'AES256' },
    });
    await expect(client.send(new CreateRepositoryCommand({ repositoryName }))).rejects.toMatchObject({
      name: 'RepositoryAlreadyExistsException',
    });
    await push('one');
    await expect(client.send(new DeleteRepositoryCommand({ repositoryName }))).rejects.toMatchObject({
      name: 'RepositoryNotEmptyException',
    });
    await client.send(new DeleteRepositoryCommand({ repositoryName, force: true }));
    await expect(
      client.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] })),
    ).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
      message: `The repository with name 'team/api' does not exist in the registry with id '${account}'`,
    });
  });

  it('have names that ECR accepts', async () => {
    for (const name of ['Team/api', 'team//api', '-api', 'a'.repeat(257)]) {
      await expect(client.send(new CreateRepositoryCommand({ repositoryName: name }))).rejects.toMatchObject({
        name: 'InvalidParameterException',
      });
    }
  });

  it('keep a lifecycle policy once one was put', async () => {
    await client.send(new CreateRepositoryCommand({ repositoryName }));
    await expect(client.send(new GetLifecyclePolicyCommand({ repositoryName }))).rejects.toMatchObject({
      name: 'LifecyclePolicyNotFoundException',
    });
    await client.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: '{}' }));
    const { lifecyclePolicyText } = await client.send(new GetLifecyclePolicyCommand({ repositoryName }));
    expect(lifecyclePolicyText).toBe('{}');
  });
});

describe('the registry', () => {
  it('has replication rules, which a PUT replaces', async () => {
    const rules = [
      {
        destinations: [{ region: 'eu-west-1', registryId: account }],
        repositoryFilters: [{ filter: 'prod', filterType: 'PREFIX_MATCH' as const }],
      },
    ];
    const put = (given: object[]) =>
      client.send(
        new PutReplicationConfigurationCommand({
          replicationConfiguration: { rules: given as typeof rules },
        }),
      );
    await put(rules);
    const { registryId, replicationConfiguration } = await client.send(new DescribeRegistryCommand({}));
    expect({ registryId, replicationConfiguration }).toEqual({
      registryId: account,
      replicationConfiguration: { rules },
    });

    const to = (number: number) => ({ region: 'eu-west-1', registryId: String(number).padStart(12, '0') });
    const filters = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ filter: `p${at}`, filterType: 'PREFIX_MATCH' }));
    const many = (count: number) => Array.from({ length: count }, (_, at) => at);
    await put(many(10).map((at) => ({ destinations: [to(at), to(0)], repositoryFilters: filters(100) })));
    const tooMuch = [
      many(11).map(() => ({ destinations: [to(0)] })),
      [{ destinations: many(26).map(to) }],
      [{ destinations: [to(0)], repositoryFilters: filters(101) }],
    ];
    for (const given of tooMuch) {
      await expect(put(given)).rejects.toMatchObject({ name: 'ValidationException' });
    }
  });

  it('keeps a policy', async () => {
    await expect(client.send(new GetRegistryPolicyCommand({}))).rejects.toMatchObject({
      name: 'RegistryPolicyNotFoundException',
    });
    await client.send(new PutRegistryPolicyCommand({ policyText: '{}' }));
    expect((await client.send(new GetRegistryPolicyCommand({}))).policyText).toBe('{}');
    await client.send(new DeleteRegistryPolicyCommand({}));
    await expect(client.send(new DeleteRegistryPolicyCommand({}))).rejects.toMatchObject({
      name: 'RegistryPolicyNotFoundException',
    });
  });

  it('keeps repository creation templates', async () => {
    const template = { prefix: 'prod', appliedFor: ['REPLICATION' as const] };
    await client.send(new CreateRepositoryCreationTemplateCommand(template));
    await expect(client.send(new CreateRepositoryCreationTemplateCommand(template))).rejects.toMatchObject({
      name: 'TemplateAlreadyExistsException',
    });
    const { repositoryCreationTemplates } = await client.send(
      new DescribeRepositoryCreationTemplatesCommand({}),
    );
    expect(repositoryCreationTemplates).toMatchObject([template]);
  });
});

describe('accounts and Regions', () => {
  it('are told apart by the access key and the credential scope', async () => {
    await client.send(new CreateRepositoryCommand({ repositoryName }));
    const others = [clientOf('us-east-1', '444455556666'), clientOf('eu-west-1', account)];
    for (const other of others) {
      await expect(other.send(new ListImagesCommand({ repositoryName }))).rejects.toMatchObject({
        name: 'RepositoryNotFoundException',
      });
    }
    const [stranger] = others;
    const asked = await stranger?.send(new ListImagesCommand({ repositoryName, registryId: account }));
    expect(asked?.imageIds).toEqual([]);
    await expect(
      client.send(new ListImagesCommand({ repositoryName, registryId: 'not an account' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    for (const other of others) other.destroy();
  });

  it('are the default ones for a key that is no account', async () => {
    const other = clientOf('us-east-1', 'AKIAIOSFODNN7EXAMPLE');
    expect((await other.send(new DescribeRegistryCommand({}))).registryId).toBe('000000000000');
    other.destroy();
  });
});
