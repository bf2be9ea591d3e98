/** STS: whose credentials these are, and so which registry is their own. */

import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import * as v from 'valibot';
import type { Registry } from '../image/registry.ts';
import { account, answered } from './answer.ts';

const identity = v.object({ Account: account });

/** The caller's account in the client's Region. Throws what the SDK throws: without it nothing can be asked. */
export async function readCaller(client: STSClient): Promise<Registry> {
  const region = await client.config.region();
  const answer = await client.send(new GetCallerIdentityCommand({}));
  return { account: answered('GetCallerIdentity', identity, answer).Account, region };
}
