/** One API call: whom it is for, whether a fault strikes it, which operation carries it out; logged. */

import type { Registry } from '../image/registry.ts';
import type { Answer } from './answer.ts';
import type { CallLog } from './ecr-call-log.ts';
import { EcrError, invalidParameter } from './ecr-error.ts';
import type { Faults, Judgement } from './ecr-faults.ts';
import type { Operation } from './ecr-input.ts';
import { backfillOperations, pullTimeOperations } from './ecr-operations-backfill.ts';
import { layerOperations } from './ecr-operations-layer.ts';
import { readOperations } from './ecr-operations-read.ts';
import { registryOperations } from './ecr-operations-registry.ts';
import { repositoryOperations } from './ecr-operations-repository.ts';
import { scanningOperations } from './ecr-operations-scanning.ts';
import { writeOperations } from './ecr-operations-write.ts';
import type { EcrState } from './ecr-state.ts';

// The registry's own operations have no registryId; all others may name another account's registry.
const ownOperations = new Map<string, Operation>(
  Object.entries({ ...registryOperations, ...scanningOperations, ...pullTimeOperations }),
);
const anyOperations = new Map<string, Operation>(
  Object.entries({
    ...readOperations,
    ...writeOperations,
    ...repositoryOperations,
    ...backfillOperations,
    ...layerOperations,
  }),
);

export function dispatch(
  { state, faults, log }: { state: EcrState; faults: Faults; log: CallLog },
  caller: Registry,
  operation: string,
  input: unknown,
): Answer {
  const run = ownOperations.get(operation) ?? anyOperations.get(operation);
  if (run === undefined) return refused(unknownOperation(operation), 0);
  const at = state.now();
  const named = ownOperations.has(operation) ? caller : targetOf(caller, input);
  const registry = named ?? caller;
  const answer = carryOut(faults.judge({ registry, operation }, at), () => {
    if (named === undefined) throw invalidParameter('registryId', 'must satisfy [0-9]{12}');
    return run(state, registry, input);
  });
  log.record({ at, operation, caller, registry, input, outcome: outcomeOf(answer) });
  return answer;
}

function carryOut({ latencyMs, strikes }: Judgement, run: () => object): Answer {
  if (strikes?.is === 'unreachable') return { is: 'unanswered', latencyMs, how: strikes.how };
  if (strikes?.is === 'error') return refused(strikes.error, latencyMs);
  try {
    return { is: 'ok', latencyMs, body: run() };
  } catch (error) {
    if (error instanceof EcrError) return refused(error, latencyMs);
    throw error;
  }
}

/** The registry that the call is for: in the caller's Region, of the account that `registryId` names, if any. */
function targetOf(caller: Registry, input: unknown): Registry | undefined {
  if (typeof input !== 'object' || input === null || !('registryId' in input)) return caller;
  const { registryId } = input;
  if (registryId === undefined || registryId === null) return caller;
  if (typeof registryId !== 'string' || !/^\d{12}$/.test(registryId)) return undefined;
  return { account: registryId, region: caller.region };
}

function refused({ name, message }: EcrError, latencyMs: number): Answer {
  return { is: 'error', latencyMs, name, message, status: name === 'ServerException' ? 500 : 400 };
}

function outcomeOf(answer: Answer): string {
  if (answer.is === 'error') return answer.name;
  return answer.is === 'ok' ? 'ok' : 'unreachable';
}

function unknownOperation(operation: string): EcrError {
  return new EcrError('UnknownOperationException', `${operation} is not an operation of the local ECR`);
}
