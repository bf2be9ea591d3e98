/** What a call answers when its service is struck: the faults of ECR as values and by name, those of others as errors. */

import type { ReadFault } from '../../lib/replication/verdict.ts';
import type { Call } from './invocation.ts';
import type { FaultKind } from './story.ts';

export const readFaults: readonly (readonly [FaultKind, ReadFault, errorName: string])[] = [
  ['throttled', 'throttled', 'ThrottlingException'],
  ['access-denied', 'access-denied', 'AccessDeniedException'],
  ['service-error', 'service-error', 'ServerException'],
  ['region-unreachable', 'region-unavailable', 'TimeoutError'],
];

/** A call that reads an ECR answers a fault as a value. */
export function readsOf<T>(answer: (why: ReadFault) => T): Call<T>['faults'] {
  return readFaults.map(([fault, why]) => ({ fault, answer: () => answer(why) }));
}

export function refusedBy(fault: FaultKind): readonly { fault: FaultKind; answer: () => Error }[] {
  return [{ fault, answer: () => new Error(fault) }];
}
