/** Errors of the SDK → the closed list of read faults. Whatever is not known is a service error, never "missing". */

import type { ReadFault } from '../replication/verdict.ts';
import type { SettingReading } from '../sweep/setting-finding.ts';

const throttling = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'LimitExceededException',
  'SlowDown',
]);

// IAM User Guide, "Common errors". A Region that the account has not enabled answers UnrecognizedClientException.
const denied = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
  'NotAuthorized',
  'OptInRequired',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'IncompleteSignature',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'ExpiredTokenException',
  'MissingAuthenticationTokenException',
  'CredentialsProviderError',
]);

const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'TimeoutError',
]);

export function readFaultOf(error: unknown): ReadFault {
  const names = namesOf(error);
  if (names.includes('RepositoryNotFoundException')) return 'repository-not-found';
  if (names.some((name) => throttling.has(name))) return 'throttled';
  if (names.some((name) => denied.has(name))) return 'access-denied';
  if (names.some((name) => unreachable.has(name))) return 'region-unavailable';
  return 'service-error';
}

/** A reading whose fault is a value. */
export async function attempt<T>(read: () => Promise<T>): Promise<SettingReading<T>> {
  try {
    return { is: 'read', value: await read() };
  } catch (error) {
    return { is: 'unreadable', why: readFaultOf(error) };
  }
}

export function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

/** An error's name and its system code; connection errors carry the telling one in `cause` or in a list of errors. */
function namesOf(error: unknown, depth = 0): readonly string[] {
  if (typeof error !== 'object' || error === null || depth > 3) return [];
  const { name, code, cause, errors } = error as {
    name?: unknown;
    code?: unknown;
    cause?: unknown;
    errors?: unknown;
  };
  const own = [name, code].filter((text): text is string => typeof text === 'string');
  const inner = Array.isArray(errors) ? errors : [];
  return [...own, ...namesOf(cause, depth + 1), ...inner.flatMap((one) => namesOf(one, depth + 1))];
}
