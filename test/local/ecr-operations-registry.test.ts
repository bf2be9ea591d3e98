/** Repositories, registries, accounts and Regions of the local ECR, with the real SDK. */

import {
  CreateRepositoryCommand,
  CreateRepositoryCreationTemplateCommand,
  DeleteRegistryPolicyCommand,
  DeleteRepositoryCommand,
  DescribeRegistryCommand,
  DescribeRepositoriesCommand,
  DescribeRepositoryCreationTemplatesCommand,
  GetLifecyclePolicyCommand,
  GetRegistryPolicyCommand,
  ListImagesCommand,
  PutLifecyclePolicyCommand,
  PutRegistryPolicyCommand,
  PutReplicationConfigurationCommand,
} from '@aws-sdk/client-ecr';
import { describe, expect, it } from 'vitest';
import { account, repository as repositoryName, useEcrServer } from './ecr-scene.ts';

const scene = useEcrServer();
const { clientOf, push } = scene;

describe('repositories', () => {
  it('are created, described and deleted', async () => {
    const { repository } = await scene.client.send(new CreateRepositoryCommand({ repositoryName }));
    expect(repository).toMatchObject({
      repositoryArn: `arn:aws:ecr:us-east-1:${account}:repository/team/api`,
      registryId: account,
      createdAt: new Date(scene.now()),
      imageTagMutability: 'MUTABLE',
      encryptionConfiguration: { encryptionType: 'AES256' },
    });
    await expect(scene.client.send(new CreateRepositoryCommand({ repositoryName }))).rejects.toMatchObject({
      name: 'RepositoryAlreadyExistsException',
    });
    await push('one');
    await expect(scene.client.send(new DeleteRepositoryCommand({ repositoryName }))).rejects.toMatchObject({
      name: 'RepositoryNotEmptyException',
    });
    await scene.client.send(new DeleteRepositoryCommand({ repositoryName, force: true }));
    await expect(
      scene.client.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] })),
    ).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
      message: `The repository with name 'team/api' does not exist in the registry with id '${account}'`,
    });
  });

  it('have names that ECR accepts', async () => {
    for (const name of ['Team/api', 'team//api', '-api', 'a'.repeat(257)]) {
      await expect(
        scene.client.send(new CreateRepositoryCommand({ repositoryName: name })),
      ).rejects.toMatchObject({
        name: 'InvalidParameterException',
      });
    }
  });

  it('keep a lifecycle policy once one was put', async () => {
    await scene.client.send(new CreateRepositoryCommand({ repositoryName }));
    await expect(scene.client.send(new GetLifecyclePolicyCommand({ repositoryName }))).rejects.toMatchObject({
      name: 'LifecyclePolicyNotFoundException',
    });
    await scene.client.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: '{}' }));
    const { lifecyclePolicyText } = await scene.client.send(
      new GetLifecyclePolicyCommand({ repositoryName }),
    );
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
      scene.client.send(
        new PutReplicationConfigurationCommand({
          replicationConfiguration: { rules: given as typeof rules },
        }),
      );
    await put(rules);
    const { registryId, replicationConfiguration } = await scene.client.send(new DescribeRegistryCommand({}));
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
    await expect(scene.client.send(new GetRegistryPolicyCommand({}))).rejects.toMatchObject({
      name: 'RegistryPolicyNotFoundException',
    });
    await scene.client.send(new PutRegistryPolicyCommand({ policyText: '{}' }));
    expect((await scene.client.send(new GetRegistryPolicyCommand({}))).policyText).toBe('{}');
    await scene.client.send(new DeleteRegistryPolicyCommand({}));
    await expect(scene.client.send(new DeleteRegistryPolicyCommand({}))).rejects.toMatchObject({
      name: 'RegistryPolicyNotFoundException',
    });
  });

  it('keeps repository creation templates', async () => {
    const template = { prefix: 'prod', appliedFor: ['REPLICATION' as const] };
    await scene.client.send(new CreateRepositoryCreationTemplateCommand(template));
    await expect(
      scene.client.send(new CreateRepositoryCreationTemplateCommand(template)),
    ).rejects.toMatchObject({
      name: 'TemplateAlreadyExistsException',
    });
    const { repositoryCreationTemplates } = await scene.client.send(
      new DescribeRepositoryCreationTemplatesCommand({}),
    );
    expect(repositoryCreationTemplates).toMatchObject([template]);
  });
});

describe('accounts and Regions', () => {
  it('are told apart by the access key and the credential scope', async () => {
    await scene.client.send(new CreateRepositoryCommand({ repositoryName }));
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
      scene.client.send(new ListImagesCommand({ repositoryName, registryId: 'not an account' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    for (const other of others) other.destroy();
  });

  it('are the default ones for a key that is no account', async () => {
    const other = clientOf('us-east-1', 'AKIAIOSFODNN7EXAMPLE');
    expect((await other.send(new DescribeRegistryCommand({}))).registryId).toBe('000000000000');
    other.destroy();
  });
});
