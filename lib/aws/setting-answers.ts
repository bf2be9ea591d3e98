/** What ECR answers about settings. A list that is not there is no answer; it would look as if there were nothing to say. */

import * as v from 'valibot';
import { account, exclusionFilters, maybe, maybeText, mutability, repositoryName, text } from './answer.ts';

/** `AES256`, `KMS`, `KMS_DSSE`, and whatever comes after them. */
const encryptionType = v.pipe(text, v.regex(/^[A-Z0-9_]{1,64}$/));
const encryption = v.nullish(v.object({ encryptionType }), { encryptionType: 'AES256' });

/** DescribeRepositories. ECR API Reference, Repository: what is left out is at its default. */
export const repositoriesWithSettings = v.object({
  repositories: v.array(
    v.object({
      repositoryName,
      imageTagMutability: v.nullish(mutability, 'MUTABLE'),
      imageTagMutabilityExclusionFilters: exclusionFilters,
      encryptionConfiguration: encryption,
      imageScanningConfiguration: v.nullish(v.object({ scanOnPush: v.nullish(v.boolean(), false) }), {
        scanOnPush: false,
      }),
    }),
  ),
  nextToken: maybeText,
});

/** GetLifecyclePolicy. */
export const lifecyclePolicy = v.object({ lifecyclePolicyText: text });

// ECR API Reference, RepositoryCreationTemplate: the names of repositories, with a `/` at the end or without, or ROOT.
const templatePrefix = v.pipe(text, v.regex(/^(?:ROOT|[a-z0-9][a-z0-9._/-]{0,255})$/));

/** DescribeRepositoryCreationTemplates. */
export const templates = v.object({
  registryId: maybe(account),
  repositoryCreationTemplates: v.array(
    v.object({
      prefix: templatePrefix,
      appliedFor: v.nullish(v.array(text), []),
      encryptionConfiguration: encryption,
      resourceTags: v.nullish(v.array(v.unknown()), []),
      customRoleArn: maybeText,
    }),
  ),
  nextToken: maybeText,
});

/** GetRegistryScanningConfiguration. */
export const scanningConfiguration = v.object({
  registryId: maybe(account),
  scanningConfiguration: v.object({
    scanType: v.picklist(['BASIC', 'ENHANCED']),
    rules: v.array(
      v.object({
        scanFrequency: v.picklist(['MANUAL', 'SCAN_ON_PUSH', 'CONTINUOUS_SCAN']),
        repositoryFilters: v.array(v.object({ filter: text })),
      }),
    ),
  }),
});

/** GetRegistryPolicy. */
export const registryPolicyAnswer = v.object({ registryId: maybe(account), policyText: text });

/** DescribeRegistry, for whose it is. */
export const registryOwner = v.object({ registryId: maybe(account) });
