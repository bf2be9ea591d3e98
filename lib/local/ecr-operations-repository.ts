/** The operations on repositories and their settings. */

import * as v from 'valibot';
import { EcrError, invalidParameter, repositoryNotFound } from './ecr-error.ts';
import { type Operations, paging, parseInput, readPage, scopeOf, seconds } from './ecr-input.ts';
import { addRepository, repositoryArn } from './ecr-repository.ts';
import { type Repository, registryOf, repositoryOf } from './ecr-state.ts';

export const mutability = v.picklist([
  'MUTABLE',
  'IMMUTABLE',
  'MUTABLE_WITH_EXCLUSION',
  'IMMUTABLE_WITH_EXCLUSION',
]);
export const exclusions = v.optional(
  v.array(v.object({ filterType: v.picklist(['WILDCARD']), filter: v.string() })),
  [],
);
export const encryption = v.optional(
  v.object({ encryptionType: v.picklist(['AES256', 'KMS', 'KMS_DSSE']), kmsKey: v.optional(v.string()) }),
);

const named = { repositoryName: v.string() };
const createInput = v.object({
  ...named,
  imageTagMutability: v.optional(mutability),
  imageTagMutabilityExclusionFilters: exclusions,
  imageScanningConfiguration: v.optional(v.object({ scanOnPush: v.optional(v.boolean()) })),
  encryptionConfiguration: encryption,
});
const deleteInput = v.object({ ...named, force: v.optional(v.boolean(), false) });
const describeInput = v.object({ ...paging, repositoryNames: v.optional(v.array(v.string())) });
const mutabilityInput = v.object({
  ...named,
  imageTagMutability: mutability,
  imageTagMutabilityExclusionFilters: exclusions,
});
const policyInput = v.object({ ...named, lifecyclePolicyText: v.string() });

// ECR API Reference, CreateRepository.
const namePattern = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

export const repositoryOperations: Operations = {
  CreateRepository: (state, registry, input) => {
    const wanted = parseInput(createInput, input);
    const name = wanted.repositoryName;
    if (!namePattern.test(name) || name.length < 2 || name.length > 256) {
      throw invalidParameter('repositoryName', `must satisfy regular expression '${namePattern.source}'`);
    }
    const { repositories } = registryOf(state, registry);
    if (repositories.get(name) !== undefined) {
      throw new EcrError(
        'RepositoryAlreadyExistsException',
        `The repository with name '${name}' already exists in the registry with id '${registry.account}'`,
      );
    }
    const repository = addRepository(
      registryOf(state, registry),
      {
        name,
        mutability: wanted.imageTagMutability,
        exclusions: wanted.imageTagMutabilityExclusionFilters.map(({ filter }) => filter),
        encryption: wanted.encryptionConfiguration,
        scanOnPush: wanted.imageScanningConfiguration?.scanOnPush,
      },
      state.now(),
    );
    return { repository: shown(repository) };
  },

  DeleteRepository: (state, registry, input) => {
    const { repositoryName: name, force } = parseInput(deleteInput, input);
    const repository = repositoryOf(state, registry, name);
    if (!force && repository.images.size() > 0) {
      throw new EcrError(
        'RepositoryNotEmptyException',
        `The repository with name '${name}' in registry with id '${registry.account}' cannot be deleted because it still contains images`,
      );
    }
    registryOf(state, registry).repositories.remove(name);
    return { repository: shown(repository) };
  },

  DescribeRepositories: (state, registry, input) => {
    const { repositoryNames: names, ...request } = parseInput(describeInput, input);
    const { repositories } = registryOf(state, registry);
    if (names !== undefined) {
      if (names.length > 100 || request.maxResults !== undefined || request.nextToken !== undefined) {
        throw invalidParameter('repositoryNames', 'at most 100, not combined with maxResults or nextToken');
      }
      const found = names.map((name) => {
        const repository = repositories.get(name);
        if (repository === undefined) throw repositoryNotFound(name, registry.account);
        return repository;
      });
      return { repositories: found.map(shown) };
    }
    const { entries, ...next } = readPage(request, scopeOf('DescribeRepositories', registry), (from, limit) =>
      repositories.page(from, limit, (repository) => [repository]),
    );
    return { repositories: entries.map(shown), ...next };
  },

  PutImageTagMutability: (state, registry, input) => {
    const wanted = parseInput(mutabilityInput, input);
    const repository = repositoryOf(state, registry, wanted.repositoryName);
    repository.mutability = wanted.imageTagMutability;
    repository.exclusions = wanted.imageTagMutabilityExclusionFilters.map(({ filter }) => filter);
    return { registryId: registry.account, ...wanted };
  },

  PutLifecyclePolicy: (state, registry, input) => {
    const { repositoryName, lifecyclePolicyText } = parseInput(policyInput, input);
    repositoryOf(state, registry, repositoryName).lifecyclePolicy = lifecyclePolicyText;
    return { registryId: registry.account, repositoryName, lifecyclePolicyText };
  },

  GetLifecyclePolicy: (state, registry, input) => {
    const { repositoryName } = parseInput(v.object(named), input);
    const { lifecyclePolicy: lifecyclePolicyText } = repositoryOf(state, registry, repositoryName);
    if (lifecyclePolicyText === undefined) {
      throw new EcrError(
        'LifecyclePolicyNotFoundException',
        `Lifecycle policy does not exist for the repository with name '${repositoryName}' in the registry with id '${registry.account}'`,
      );
    }
    return { registryId: registry.account, repositoryName, lifecyclePolicyText };
  },
};

function shown({ registry, name, ...repository }: Repository): object {
  return {
    repositoryArn: repositoryArn(registry, name),
    registryId: registry.account,
    repositoryName: name,
    repositoryUri: `${registry.account}.dkr.ecr.${registry.region}.amazonaws.com/${name}`,
    createdAt: seconds(repository.createdAt),
    imageTagMutability: repository.mutability,
    imageTagMutabilityExclusionFilters:
      repository.exclusions.length === 0
        ? undefined
        : repository.exclusions.map((filter) => ({ filterType: 'WILDCARD', filter })),
    imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
    encryptionConfiguration: repository.encryption,
  };
}
