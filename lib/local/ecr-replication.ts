/** Replication as ECR does it: decided by the rules at the time of the push, carried out when it is due. */

import { type Registry, sameRegistry } from '../image/registry.ts';
import { announce, replicationAction } from './ecr-events.ts';
import { concerns, type Outcome } from './ecr-orders.ts';
import { activate, addImage, addRepository, isImmutable, moveTag } from './ecr-repository.ts';
import {
  type Claim,
  type EcrState,
  type Image,
  type ReplicationRule,
  type Repository,
  registryOf,
} from './ecr-state.ts';
import { blueprintFor } from './ecr-template.ts';
import { takeOrders } from './order-book.ts';

/** One image on its way to one destination. */
export interface Replication {
  readonly source: Registry;
  readonly destination: Registry;
  readonly repository: string;
  readonly digest: string;
  readonly tags: readonly string[];
  readonly outcome: Outcome;
  readonly stripTag: boolean;
}

/** ECR: filters of a rule are alternatives and plain string prefixes, none means all; several rules add up. */
export function destinationsOf(
  source: Registry,
  rules: readonly ReplicationRule[],
  repository: string,
): Registry[] {
  const destinations: Registry[] = [];
  for (const { repositoryFilters = [], destinations: named } of rules) {
    if (repositoryFilters.length > 0 && !repositoryFilters.some((by) => repository.startsWith(by.filter)))
      continue;
    for (const { registryId, region } of named) {
      const destination = { account: registryId, region };
      if (sameRegistry(destination, source)) continue;
      if (!destinations.some((known) => sameRegistry(known, destination))) destinations.push(destination);
    }
  }
  return destinations;
}

/** Sends an image that was just pushed or restored on its way to every destination. */
export function beginReplication(
  state: EcrState,
  from: Repository,
  image: Image,
  tags: readonly string[],
  at: number,
): void {
  const { registry: source, name: repository } = from;
  for (const destination of destinationsOf(source, registryOf(state, source).rules, repository)) {
    const { replication, delayMs } = sendOff(state, from, image, tags, destination);
    state.agenda.add(at + delayMs, { is: 'replica', replication });
  }
}

/** One image on its way, as the orders have it, and how long it takes; the source claims IN_PROGRESS from now on. */
export function sendOff(
  state: EcrState,
  { registry: source, name: repository }: Repository,
  image: Image,
  tags: readonly string[],
  destination: Registry,
): { readonly replication: Replication; readonly delayMs: number } {
  const replica = { source, destination, repository, digest: image.digest, tags };
  const orders = takeOrders(state.replicationOrders, (order) =>
    concerns(order, { registry: destination, repository, digest: image.digest, tags }),
  );
  const outcome = orders.findLast((order) => order.outcome !== undefined)?.outcome ?? { is: 'arrive' };
  const delayMs = orders.findLast((order) => order.delayMs !== undefined)?.delayMs ?? state.delayMs(replica);
  const stripTag = orders.some((order) => order.stripTag === true);
  const unclaimed = outcome.is === 'lose' && outcome.claim === 'NONE';
  setClaim(image, destination, unclaimed ? undefined : { destination, status: 'IN_PROGRESS' });
  return { replication: { ...replica, outcome, stripTag }, delayMs };
}

/** Carries out one replication at its due time. Nothing happens when the source image is gone by then. */
export function finishReplication(state: EcrState, replication: Replication, at: number): void {
  const { source, repository, digest, outcome, destination } = replication;
  const image = registryOf(state, source).repositories.get(repository)?.images.get(digest);
  if (image === undefined) return;
  switch (outcome.is) {
    case 'arrive':
      arrive(state, replication, image, at);
      break;
    case 'no-repository':
      if (registryOf(state, destination).repositories.get(repository) !== undefined) {
        arrive(state, replication, image, at);
      } else {
        fail(state, replication, image, outcome.code, at);
      }
      break;
    case 'fail':
      fail(state, replication, image, outcome.code, at);
      break;
    case 'lose':
      if (outcome.claim === 'COMPLETE') setClaim(image, destination, { destination, status: 'COMPLETE' });
      if (outcome.announced === true) report(state, replication, 'SUCCESS', at);
      break;
  }
}

function arrive(state: EcrState, replication: Replication, image: Image, at: number): void {
  const { destination, repository: name, stripTag, tags, source } = replication;
  const registry = registryOf(state, destination);
  const known = registry.repositories.get(name);
  const blueprint = blueprintFor(registry, name);
  if (known === undefined && !blueprint.canBeCreated) {
    fail(state, replication, image, 'RepositoryCreationFailed', at);
    return;
  }
  const repository = known ?? addRepository(registry, blueprint, at);
  const replica = repository.images.get(image.digest) ?? addImage(repository, image, at);
  // An archived replica that is replicated again becomes active.
  activate(replica, at);
  const held = registryOf(state, source).repositories.get(name)?.tags;
  for (const tag of stripTag ? [] : tags) {
    const holder = repository.tags.get(tag);
    // An image that was overtaken on its way does not take the tag back from its successor.
    const overtaken = holder !== undefined && holder.digest === held?.get(tag)?.digest;
    // A tag that may not move stays where it is: the image arrives without it.
    if (overtaken || (holder !== undefined && isImmutable(repository, tag))) continue;
    moveTag(repository, replica, tag);
  }
  setClaim(image, destination, { destination, status: 'COMPLETE' });
  report(state, replication, 'SUCCESS', at);
}

function fail(state: EcrState, replication: Replication, image: Image, code: string, at: number): void {
  const { outcome, destination } = replication;
  const { result = 'FAILED', retry } = outcome.is === 'fail' ? outcome : {};
  setClaim(image, destination, { destination, status: 'FAILED', failureCode: code });
  report(state, replication, result, at);
  if (retry === undefined) return;
  const { afterMs, claim = 'IN_PROGRESS' } = retry;
  if (claim === 'IN_PROGRESS') setClaim(image, destination, { destination, status: claim });
  state.agenda.add(at + afterMs, {
    is: 'replica',
    replication: { ...replication, outcome: { is: 'arrive' } },
  });
}

function report(state: EcrState, replication: Replication, result: string, at: number): void {
  announce(state, replicationAction({ ...replication, tag: replication.tags[0] ?? '' }, result), at);
}

function setClaim(image: Image, destination: Registry, claim: Claim | undefined): void {
  const others = image.claims.filter((other) => !sameRegistry(other.destination, destination));
  image.claims = claim === undefined ? others : [...others, claim];
}
