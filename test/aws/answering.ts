// Clients of the real SDK that answer what they are given, whatever it is: nothing is asked of anybody.
import { ECRClient } from '@aws-sdk/client-ecr';
import type { EcrClientFor } from '../../lib/aws/clients.ts';

/** One answer a call, the last one for good; an error is thrown. */
export function answering(...answers: readonly unknown[]): EcrClientFor {
  const client = saying(new ECRClient({ region: 'us-east-1' }), ...answers);
  return () => client;
}

export function saying<Client extends { send: unknown }>(
  client: Client,
  ...answers: readonly unknown[]
): Client {
  let calls = 0;
  return Object.assign(client, {
    send: async () => {
      const answer = answers[Math.min(calls, answers.length - 1)];
      calls += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
}
