/** SSM: a secret that is read when it is first needed, kept for the life of the process, and read again on request. */

import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { answered, parameter } from './answer.ts';

/** Throws when it cannot be read; the message never holds the value. */
export function parameterReader(
  client: Pick<SSMClient, 'send'>,
  name: string,
): (age: 'kept' | 'fresh') => Promise<string> {
  let kept: string | undefined;
  return async (age) => {
    if (age === 'fresh' || kept === undefined) kept = await readParameter(client, name);
    return kept;
  };
}

async function readParameter(client: Pick<SSMClient, 'send'>, name: string): Promise<string> {
  const answer = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
  const value = answered('GetParameter', parameter, answer).Parameter.Value.trim();
  if (value === '') throw new Error(`the SSM parameter ${name} is empty`);
  return value;
}
