/** Processes that die at the n-th call that they make of the world, before it or after it. */

import type { Ports } from '../../lib/ports.ts';

/** The n-th call of the story, and on which side of it the process dies. */
export interface Death {
  readonly call: number;
  readonly side: 'before' | 'after';
}

export interface Deaths {
  /** The ports of one run of one function; `isDead` once it has died. */
  readonly live: <P extends Partial<Ports>>(
    ports: P,
  ) => { readonly ports: P; readonly isDead: () => boolean };
  /** The names of all calls so far. */
  readonly calls: readonly string[];
}

/** They touch nothing outside the process. */
const harmless = new Set(['now', 'chance', 'log']);

/** Calls after which the world is another one. */
export const writes = new Set([
  'saveIncident',
  'claimNotice',
  'publish',
  'confirmNotice',
  'sendAgain',
  'noteGroups',
  'putMetrics',
  'noteRegistry',
  'saveKnownRules',
]);

export function createDeaths(planned: readonly Death[]): Deaths {
  const calls: string[] = [];

  function live<P extends Partial<Ports>>(ports: P) {
    let isDead = false;
    function die(): never {
      isDead = true;
      throw new Error('the process has died');
    }
    function mortal(name: string, port: (...input: unknown[]) => unknown) {
      return (...input: unknown[]): unknown => {
        if (isDead) die();
        calls.push(name);
        const death = planned.find(({ call }) => call === calls.length);
        // What a reading has answered to a process that dies makes no difference to the world.
        if (death !== undefined && (death.side === 'before' || !writes.has(name))) die();
        const answer = port(...input);
        if (death === undefined) return answer;
        isDead = true;
        return Promise.resolve(answer).then(die);
      };
    }
    const entries = Object.entries(ports).map(([name, port]) => [
      name,
      harmless.has(name) ? port : mortal(name, port as (...input: unknown[]) => unknown),
    ]);
    return { ports: Object.fromEntries(entries) as P, isDead: () => isDead };
  }

  return { live, calls };
}

/** A notice that was sent and is not confirmed. */
export function isUnconfirmed(name: string, side: Death['side']): boolean {
  return (name === 'publish' && side === 'after') || (name === 'confirmNotice' && side === 'before');
}
