/** Which calls were made: counts of all of them, details of the last ones. */

import { type Registry, registryKey, sameRegistry } from '../image/registry.ts';

interface LoggedCall {
  readonly at: number;
  readonly operation: string;
  /** The account whose credentials signed the call. */
  readonly caller: Registry;
  /** The registry that was asked for. */
  readonly registry: Registry;
  readonly input: unknown;
  /** `ok`, the name of an error, or `unreachable`. */
  readonly outcome: string;
}

export interface CallLog {
  readonly record: (call: LoggedCall) => void;
  /** How many calls there were; of one operation, registry or outcome, if given. */
  readonly count: (of?: { operation?: string; registry?: Registry; outcome?: string }) => number;
  /** The last calls, oldest first. */
  readonly recent: () => readonly LoggedCall[];
  readonly reset: () => void;
}

interface Tally {
  readonly operation: string;
  readonly registry: Registry;
  readonly outcome: string;
  calls: number;
}

/** `keep`: of how many calls the details are kept. */
export function createCallLog(keep = 1_000): CallLog {
  const tallies = new Map<string, Tally>();
  let calls: LoggedCall[] = [];

  function record(call: LoggedCall): void {
    const { operation, registry, outcome } = call;
    const key = `${operation} ${registryKey(registry)} ${outcome}`;
    const tally = tallies.get(key) ?? { operation, registry, outcome, calls: 0 };
    tally.calls += 1;
    tallies.set(key, tally);
    calls.push(call);
    // Cut now and then, not at each call.
    if (calls.length >= 2 * keep) calls = calls.slice(-keep);
  }

  function count(of: { operation?: string; registry?: Registry; outcome?: string } = {}): number {
    let sum = 0;
    for (const tally of tallies.values()) {
      if (of.operation !== undefined && of.operation !== tally.operation) continue;
      if (of.outcome !== undefined && of.outcome !== tally.outcome) continue;
      if (of.registry !== undefined && !sameRegistry(of.registry, tally.registry)) continue;
      sum += tally.calls;
    }
    return sum;
  }

  function reset(): void {
    tallies.clear();
    calls = [];
  }

  return { record, count, recent: () => calls.slice(-keep), reset };
}
