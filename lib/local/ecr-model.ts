/** A local Amazon ECR of many accounts and Regions, without I/O and without a clock of its own. */

import { type Registry, registryKey } from '../image/registry.ts';
import { createAgenda } from './agenda.ts';
import type { Answer, Service } from './answer.ts';
import { finishBackfillReplica, prepareBackfill } from './ecr-backfill.ts';
import { type CallLog, createCallLog } from './ecr-call-log.ts';
import { dispatch } from './ecr-dispatch.ts';
import { eventIds } from './ecr-events.ts';
import { createFaults, type Faults } from './ecr-faults.ts';
import type { EventOrder, ReplicationOrder } from './ecr-orders.ts';
import { finishRestore, type Push, pushImage } from './ecr-push.ts';
import { finishReplication } from './ecr-replication.ts';
import { addRepository } from './ecr-repository.ts';
import { type SeedImage, seedImages } from './ecr-seed.ts';
import { type Due, type EcrState, type Image, layerKey, type Quirks, registryOf } from './ecr-state.ts';
import { createOrderBook } from './order-book.ts';

export interface EcrOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly emit?: EcrState['emit'];
  /** From push to arrival; 2 s, as is usual, if nothing is said. */
  readonly delayMs?: number | EcrState['delayMs'];
  /** The same seed gives the same event ids. */
  readonly seed?: string;
  readonly quirks?: Partial<Quirks>;
  /** Of how many calls the log keeps the details. */
  readonly keepCalls?: number;
}

export interface Ecr {
  /** One API call, faults included, as the server makes it. */
  readonly call: Service;
  /** PutImage without the API: no faults, no log; makes the repository when there is none. Answers the digest. */
  readonly pushImage: (registry: Registry, push: Push) => string;
  /** Thousands of images at once, without events, replication or hashing. */
  readonly seed: (registry: Registry, repository: string, images: Iterable<SeedImage>) => void;
  /** Applies all that is due by now, in due order, each thing at its own due time. */
  readonly tick: () => void;
  readonly nextDueAt: () => number | undefined;
  readonly orders: {
    /** Each answers a function that takes the order back. Without `times` it holds until then. */
    readonly replication: (order: ReplicationOrder, times?: number) => () => void;
    readonly events: (order: EventOrder, times?: number) => () => void;
    /** A layer that an image there has is gone. */
    readonly loseLayer: (registry: Registry, repository: string, digest: string) => void;
    readonly clear: () => void;
  };
  readonly faults: Pick<Faults, 'place' | 'clear'>;
  readonly calls: Omit<CallLog, 'record'>;
  /** One image as it is now, for tests that look behind the API. */
  readonly imageAt: (registry: Registry, repository: string, digest: string) => Readonly<Image> | undefined;
}

export function createEcr(options: EcrOptions): Ecr {
  const { now, delayMs = 2_000 } = options;
  const state: EcrState = {
    registries: new Map(),
    agenda: createAgenda<Due>(),
    replicationOrders: createOrderBook(),
    eventOrders: createOrderBook(),
    lostLayers: new Set(),
    quirks: {
      missingIdHint: true,
      filteredIds: 'not-found',
      restoreMs: 0,
      prepareMs: 30_000,
      ...options.quirks,
    },
    now,
    delayMs: typeof delayMs === 'number' ? () => delayMs : delayMs,
    emit: options.emit ?? ignore,
    nextEventId: eventIds(options.seed ?? 'local ECR'),
  };
  const faults = createFaults();
  const log = createCallLog(options.keepCalls);
  let ticking = false;

  function tick(): void {
    // Who is told of an event may call again before this tick is over.
    if (ticking) return;
    ticking = true;
    try {
      const until = now();
      for (let due = state.agenda.takeDue(until); due !== undefined; due = state.agenda.takeDue(until)) {
        apply(state, due.item, due.dueAt);
      }
    } finally {
      ticking = false;
    }
  }

  function call(caller: Registry, operation: string, input: unknown): Answer {
    tick();
    return dispatch({ state, faults, log }, caller, operation, input);
  }

  return {
    call,
    pushImage: (registry, push) => {
      tick();
      const held = registryOf(state, registry);
      if (held.repositories.get(push.repository) === undefined) {
        addRepository(held, { name: push.repository }, now());
      }
      return pushImage(state, registry, push).digest;
    },
    seed: (registry, repository, images) => seedImages(state, registry, repository, images),
    tick,
    nextDueAt: state.agenda.nextDueAt,
    orders: {
      replication: state.replicationOrders.place,
      events: state.eventOrders.place,
      loseLayer: (registry, repository, digest) =>
        void state.lostLayers.add(layerKey(registry, repository, digest)),
      clear: () => {
        state.lostLayers.clear();
        state.replicationOrders.clear();
        state.eventOrders.clear();
      },
    },
    faults,
    calls: log,
    imageAt: (registry, repository, digest) =>
      state.registries.get(registryKey(registry))?.repositories.get(repository)?.images.get(digest),
  };
}

function apply(state: EcrState, due: Due, at: number): void {
  switch (due.is) {
    case 'replica':
      finishReplication(state, due.replication, at);
      break;
    case 'event':
      state.emit(due.event, due.registry);
      break;
    case 'restored':
      finishRestore(state, due.repository, due.image, at);
      break;
    case 'backfill-prepared':
      prepareBackfill(state, due.backfill, at);
      break;
    case 'backfill-replica':
      finishBackfillReplica(state, due.backfill, due.replication, at);
      break;
  }
}

function ignore(): void {}
