/** Faults of calls as the real SDK sees them, and the log of calls. */

import {
  DescribeImagesCommand,
  DescribeRegistryCommand,
  ECRClient,
  ListImagesCommand,
} from '@aws-sdk/client-ecr';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEcr, type Ecr } from '../../lib/local/ecr-model.ts';
import { startEcrServer } from '../../lib/local/ecr-server.ts';
import type { Listening } from '../../lib/local/listen.ts';

const account = '111122223333';
const tokyo = { account, region: 'ap-northeast-1' };
const ireland = { account, region: 'eu-west-1' };

let clock = 0;
let ecr: Ecr;
let server: Listening;
let clients: ECRClient[] = [];

beforeEach(async () => {
  clock = Date.parse('2026-11-20T08:00:00Z');
  ecr = createEcr({ now: () => clock, keepCalls: 5 });
  server = await startEcrServer({ ecr });
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  clients = [];
  await server.stop();
});

function client({ region }: { region: string }, options: object = {}): ECRClient {
  const credentials = { accessKeyId: account, secretAccessKey: 'local' };
  const made = new ECRClient({ endpoint: server.url, region, credentials, maxAttempts: 1, ...options });
  clients.push(made);
  return made;
}

/** `ok`, or the name of the error. */
async function outcomeOf(answer: Promise<unknown>): Promise<string> {
  return answer.then(
    () => 'ok',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );
}

function read(registry: { region: string }): Promise<string> {
  return outcomeOf(client(registry).send(new DescribeRegistryCommand({})));
}

describe('a fault', () => {
  it.each([
    { effect: { is: 'throttle' }, seen: 'ThrottlingException' },
    { effect: { is: 'access-denied' }, seen: 'AccessDeniedException' },
    { effect: { is: 'server-error' }, seen: 'ServerException' },
  ] as const)('of kind $effect.is is $seen, there and nowhere else', async ({ effect, seen }) => {
    const end = ecr.faults.place({ region: tokyo.region, effect });
    expect([await read(tokyo), await read(ireland)]).toEqual([seen, 'ok']);
    end();
    expect(await read(tokyo)).toBe('ok');
  });

  it('of a Region that cannot be reached breaks the connection', async () => {
    ecr.faults.place({ region: tokyo.region, effect: { is: 'unreachable' } });
    const error = await client(tokyo)
      .send(new DescribeRegistryCommand({}))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    expect(await read(ireland)).toBe('ok');
  });

  it('of a Region that hangs is ended by the time-out of the caller', async () => {
    ecr.faults.place({ region: tokyo.region, effect: { is: 'unreachable', how: 'hang' } });
    const requestHandler = { requestTimeout: 50, throwOnRequestTimeout: true };
    const asked = client(tokyo, { requestHandler }).send(new DescribeRegistryCommand({}));
    expect(await outcomeOf(asked)).toBe('TimeoutError');
  });

  it('strikes chosen operations', async () => {
    ecr.faults.place({ operations: ['DescribeImages'], effect: { is: 'access-denied' } });
    const repositoryName = 'team/api';
    const asked = client(ireland);
    expect(await outcomeOf(asked.send(new DescribeImagesCommand({ repositoryName })))).toBe(
      'AccessDeniedException',
    );
    expect(await outcomeOf(asked.send(new ListImagesCommand({ repositoryName })))).toBe(
      'RepositoryNotFoundException',
    );
  });

  it('strikes the registry that is asked for, not the one that asks', async () => {
    ecr.faults.place({ account: '444455556666', effect: { is: 'access-denied' } });
    const repositoryName = 'team/api';
    const asked = client(ireland).send(new ListImagesCommand({ repositoryName, registryId: '444455556666' }));
    expect(await outcomeOf(asked)).toBe('AccessDeniedException');
  });

  it('strikes so many times, and the SDK gets through by retrying', async () => {
    ecr.faults.place({ effect: { is: 'throttle' } }, 2);
    const retrying = client(ireland, { maxAttempts: 3, retryStrategy: undefined });
    expect(await outcomeOf(retrying.send(new DescribeRegistryCommand({})))).toBe('ok');
    expect(ecr.calls.count()).toBe(3);
  });

  it('strikes until a time', async () => {
    ecr.faults.place({ until: clock + 1_000, effect: { is: 'throttle' } });
    expect(await read(ireland)).toBe('ThrottlingException');
    clock += 1_000;
    expect(await read(ireland)).toBe('ok');
  });

  it('delays an answer', async () => {
    ecr.faults.place({ effect: { is: 'latency', ms: 30 } });
    ecr.faults.place({ effect: { is: 'latency', ms: 40 } });
    const startedAt = performance.now();
    expect(await read(ireland)).toBe('ok');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(69);
  });

  it('is over when all are cleared', async () => {
    ecr.faults.place({ effect: { is: 'server-error' } });
    ecr.faults.clear();
    expect(await read(ireland)).toBe('ok');
  });
});

describe('throttling', () => {
  const call = () => {
    const answer = ecr.call(ireland, 'DescribeRegistry', {});
    return answer.is === 'ok';
  };

  it('can let so many calls through a second', () => {
    ecr.faults.place({ effect: { is: 'throttle', perSecond: 3 } });
    const passed = (calls: number) => Array.from({ length: calls }, call).filter((is) => is).length;
    expect(passed(10)).toBe(3);
    clock += 500;
    expect(passed(10)).toBe(1);
    clock += 60_000;
    expect(passed(10)).toBe(3);
  });

  it('can strike every nth call', () => {
    ecr.faults.place({ effect: { is: 'throttle', everyNth: 3 } });
    expect(Array.from({ length: 6 }, call)).toEqual([true, true, false, true, true, false]);
  });
});

describe('the log of calls', () => {
  it('counts all calls, and keeps the last', () => {
    for (let calls = 0; calls < 12; calls++) ecr.call(ireland, 'DescribeRegistry', { number: calls });
    ecr.call(tokyo, 'ListImages', { repositoryName: 'team/api' });
    ecr.call(tokyo, 'NoSuchOperation', {});
    expect(ecr.calls.count()).toBe(13);
    expect(ecr.calls.count({ registry: ireland })).toBe(12);
    expect(ecr.calls.count({ operation: 'ListImages', registry: ireland })).toBe(0);
    expect(ecr.calls.count({ outcome: 'RepositoryNotFoundException' })).toBe(1);
    expect(ecr.calls.recent()).toHaveLength(5);
    expect(ecr.calls.recent().at(-1)).toEqual({
      at: clock,
      operation: 'ListImages',
      caller: tokyo,
      registry: tokyo,
      input: { repositoryName: 'team/api' },
      outcome: 'RepositoryNotFoundException',
    });
    ecr.calls.reset();
    expect([ecr.calls.count(), ecr.calls.recent().length]).toEqual([0, 0]);
  });
});
