/** A registry as those who push use it: the ECR API, through the SDK. */

import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  ECRClient,
  PutImageCommand,
  PutReplicationConfigurationCommand,
} from '@aws-sdk/client-ecr';
import { type Registry, registryKey } from '../../lib/image/registry.ts';
import { sampleManifest } from '../../lib/local/manifest.ts';
import { rootOf } from './aws.ts';

export interface Pushing {
  readonly createRepository: (repository: string) => Promise<void>;
  /** Answers the digest. The same name is the same image everywhere. */
  readonly push: (repository: string, tag: string) => Promise<string>;
  readonly remove: (repository: string, tag: string) => Promise<void>;
  readonly replicateTo: (destinations: readonly Registry[]) => Promise<void>;
}

export function pushingTo(endpoint: string, at: Registry): Pushing {
  const { accessKey, secret } = rootOf(at.account);
  const credentials = { accessKeyId: accessKey, secretAccessKey: secret };
  const ecr = new ECRClient({ endpoint, region: at.region, credentials });
  return {
    createRepository: async (repositoryName) => {
      await ecr.send(new CreateRepositoryCommand({ repositoryName }));
    },
    push: async (repositoryName, imageTag) => {
      const imageManifest = sampleManifest(`${repositoryName}:${imageTag}`);
      const { image } = await ecr.send(new PutImageCommand({ repositoryName, imageTag, imageManifest }));
      const digest = image?.imageId?.imageDigest;
      if (digest === undefined) throw new Error(`${registryKey(at)} answered PutImage without a digest`);
      return digest;
    },
    remove: async (repositoryName, imageTag) => {
      await ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageTag }] }));
    },
    replicateTo: async (destinations) => {
      const named = destinations.map(({ account, region }) => ({ registryId: account, region }));
      const replicationConfiguration = { rules: [{ destinations: named }] };
      await ecr.send(new PutReplicationConfigurationCommand({ replicationConfiguration }));
    },
  };
}
