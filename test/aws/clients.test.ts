/** What all connections share, whichever client makes them. */

import type { Agent } from 'node:https';
import { expect, onTestFinished, test } from 'vitest';
import { ecrClients, snsClient } from '../../lib/aws/clients.ts';
import { ireland, sydney } from '../samples.ts';

test('every client trusts by one and the same TLS context', async () => {
  process.env['AWS_REGION'] = ireland.region;
  const clientFor = ecrClients(ireland, undefined);
  const clients = [clientFor(ireland), clientFor(sydney), snsClient()];
  const contexts = new Set<unknown>();
  for (const client of clients) {
    onTestFinished(() => client.destroy());
    // The SDK makes its agent late, and shows it nowhere else.
    const { configProvider } = client.config.requestHandler as unknown as {
      readonly configProvider: Promise<{ readonly httpsAgent: Agent }>;
    };
    contexts.add((await configProvider).httpsAgent.options.secureContext);
  }
  expect([contexts.size, contexts.has(undefined)]).toEqual([1, false]);
});
