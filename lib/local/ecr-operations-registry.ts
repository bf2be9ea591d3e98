/** The operations on a registry itself: always the caller's own account. */

import * as v from 'valibot';
import { type Registry, registryKey } from '../image/registry.ts';
import { EcrError } from './ecr-error.ts';
import { type Operations, paging, parseInput, readPage, scopeOf, seconds } from './ecr-input.ts';
import { encryption, exclusions, mutability } from './ecr-operations-repository.ts';
import { type CreationTemplate, type ReplicationRule, registryOf } from './ecr-state.ts';

const destination = v.object({ region: v.string(), registryId: v.string() });
const repositoryFilter = v.object({ filter: v.string(), filterType: v.picklist(['PREFIX_MATCH']) });
const rule = v.object({
  destinations: v.array(destination),
  repositoryFilters: v.optional(v.array(repositoryFilter)),
});
const replicationInput = v.object({ replicationConfiguration: v.object({ rules: v.array(rule) }) });
const policyInput = v.object({ policyText: v.string() });
const templateInput = v.object({
  prefix: v.string(),
  appliedFor: v.array(v.picklist(['REPLICATION', 'PULL_THROUGH_CACHE', 'CREATE_ON_PUSH'])),
  imageTagMutability: v.optional(mutability, 'MUTABLE'),
  imageTagMutabilityExclusionFilters: exclusions,
  encryptionConfiguration: encryption,
  resourceTags: v.optional(v.array(v.object({ Key: v.string(), Value: v.string() })), []),
  customRoleArn: v.optional(v.string()),
  description: v.optional(v.string()),
});

export const registryOperations: Operations = {
  DescribeRegistry: (state, registry) => ({
    registryId: registry.account,
    replicationConfiguration: { rules: registryOf(state, registry).rules },
  }),

  PutReplicationConfiguration: (state, registry, input) => {
    const { replicationConfiguration } = parseInput(replicationInput, input);
    checkLimits(replicationConfiguration.rules);
    registryOf(state, registry).rules = replicationConfiguration.rules;
    return { replicationConfiguration };
  },

  PutRegistryPolicy: (state, registry, input) => {
    const { policyText } = parseInput(policyInput, input);
    registryOf(state, registry).policy = policyText;
    return { registryId: registry.account, policyText };
  },

  GetRegistryPolicy: (state, registry) => {
    const { policy } = registryOf(state, registry);
    if (policy === undefined) throw policyNotFound(registry);
    return { registryId: registry.account, policyText: policy };
  },

  DeleteRegistryPolicy: (state, registry) => {
    const held = registryOf(state, registry);
    if (held.policy === undefined) throw policyNotFound(registry);
    const policyText = held.policy;
    held.policy = undefined;
    return { registryId: registry.account, policyText };
  },

  CreateRepositoryCreationTemplate: (state, registry, input) => {
    const { imageTagMutabilityExclusionFilters, encryptionConfiguration, ...wanted } = parseInput(
      templateInput,
      input,
    );
    const { templates } = registryOf(state, registry);
    if (templates.get(wanted.prefix) !== undefined) {
      const message = `The repository creation template with prefix '${wanted.prefix}' already exists in the registry with id '${registry.account}'`;
      throw new EcrError('TemplateAlreadyExistsException', message);
    }
    const template: CreationTemplate = {
      ...wanted,
      exclusions: imageTagMutabilityExclusionFilters.map(({ filter }) => filter),
      encryption: encryptionConfiguration ?? { encryptionType: 'AES256' },
      customRoleArn: wanted.customRoleArn,
      description: wanted.description,
      createdAt: state.now(),
    };
    templates.put(template.prefix, template);
    return { registryId: registry.account, repositoryCreationTemplate: shown(template) };
  },

  DescribeRepositoryCreationTemplates: (state, registry, input) => {
    const request = parseInput(v.object({ ...paging, prefixes: v.optional(v.array(v.string())) }), input);
    const { templates } = registryOf(state, registry);
    const { entries, ...next } = readPage(
      request,
      scopeOf('DescribeRepositoryCreationTemplates', registry),
      (from, limit) =>
        templates.page(from, limit, (item) =>
          (request.prefixes?.includes(item.prefix) ?? true) ? [item] : [],
        ),
    );
    return { registryId: registry.account, repositoryCreationTemplates: entries.map(shown), ...next };
  },
};

/** ECR service quotas: 10 rules, 25 distinct destinations over all of them, 100 filters a rule. */
function checkLimits(rules: readonly ReplicationRule[]): void {
  const destinations = rules.flatMap((one) =>
    one.destinations.map(({ registryId, region }) => registryKey({ account: registryId, region })),
  );
  const fault =
    rules.length > 10
      ? 'at most 10 rules'
      : new Set(destinations).size > 25
        ? 'at most 25 unique destinations'
        : rules.some(({ repositoryFilters = [] }) => repositoryFilters.length > 100)
          ? 'at most 100 repository filters in a rule'
          : undefined;
  if (fault === undefined) return;
  throw new EcrError('ValidationException', `Invalid replication configuration: there can be ${fault}`);
}

function policyNotFound(registry: Registry): EcrError {
  const message = `Registry policy does not exist in the registry with id '${registry.account}'`;
  return new EcrError('RegistryPolicyNotFoundException', message);
}

function shown({
  exclusions: filters,
  encryption: encrypted,
  createdAt,
  ...template
}: CreationTemplate): object {
  return {
    ...template,
    imageTagMutabilityExclusionFilters: filters.map((filter) => ({ filterType: 'WILDCARD', filter })),
    encryptionConfiguration: encrypted,
    createdAt: seconds(createdAt),
    updatedAt: seconds(createdAt),
  };
}
