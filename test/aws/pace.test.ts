/** The budget of calls: each registry has its own, every try counts, and nobody gets a burst. */

import { BatchGetImageCommand, type ECRClient, ListImagesCommand } from '@aws-sdk/client-ecr';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ecrClients } from '../../lib/aws/clients.ts';
import { unpacedCommands } from '../../lib/aws/ecr-manifests.ts';
import { createPace } from '../../lib/aws/pace.ts';
import { manifestsPassPorts } from '../../lib/aws/sweep-ports.ts';
import { loadConfig } from '../../lib/config.ts';
import { startLocalAws } from '../../lib/local/local-aws.ts';
import { digestOf, ireland, source, sydney } from '../samples.ts';

const environment = {
  INCIDENTS_TABLE: 'incidents',
  ALERT_TOPIC_ARN: `arn:aws:sns:${source.region}:${source.account}:alerts`,
  MANIFESTS_ROLE_ARN: `arn:aws:iam::${source.account}:role/manifests`,
};

/** A clock that pauses turn, and when each call was let through. */
async function startPaced(callsPerSecond: number) {
  const aws = await startLocalAws();
  onTestFinished(() => aws.stop());
  for (const registry of [ireland, sydney]) aws.ecr.seed(registry, 'prod-web', []);
  let time = 0;
  const pace = createPace(callsPerSecond, unpacedCommands, {
    now: () => time,
    pause: async (milliseconds) => {
      time += milliseconds;
    },
  });
  Object.assign(process.env, aws.environment());
  const clients = ecrClients(ireland, undefined, pace);
  const clientFor = (registry: typeof ireland): ECRClient => {
    const client = clients(registry);
    onTestFinished(() => client.destroy());
    return client;
  };
  const ask = (client: ECRClient) => client.send(new ListImagesCommand({ repositoryName: 'prod-web' }));
  return { aws, pace, clientFor, ask, time: () => time };
}

describe('paced calls', () => {
  it('to one registry come one after the other, evenly', async () => {
    const { clientFor, ask, time } = await startPaced(4);
    const client = clientFor(ireland);
    for (let n = 0; n < 9; n += 1) await ask(client);
    expect(time()).toBe(8 * 250);
  });

  it('to two registries do not wait for each other', async () => {
    const { clientFor, ask, time } = await startPaced(4);
    const [first, second] = [clientFor(ireland), clientFor(sydney)];
    await ask(first);
    await ask(second);
    expect(time()).toBe(0);
  });

  it('count every try, and are told once', async () => {
    const { aws, pace, clientFor, ask, time } = await startPaced(10);
    aws.ecr.faults.place({ effect: { is: 'throttle' } }, 2);
    await ask(clientFor(ireland));
    await ask(clientFor(sydney));
    expect(aws.ecr.calls.count()).toBe(4);
    expect(time()).toBe(2 * 100);
    expect(pace.takeCalls()).toEqual(
      new Map([
        [ireland.region, 3],
        [sydney.region, 1],
      ]),
    );
    expect(pace.takeCalls()).toEqual(new Map());
  });

  it('are not those whose rate AWS publishes: they neither wait nor count', async () => {
    const { pace, clientFor, ask, time } = await startPaced(4);
    const client = clientFor(ireland);
    await ask(client);
    const imageIds = [{ imageTag: '1.0' }];
    for (let n = 0; n < 9; n += 1)
      await client.send(new BatchGetImageCommand({ repositoryName: 'prod-web', imageIds }));
    expect(time()).toBe(0);
    expect(pace.takeCalls()).toEqual(new Map([[ireland.region, 1]]));
  });

  it('of the pass over manifests are paced but for those two', async () => {
    const { clientFor } = await startPaced(4);
    clientFor(ireland);
    const config = loadConfig({ ...environment, SWEEP_CALLS_PER_SECOND: '0.1' }, 'manifests');
    if (!config.ok) throw new Error(config.fault);
    const own = { now: Date.now, chance: Math.random, log: () => {} };
    const ports = manifestsPassPorts(config.value, own);
    // A call a hundred seconds: who waited would not be through.
    for (let n = 0; n < 5; n += 1) {
      await ports.readManifests(ireland, 'prod-web', [digestOf('a')]);
      await ports.readLayers(ireland, 'prod-web', [digestOf('b')]);
    }
    expect(ports.takeCalls()).toEqual(new Map());
    await ports.readTops(ireland, 'prod-web', undefined);
    expect(ports.takeCalls()).toEqual(new Map([[ireland.region, 1]]));
  });
});
