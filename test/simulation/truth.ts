/** What a fair look would have found: the world itself is asked, not the monitor. */

import { type Registry, registryKey, sameRegistry } from '../../lib/image/registry.ts';
import { placeKey } from '../../lib/replication/reads.ts';
import { covers, type Replica, type ReplicationRule } from '../../lib/replication/rules.ts';
import type { EcrModel, Shelf } from './ecr.ts';

/**
 * `met`: it is there, active, under its tag. `void`: nobody expects it (any more): its image is gone at the source, its
 * tag has moved on there, no rule names the destination. Everything else is not as it must be, and how.
 */
export type Need = 'met' | 'void' | 'missing' | 'tag-mismatch' | 'archived';

function needOf(
  replica: Replica,
  atSource: Shelf | undefined,
  atDestination: Shelf | undefined,
  rules: readonly ReplicationRule[],
): Need {
  const { source, repository, digest, tag, destination } = replica;
  const there = atDestination?.get(digest);
  const original = atSource?.get(digest);
  if (!isNamed(rules, source, repository, destination)) return 'void';
  if (there === undefined) return original === undefined ? 'void' : 'missing';
  if (there.storage !== 'ACTIVE') return original === undefined ? 'void' : 'archived';
  if (tag === undefined || there.tags.includes(tag)) return 'met';
  return original?.tags.includes(tag) === true ? 'tag-mismatch' : 'void';
}

export function isNamed(
  rules: readonly ReplicationRule[],
  source: Registry,
  repository: string,
  destination: Registry,
): boolean {
  return (
    !sameRegistry(source, destination) &&
    rules.some(
      (rule) =>
        covers(rule, repository) && rule.destinations.some((named) => sameRegistry(named, destination)),
    )
  );
}

/** What stands at the destination, whoever expects it. */
export type Sight = 'absent' | 'archived' | 'without-tag' | 'whole';

function sightOf(shelf: Shelf | undefined, { digest, tag }: Replica): Sight {
  const there = shelf?.get(digest);
  if (there === undefined) return 'absent';
  if (there.storage !== 'ACTIVE') return 'archived';
  return tag === undefined || there.tags.includes(tag) ? 'whole' : 'without-tag';
}

export interface Truth {
  readonly need: (replica: Replica, at: number) => Need;
  /** Everything it was at some time between the two, both included; rules as they were since `rulesFrom`. */
  readonly needs: (replica: Replica, from: number, to: number, rulesFrom?: number) => ReadonlySet<Need>;
  readonly sights: (replica: Replica, from: number, to: number) => ReadonlySet<Sight>;
  /** Since when it has been whole at its destination up to the last time that it was, at `to` or before. */
  readonly wholeSince: (replica: Replica, to: number) => number | undefined;
  /** Since when it has been what it is (epoch ms), not looked into further back than `from`. */
  readonly since: (
    replica: Replica,
    isSame: (need: Need) => boolean,
    from: number,
    to: number,
  ) => number | undefined;
}

export function truthOf({ shelves, rules }: Pick<EcrModel, 'shelves' | 'rules'>): Truth {
  function need(replica: Replica, at: number): Need {
    const { source, repository, destination } = replica;
    return needOf(
      replica,
      shelves.at(placeKey(source, repository), at),
      shelves.at(placeKey(destination, repository), at),
      rules.at(registryKey(source), at),
    );
  }

  function changesOf(
    { source, repository, destination }: Replica,
    from: number,
    to: number,
  ): readonly number[] {
    const changes = [
      ...shelves.changes(placeKey(source, repository), from, to),
      ...shelves.changes(placeKey(destination, repository), from, to),
      ...rules.changes(registryKey(source), from, to),
    ];
    return changes.sort((a, b) => a - b);
  }

  return {
    need,
    needs: (replica, from, to, rulesFrom = from) => {
      const needs = new Set([from, ...changesOf(replica, from, to)].map((at) => need(replica, at)));
      const { source, repository, destination } = replica;
      const known = rules.during(registryKey(source), rulesFrom, from);
      if (known.some((one) => !isNamed(one, source, repository, destination))) needs.add('void');
      return needs;
    },
    sights: (replica, from, to) => {
      const shown = shelves.during(placeKey(replica.destination, replica.repository), from, to);
      return new Set(shown.map((shelf) => sightOf(shelf, replica)));
    },
    wholeSince: (replica, to) => {
      const key = placeKey(replica.destination, replica.repository);
      let since: number | undefined;
      let was = false;
      for (const at of shelves.changes(key, Number.NEGATIVE_INFINITY, to)) {
        const is = sightOf(shelves.at(key, at), replica) === 'whole';
        if (is && !was) since = at;
        was = is;
      }
      return since;
    },
    since: (replica, isSame, from, to) => {
      let since: number | undefined;
      for (const at of [from, ...changesOf(replica, from, to)]) {
        if (!isSame(need(replica, at))) since = undefined;
        else since ??= at;
      }
      return since;
    },
  };
}
