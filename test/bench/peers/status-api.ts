/** What the peers ask of ECR: recent images, and ECR's own word on the replication of one. */

import {
  DescribeImageReplicationStatusCommand,
  DescribeImagesCommand,
  type ECRClient,
} from '@aws-sdk/client-ecr';
import type { Registry } from '../../../lib/image/registry.ts';
import type { Ecr } from '../../../lib/local/ecr-model.ts';

interface Listed {
  readonly digest: string;
  /** Epoch milliseconds. */
  readonly pushedAt: number;
}

export interface StatusApi {
  /** DescribeImages, page by page, 1,000 each. */
  readonly images: (repository: string) => AsyncIterable<readonly Listed[]>;
  /** DescribeImageReplicationStatus: a status for each destination. */
  readonly statusesOf: (
    repository: string,
    digest: string,
  ) => Promise<readonly { readonly region: string; readonly status: string }[]>;
}

export function statusApiOfSdk(client: ECRClient): StatusApi {
  return {
    images: async function* (repositoryName) {
      let nextToken: string | undefined;
      do {
        const page = await client.send(
          new DescribeImagesCommand({ repositoryName, maxResults: 1000, nextToken }),
        );
        yield (page.imageDetails ?? []).map(({ imageDigest = '', imagePushedAt }) => ({
          digest: imageDigest,
          pushedAt: imagePushedAt?.getTime() ?? 0,
        }));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
    },
    statusesOf: async (repositoryName, imageDigest) => {
      const answer = await client.send(
        new DescribeImageReplicationStatusCommand({ repositoryName, imageId: { imageDigest } }),
      );
      return (answer.replicationStatuses ?? []).map(({ region = '', status = '' }) => ({ region, status }));
    },
  };
}

export interface VirtualTime {
  readonly now: () => number;
  readonly turn: (seconds: number) => void;
  readonly latencyMs: number;
  readonly callsPerSecond: number;
}

interface ImagesPage {
  readonly imageDetails: readonly { readonly imageDigest: string; readonly imagePushedAt: number }[];
  readonly nextToken?: string;
}

interface Statuses {
  readonly replicationStatuses: readonly { readonly region: string; readonly status: string }[];
}

/**
 * The same calls without a network, by a clock that is turned: each takes its latency, and none comes sooner than the
 * rate allows. So no peer ever loses time to a throttled call: it is a little faster here than it would be.
 */
export function statusApiOfModel(ecr: Ecr, registry: Registry, time: VirtualTime): StatusApi {
  let free = time.now();
  const call = (operation: string, input: object): unknown => {
    const wait = Math.max(0, free - time.now()) / 1000;
    time.turn(wait + time.latencyMs / 1000);
    free = Math.max(free, time.now() - time.latencyMs) + 1000 / time.callsPerSecond;
    const answer = ecr.call(registry, operation, input);
    if (answer.is !== 'ok')
      throw new Error(`${operation}: ${answer.is === 'error' ? answer.name : answer.is}`);
    return answer.body;
  };
  return {
    images: async function* (repositoryName) {
      let nextToken: string | undefined;
      do {
        const page = call('DescribeImages', { repositoryName, maxResults: 1000, nextToken }) as ImagesPage;
        yield page.imageDetails.map(({ imageDigest, imagePushedAt }) => ({
          digest: imageDigest,
          pushedAt: imagePushedAt * 1000,
        }));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
    },
    statusesOf: async (repositoryName, imageDigest) => {
      const input = { repositoryName, imageId: { imageDigest } };
      return (call('DescribeImageReplicationStatus', input) as Statuses).replicationStatuses;
    },
  };
}
