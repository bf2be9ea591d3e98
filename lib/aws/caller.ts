/** STS: whose credentials these are, and so which registry is their own. */

import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Registry } from '../image/registry.ts';

/** The caller's account in the client's Region. Throws what the SDK throws: without it nothing can be asked. */
export async function readCaller(client: STSClient): Promise<Registry> {
  const region = await client.config.region();
  const { Account } = await client.send(new GetCallerIdentityCommand({}));
  if (Account === undefined) throw new Error('GetCallerIdentity answered without an account');
  return { account: Account, region };
}
