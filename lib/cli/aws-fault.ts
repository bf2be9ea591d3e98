/** What AWS, or the way to it, had against a command, in one line with what to do; undefined for a fault of our own. */

import { readFaultOf } from '../aws/read-fault.ts';

export function awsFaultLine(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const says = error.message.split('\n')[0] ?? '';
  if (error.message === 'Region is missing') return 'no Region: set AWS_REGION, or a profile that has one';
  if (error.name === 'CredentialsProviderError') {
    return 'no AWS credentials: set AWS_PROFILE, sign in (`aws sso login`), or set AWS_ACCESS_KEY_ID and its secret';
  }
  if (error.name === 'ResourceNotFoundException') {
    return `no such table in this account and Region (${says}); the stack names it in its outputs`;
  }
  switch (readFaultOf(error)) {
    case 'access-denied':
      return `AWS denied the call: ${says}`;
    case 'throttled':
      return 'AWS refused too many calls; try again in a minute';
    case 'region-unavailable':
      return `AWS cannot be reached (${error.name}); check the network, AWS_REGION and AWS_ENDPOINT_URL`;
    default:
      return '$metadata' in error ? `AWS answered ${error.name}: ${says}` : undefined;
  }
}
