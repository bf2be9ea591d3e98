/** What AWS, or the way to it, had against a command, in one line with what to do; undefined for a fault of our own. */

import { readFaultOf } from '../aws/read-fault.ts';

// IAM User Guide, "Managing AWS STS in an AWS Region": credentials mean nothing in a Region that is not enabled.
const unknownThere = new Set(['InvalidClientTokenId', 'UnrecognizedClientException', 'OptInRequired']);
const expired = new Set(['ExpiredToken', 'ExpiredTokenException']);

export function awsFaultLine(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const says = error.message.split('\n')[0] ?? '';
  if (error.message === 'Region is missing') return 'no Region: set AWS_REGION, or a profile that has one';
  if (unknownThere.has(error.name)) {
    return `AWS does not know these credentials in this Region (${says}): is the Region enabled in the account, and are they of this partition?`;
  }
  if (expired.has(error.name)) return 'the AWS credentials have expired: sign in again (`aws sso login`)';
  if (error.name === 'CredentialsProviderError') {
    const profile = process.env['AWS_PROFILE'] ?? '';
    if (profile !== '')
      return `no AWS credentials by the profile ${profile}: see \`aws configure list-profiles\`, or sign in`;
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
