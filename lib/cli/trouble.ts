/** Why something could not be read, in one line with what to do: for a command that cannot go on without it. */

import { type Registry, registryKey } from '../image/registry.ts';
import type { ReadFault } from '../replication/verdict.ts';

const calls = {
  rules: 'ecr:DescribeRegistry',
  source: 'ecr:DescribeImages',
  destination: 'ecr:DescribeImages',
  repositories: 'ecr:DescribeRepositories',
} as const;

const readings = {
  rules: 'the replication rules of',
  source: 'the image in',
  destination: 'images in',
  repositories: 'the repositories of',
} as const;

export function troubleLine(reading: keyof typeof readings, registry: Registry, why: ReadFault): string {
  const what = `${readings[reading]} ${registryKey(registry)} could not be read`;
  switch (why) {
    case 'access-denied':
      return `${what}: AWS denied it. Allow ${calls[reading]} there, and see whether the Region is enabled in the account`;
    case 'throttled':
      return `${what}: ECR throttles the calls; try again in a minute`;
    case 'region-unavailable':
      return `${what}: ${registry.region} does not answer; check the network and whether there is such a Region`;
    case 'repository-not-found':
      return `${what}: there is no such repository`;
    case 'service-error':
      return `${what}: ECR answers with errors; try again in a minute`;
  }
}
