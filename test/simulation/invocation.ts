/** A function that runs: every call it makes of the world takes time, may go wrong, and may be the last one it makes. */

import type { Faults } from './faults.ts';
import type { Message } from './queue.ts';
import type { Random } from './random.ts';
import type { FaultKind } from './story.ts';
import type { Timeline } from './timeline.ts';

export type FunctionName =
  | 'image-action'
  | 'replication-action'
  | 'follow-up'
  | 'config-watch'
  | 'sweep'
  | 'sweep-repository'
  | 'backfill'
  | 'repair'
  | 'settings'
  | 'manifests'
  | 'slack';

/** The environment of a function, which Lambda keeps for its next run unless it dies. */
export interface Process {
  readonly functionName: FunctionName;
  /** How far its clock is ahead. */
  readonly clockAheadMs: number;
  isBusy: boolean;
}

export interface Invocation<P extends Process = Process> {
  readonly id: number;
  readonly process: P;
  readonly startedAt: number;
  readonly messages: readonly Message[];
  /** Undefined while it runs. */
  end?: 'answered' | 'threw' | 'died';
  /** Faults that its calls were answered with. */
  readonly faults: Set<FaultKind>;
}

/** What may go wrong with a call, beside the process that makes it. */
export interface Call<T> {
  readonly name: string;
  readonly where?: string;
  /** What happens in the world, and its answer. */
  readonly perform: () => T;
  /** Calls that change the world are told apart: their answer can be lost although they have happened. */
  readonly writes?: boolean;
  /** Faults that may strike it, and the answer then; an `Error` is thrown. */
  readonly faults: readonly { readonly fault: FaultKind; readonly answer: () => T | Error }[];
  /** The fault by which it happens and nobody hears of it. */
  readonly answerLost?: FaultKind;
}

export interface Runner<P extends Process> {
  readonly call: <T>(invocation: Invocation<P>, call: Call<T>) => Promise<T>;
  /** `work` runs until it is over, or its time is up, or it dies; `ended` hears of it in each case. */
  readonly start: <T>(
    process: P,
    messages: readonly Message[],
    work: (invocation: Invocation<P>) => Promise<T>,
    ended: (invocation: Invocation<P>, answer: T | undefined) => void,
  ) => void;
}

/** As serverless.yml has it. */
export const timeoutSeconds: { readonly [F in FunctionName]: number } = {
  'image-action': 60,
  'replication-action': 60,
  'follow-up': 50,
  'config-watch': 60,
  sweep: 300,
  'sweep-repository': 300,
  backfill: 170,
  repair: 120,
  settings: 900,
  manifests: 900,
  slack: 60,
};

export function createRunner<P extends Process>(
  timeline: Timeline,
  faults: Faults,
  random: Random,
  trace: (line: () => string) => void,
): Runner<P> {
  const latency = random.named('latency');
  const sides = random.named('sides');
  const deaths = new WeakMap<Invocation<P>, () => void>();
  let count = 0;

  function secondsOf(fault: FaultKind | undefined): number {
    // A Region that does not answer costs the SDK its three tries.
    if (fault === 'region-unreachable') return latency.between(6, 20);
    if (fault === undefined)
      return faults.strikes('slow') ? latency.between(0.5, 8) : latency.between(0.004, 0.06);
    return latency.between(0.2, 2);
  }

  return {
    call: (invocation, { name, where, perform, writes = false, faults: own, answerLost }) =>
      new Promise((resolve, reject) => {
        if (invocation.end === 'died') return;
        const struck = own.find(({ fault }) => faults.strikes(fault, where));
        const lost = struck === undefined && answerLost !== undefined && faults.strikes(answerLost, where);
        const dies = faults.strikes('death');
        const diesAfter = dies && sides.happens(0.5);
        const fault = struck?.fault ?? (lost ? answerLost : undefined);
        timeline.after(secondsOf(fault), () => {
          if (invocation.end === 'died') {
            // The process is gone; what it had asked for may have been on its way already.
            if (writes && struck === undefined && sides.happens(0.5)) perform();
            return;
          }
          if (dies && !diesAfter) return deaths.get(invocation)?.();
          if (struck !== undefined) {
            invocation.faults.add(struck.fault);
            trace(() => `${invocation.process.functionName}#${invocation.id} ${name} ${struck.fault}`);
            if (dies) return deaths.get(invocation)?.();
            const answer = struck.answer();
            return answer instanceof Error ? reject(answer) : resolve(answer);
          }
          const answer = perform();
          trace(
            () =>
              `${invocation.process.functionName}#${invocation.id} ${name}${lost ? ' (answer lost)' : ''}`,
          );
          if (dies) return deaths.get(invocation)?.();
          if (!lost || answerLost === undefined) return resolve(answer);
          invocation.faults.add(answerLost);
          reject(new Error(answerLost));
        });
      }),

    start: <T>(
      process: P,
      messages: readonly Message[],
      work: (invocation: Invocation<P>) => Promise<T>,
      ended: (invocation: Invocation<P>, answer: T | undefined) => void,
    ) => {
      count += 1;
      const invocation: Invocation<P> = {
        id: count,
        process,
        startedAt: timeline.now(),
        messages,
        faults: new Set(),
      };
      process.isBusy = true;
      const over = (end: NonNullable<Invocation['end']>, answer?: T): void => {
        if (invocation.end !== undefined) return;
        invocation.end = end;
        // A process that died is never used again.
        if (end !== 'died') process.isBusy = false;
        else faults.disturb();
        trace(() => `${process.functionName}#${invocation.id} ${end}`);
        ended(invocation, answer);
      };
      deaths.set(invocation, () => over('died'));
      trace(
        () =>
          `${process.functionName}#${invocation.id} starts${messages.length > 0 ? ` with ${messages.map(({ id }) => id).join(' ')}` : ''}`,
      );
      timeline.after(timeoutSeconds[process.functionName], () => over('died'));
      work(invocation).then(
        (answer) => over('answered', answer),
        (error: unknown) => {
          trace(() => `${process.functionName}#${invocation.id} throws ${String(error)}`);
          over('threw');
        },
      );
    },
  };
}
