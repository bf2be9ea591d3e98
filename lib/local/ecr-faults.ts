/** Faults of API calls, ordered by registry and operation: throttled, unreachable, denied, broken, slow. */

import type { Registry } from '../image/registry.ts';
import { accessDenied, type EcrError, serverFault, throttled } from './ecr-error.ts';
import { createOrderBook } from './order-book.ts';

type FaultEffect =
  /** More than `perSecond` calls a second, every nth call, or, with neither, every call. */
  | { readonly is: 'throttle'; readonly perSecond?: number; readonly everyNth?: number }
  /** The connection is reset, or the call is never answered. */
  | { readonly is: 'unreachable'; readonly how?: 'reset' | 'hang' }
  | { readonly is: 'access-denied' }
  | { readonly is: 'server-error' }
  | { readonly is: 'latency'; readonly ms: number };

/** Whom a fault strikes: the registry that is asked for, which need not be the caller's. What is left out is not asked about. */
interface CallFault {
  readonly account?: string;
  readonly region?: string;
  readonly operations?: readonly string[];
  /** Epoch milliseconds; from then on the fault is over. */
  readonly until?: number;
  readonly effect: FaultEffect;
}

interface EcrCall {
  readonly registry: Registry;
  readonly operation: string;
}

/** What is to become of a call. */
export interface Judgement {
  readonly latencyMs: number;
  readonly strikes?:
    | { readonly is: 'error'; readonly error: EcrError }
    | { readonly is: 'unreachable'; readonly how: 'reset' | 'hang' };
}

export interface Faults {
  /** Answers a function that ends the fault. `times`: how many calls it strikes. */
  readonly place: (fault: CallFault, times?: number) => () => void;
  readonly clear: () => void;
  readonly judge: (call: EcrCall, at: number) => Judgement;
}

export function createFaults(): Faults {
  const book = createOrderBook<{ readonly fault: CallFault; readonly strikes: (at: number) => boolean }>();

  function judge(call: EcrCall, at: number): Judgement {
    let latencyMs = 0;
    for (const { order, spend } of book.standing()) {
      const { effect } = order.fault;
      if (!isAbout(order.fault, call, at) || !order.strikes(at)) continue;
      spend();
      if (effect.is === 'latency') latencyMs += effect.ms;
      else return { latencyMs, strikes: strikeOf(effect, call) };
    }
    return { latencyMs };
  }

  return {
    place: (fault, times) => book.place({ fault, strikes: counterOf(fault.effect) }, times),
    clear: book.clear,
    judge,
  };
}

function isAbout({ account, region, operations, until }: CallFault, call: EcrCall, at: number): boolean {
  if (until !== undefined && at >= until) return false;
  if (account !== undefined && account !== call.registry.account) return false;
  if (region !== undefined && region !== call.registry.region) return false;
  return operations?.includes(call.operation) ?? true;
}

function strikeOf(
  effect: Exclude<FaultEffect, { is: 'latency' }>,
  { registry, operation }: EcrCall,
): NonNullable<Judgement['strikes']> {
  switch (effect.is) {
    case 'unreachable':
      return { is: 'unreachable', how: effect.how ?? 'reset' };
    case 'throttle':
      return { is: 'error', error: throttled() };
    case 'access-denied':
      return { is: 'error', error: accessDenied(registry.account, operation) };
    case 'server-error':
      return { is: 'error', error: serverFault() };
  }
}

/** Tells of each call, given its time, whether the effect is for it. */
function counterOf(effect: FaultEffect): (at: number) => boolean {
  if (effect.is !== 'throttle') return () => true;
  if (effect.perSecond !== undefined) return bucketOf(effect.perSecond);
  const { everyNth = 1 } = effect;
  let calls = 0;
  return () => {
    calls += 1;
    return calls % everyNth === 0;
  };
}

/** A token bucket, as AWS throttles: it holds a second's worth of calls. */
function bucketOf(perSecond: number): (at: number) => boolean {
  let tokens = perSecond;
  let filledAt = 0;
  return (at) => {
    tokens = Math.min(perSecond, tokens + ((at - filledAt) / 1000) * perSecond);
    filledAt = at;
    if (tokens < 1) return true;
    tokens -= 1;
    return false;
  };
}
