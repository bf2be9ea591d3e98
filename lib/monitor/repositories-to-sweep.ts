/** What a sweep of one registry goes through: the repositories that its rules cover, each with its destinations. */

import type { Registry } from '../image/registry.ts';
import type { Policies } from '../policies.ts';
import type { Ports } from '../ports.ts';
import { deadlineFor } from '../replication/policy.ts';
import { destinationsOf, type ReplicationRule } from '../replication/rules.ts';
import type { ReadFault } from '../replication/verdict.ts';

export interface RepositoryToSweep {
  readonly repository: string;
  readonly destinations: readonly Registry[];
}

export type RepositoriesToSweep =
  | {
      readonly is: 'read';
      readonly rules: readonly ReplicationRule[];
      /** All that the registry has within the scope, covered or not. */
      readonly repositories: readonly string[];
      /** Those that a rule covers and no deadline ignores. */
      readonly covered: readonly RepositoryToSweep[];
    }
  /** The rules could not be read. */
  | { readonly is: 'unreadable'; readonly why: ReadFault };

/** Throws when the rules can be read and the names of the repositories cannot. */
export async function listRepositoriesToSweep(
  ports: Pick<Ports, 'readRules' | 'readRepositories'>,
  policies: Pick<Policies, 'looks'>,
  source: Registry,
  scope: { readonly prefix?: string } = {},
): Promise<RepositoriesToSweep> {
  const reading = await ports.readRules(source);
  if (reading.is === 'unreadable') return reading;
  const { prefix = '' } = scope;
  const repositories = (await ports.readRepositories(source)).filter((name) => name.startsWith(prefix));
  const covered = repositories.flatMap((repository) => {
    if (deadlineFor(policies.looks, repository) === 'ignore') return [];
    const destinations = destinationsOf(reading.rules, source, repository);
    return destinations.length === 0 ? [] : [{ repository, destinations }];
  });
  return { is: 'read', rules: reading.rules, repositories, covered };
}
