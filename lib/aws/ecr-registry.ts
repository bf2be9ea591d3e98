/** What a source registry says: its replication rules, and its claims about the replication of one image. */

import {
  DescribeImageReplicationStatusCommand,
  DescribeRegistryCommand,
  DescribeRepositoriesCommand,
  paginateDescribeRepositories,
} from '@aws-sdk/client-ecr';
import type { Digest } from '../image/digest.ts';
import { type Registry, registryKey } from '../image/registry.ts';
import type { Ports, RulesReading } from '../ports.ts';
import type { ClaimEntry, ClaimsReading } from '../replication/claim.ts';
import type { ReplicationRule } from '../replication/rules.ts';
import type { TagSettings } from '../replication/tag-mutability.ts';
import {
  type AnsweredRule,
  type AnsweredStatus,
  answered,
  registry as registryAnswer,
  replicationStatuses,
  repositories,
  tagSettings,
} from './answer.ts';
import type { EcrClientFor } from './clients.ts';
import { answeredPages } from './pages.ts';
import { readFaultOf } from './read-fault.ts';

/** Rules change rarely and are asked for at every batch; a minute late is early enough. */
const rulesKeptMs = 60_000;

/** Port `readRules`. Keeps what it read for a minute; a fault is not kept. */
export function rulesReader(clientFor: EcrClientFor, now: () => number): Ports['readRules'] {
  const kept = new Map<string, { readonly at: number; readonly reading: Promise<RulesReading> }>();
  return async (source, notBefore = 0) => {
    const key = registryKey(source);
    const known = kept.get(key);
    if (known !== undefined && now() < known.at + rulesKeptMs && known.at >= notBefore) return known.reading;
    const reading = readRules(clientFor, source);
    kept.set(key, { at: now(), reading });
    if ((await reading).is === 'unreadable') kept.delete(key);
    return reading;
  };
}

async function readRules(clientFor: EcrClientFor, source: Registry): Promise<RulesReading> {
  try {
    const answer = answered(
      'DescribeRegistry',
      registryAnswer,
      await clientFor(source).send(new DescribeRegistryCommand({})),
    );
    // DescribeRegistry takes no account: it speaks of the caller's own. Another account's rules would be silently wrong.
    if (answer.registryId !== undefined && answer.registryId !== source.account) {
      return { is: 'unreadable', why: 'access-denied' };
    }
    const { rules } = answer.replicationConfiguration;
    return { is: 'read', rules: rules.map((rule) => toRule(rule, source)) };
  } catch (error) {
    return { is: 'unreadable', why: readFaultOf(error) };
  }
}

function toRule({ destinations, repositoryFilters }: AnsweredRule, source: Registry): ReplicationRule {
  const prefixes = repositoryFilters.flatMap((one) => ('filter' in one ? [one.filter] : []));
  return {
    destinations: destinations.map(({ region, registryId }) => ({
      account: registryId ?? source.account,
      region,
    })),
    // Expecting too much is seen, too little is not.
    prefixes: prefixes.length < repositoryFilters.length ? [] : prefixes,
  };
}

/** Port `readTagSettings`: an explanation of what was seen; whatever stands in its way, there is none. */
export async function readTagSettings(
  clientFor: EcrClientFor,
  registry: Registry,
  repository: string,
): Promise<TagSettings | undefined> {
  try {
    const answer = await clientFor(registry).send(
      new DescribeRepositoriesCommand({ registryId: registry.account, repositoryNames: [repository] }),
    );
    const [found] = answered('DescribeRepositories', tagSettings, answer).repositories;
    if (found === undefined) return undefined;
    const { imageTagMutability: mutability, imageTagMutabilityExclusionFilters: filters } = found;
    return { mutability, exceptions: filters.map(({ filter }) => filter) };
  } catch {
    return undefined;
  }
}

/** Port `readRepositories`. */
export async function readRepositories(
  clientFor: EcrClientFor,
  registry: Registry,
): Promise<readonly string[]> {
  const pages = paginateDescribeRepositories(
    { client: clientFor(registry), pageSize: 1000 },
    { registryId: registry.account },
  );
  const names: string[] = [];
  for await (const page of answeredPages('DescribeRepositories', repositories, pages))
    names.push(...page.repositories.map(({ repositoryName }) => repositoryName));
  return names;
}

/** Port `readClaims`: ECR's own word on one image, asked at its source. */
export async function readClaims(
  clientFor: EcrClientFor,
  source: Registry,
  repositoryName: string,
  imageDigest: Digest,
): Promise<ClaimsReading> {
  try {
    const answer = await clientFor(source).send(
      new DescribeImageReplicationStatusCommand({
        registryId: source.account,
        repositoryName,
        imageId: { imageDigest },
      }),
    );
    const statuses = answered('DescribeImageReplicationStatus', replicationStatuses, answer);
    return { is: 'read', entries: statuses.replicationStatuses.flatMap((entry) => toEntry(entry, source)) };
  } catch (error) {
    const gone = ['ImageNotFoundException', 'RepositoryNotFoundException'];
    if (error instanceof Error && gone.includes(error.name)) return { is: 'source-gone' };
    return { is: 'unreadable', why: readFaultOf(error) };
  }
}

/** Every field can be absent on the wire; an entry that names no Region or no known status says nothing. */
function toEntry(
  { region, registryId, status, failureCode }: AnsweredStatus,
  source: Registry,
): ClaimEntry[] {
  if (region === undefined) return [];
  if (status !== 'IN_PROGRESS' && status !== 'COMPLETE' && status !== 'FAILED') return [];
  const destination = { account: registryId ?? source.account, region };
  return [{ destination, status, ...(failureCode === undefined ? {} : { failureCode }) }];
}
