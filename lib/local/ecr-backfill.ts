/** A replication backfill: copies to one destination what the rules cover and what is not there, a few images at a time. */

import { type Registry, sameRegistry } from '../image/registry.ts';
import { EcrError } from './ecr-error.ts';
import { destinationsOf, finishReplication, type Replication, sendOff } from './ecr-replication.ts';
import { type EcrState, type Image, type Repository, registryOf } from './ecr-state.ts';

type BackfillStatus = 'PREPARING' | 'IN_PROGRESS' | 'COMPLETE' | 'FAILED' | 'STOPPING' | 'STOPPED';

/** ECR: each pair of image and tag is one replication, and so is an image without a tag. */
interface Planned {
  readonly repository: Repository;
  readonly image: Image;
  readonly tag: string | undefined;
}

interface BackfillResult {
  readonly repository: string;
  readonly digest: string;
  readonly tag: string | undefined;
  readonly status: 'COMPLETE' | 'FAILED';
  readonly failureCode: string | undefined;
}

export interface Backfill {
  readonly id: string;
  readonly source: Registry;
  readonly destination: Registry;
  readonly startedAt: number;
  status: BackfillStatus;
  endedAt: number | undefined;
  failureCode: string | undefined;
  /** Undefined until it is prepared, and for good when it was stopped before. */
  total: number | undefined;
  /** The next one last. */
  waiting: Planned[];
  underWay: number;
  results: BackfillResult[];
  failed: number;
}

/** Replications under way at once. */
const atOnce = 10;
/** ECR API Reference, StartReplicationBackfill. */
const mostInProgress = 10;

export function isOver({ status }: Pick<Backfill, 'status'>): boolean {
  return status === 'COMPLETE' || status === 'FAILED' || status === 'STOPPED';
}

export function startBackfill(state: EcrState, source: Registry, destination: Registry): Backfill {
  const { backfills, rules } = registryOf(state, source);
  const isNamed = rules.some(({ destinations }) =>
    destinations.some(({ registryId: account, region }) => sameRegistry({ account, region }, destination)),
  );
  if (!isNamed) {
    const message = 'The destination is not in the replication configuration of the registry';
    throw new EcrError('ValidationException', message);
  }
  const running = [...backfills.items()].filter((backfill) => !isOver(backfill));
  if (running.some((backfill) => backfill.destination.region === destination.region)) {
    throw new EcrError(
      'ReplicationBackfillInProgressException',
      `A replication backfill is already in progress for the destination region '${destination.region}'`,
    );
  }
  if (running.length >= mostInProgress) {
    throw new EcrError('LimitExceededException', 'Too many replication backfills are in progress');
  }
  const at = state.now();
  const backfill: Backfill = {
    id: state.nextEventId(),
    source,
    destination,
    startedAt: at,
    status: 'PREPARING',
    endedAt: undefined,
    failureCode: undefined,
    total: undefined,
    waiting: [],
    underWay: 0,
    results: [],
    failed: 0,
  };
  backfills.put(backfill.id, backfill);
  state.agenda.add(at + state.quirks.prepareMs, { is: 'backfill-prepared', backfill });
  return backfill;
}

/** What is on its way arrives all the same. */
export function stopBackfill(state: EcrState, backfill: Backfill): void {
  if (isOver(backfill) || backfill.status === 'STOPPING') {
    throw new EcrError(
      'ReplicationBackfillInvalidStatusException',
      `The replication backfill with id '${backfill.id}' cannot be stopped: its status is ${backfill.status}`,
    );
  }
  backfill.status = 'STOPPING';
  backfill.waiting = [];
  endIfDone(backfill, state.now());
}

export function prepareBackfill(state: EcrState, backfill: Backfill, at: number): void {
  if (backfill.status !== 'PREPARING') return;
  backfill.waiting = planOf(state, backfill).reverse();
  backfill.total = backfill.waiting.length;
  backfill.status = 'IN_PROGRESS';
  goOn(state, backfill, at);
}

export function finishBackfillReplica(
  state: EcrState,
  backfill: Backfill,
  replication: Replication,
  at: number,
): void {
  finishReplication(state, replication, at);
  backfill.underWay -= 1;
  const result = resultOf(state, replication);
  backfill.results.push(result);
  if (result.status === 'FAILED') backfill.failed += 1;
  goOn(state, backfill, at);
}

function planOf(state: EcrState, { source, destination }: Backfill): Planned[] {
  const { repositories, rules } = registryOf(state, source);
  const planned: Planned[] = [];
  for (const repository of repositories.items()) {
    if (!destinationsOf(source, rules, repository.name).some((named) => sameRegistry(named, destination)))
      continue;
    const there = registryOf(state, destination).repositories.get(repository.name);
    for (const image of repository.images.items()) {
      if (image.status !== 'ACTIVE') continue;
      const replica = there?.images.get(image.digest);
      const tags = image.tags.filter((tag) => !replica?.tags.includes(tag));
      if (replica?.status === 'ACTIVE' && tags.length === 0) continue;
      for (const tag of tags.length === 0 ? [undefined] : tags) planned.push({ repository, image, tag });
    }
  }
  return planned;
}

function goOn(state: EcrState, backfill: Backfill, at: number): void {
  // ECR User Guide, "Replication backfill": one that fails by half or more fails as a whole.
  const { total = 0, failed } = backfill;
  if (total > 0 && 2 * failed >= total) {
    backfill.failureCode = 'TooManyReplicationFailures';
    backfill.waiting = [];
  }
  while (backfill.status === 'IN_PROGRESS' && backfill.underWay < atOnce) {
    const next = backfill.waiting.pop();
    if (next === undefined) break;
    const tags = next.tag === undefined ? [] : [next.tag];
    const { replication, delayMs } = sendOff(state, next.repository, next.image, tags, backfill.destination);
    backfill.underWay += 1;
    state.agenda.add(at + delayMs, { is: 'backfill-replica', backfill, replication });
  }
  endIfDone(backfill, at);
}

function endIfDone(backfill: Backfill, at: number): void {
  if (isOver(backfill) || backfill.underWay > 0 || backfill.waiting.length > 0) return;
  const failed = backfill.failureCode !== undefined;
  backfill.status = backfill.status === 'STOPPING' ? 'STOPPED' : failed ? 'FAILED' : 'COMPLETE';
  backfill.endedAt = at;
}

/** What the source claims of it is what the backfill says: a replica that was lost on the way counts as copied. */
function resultOf(state: EcrState, replication: Replication): BackfillResult {
  const { source, destination, repository, digest, tags } = replication;
  const image = registryOf(state, source).repositories.get(repository)?.images.get(digest);
  const claim = image?.claims.find((one) => sameRegistry(one.destination, destination));
  const failureCode = image === undefined ? 'ImageNotFound' : claim?.failureCode;
  const isFailed = image === undefined || claim?.status === 'FAILED';
  return { repository, digest, tag: tags[0], status: isFailed ? 'FAILED' : 'COMPLETE', failureCode };
}
