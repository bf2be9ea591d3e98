/** A sweep while ECR throttles, at its real pace: it finishes, and what pushes wait for is looked at as if it were not there. */

import { describe, expect, it, onTestFinished } from 'vitest';
import { settlingPorts } from '../../lib/aws/ports.ts';
import { listingPorts, sweepingPorts } from '../../lib/aws/sweep-ports.ts';
import { tableDefinition } from '../../lib/aws/table-definition.ts';
import { type Config, loadConfig } from '../../lib/config.ts';
import { type LocalAws, startLocalAws } from '../../lib/local/local-aws.ts';
import { memorySweepStore } from '../../lib/local/sweep-store.ts';
import { look } from '../../lib/monitor/look.ts';
import { startSweep } from '../../lib/monitor/start-sweep.ts';
import { settleSweepMessages } from '../../lib/monitor/sweep-message.ts';
import { defaultPolicies } from '../../lib/policies.ts';
import type { DelayedMessage } from '../../lib/ports.ts';
import { ireland, replicaOf, source } from '../samples.ts';
import { digestOfNumber } from './many-incidents.ts';

const repositories = 40;

/** Ten repositories that are where they must be, in a world with a clock that goes by itself. */
async function startRegistry(): Promise<LocalAws> {
  const aws = await startLocalAws();
  onTestFinished(() => aws.stop());
  Object.assign(process.env, aws.environment());
  await aws.createTable(tableDefinition('incidents'));
  const destinations = [{ region: ireland.region, registryId: ireland.account }];
  aws.ecr.call(source, 'PutReplicationConfiguration', {
    replicationConfiguration: { rules: [{ destinations }] },
  });
  for (let n = 0; n < repositories; n += 1) {
    for (const registry of [source, ireland]) {
      aws.ecr.seed(registry, `prod-${n}`, [{ digest: digestOfNumber(n), pushedAt: Date.now() - 86_400_000 }]);
    }
  }
  return aws;
}

function configOf(functionName: string, callsPerSecond: number): Config {
  const config = loadConfig(
    {
      INCIDENTS_TABLE: 'incidents',
      ALERT_TOPIC_ARN: `arn:aws:sns:${source.region}:${source.account}:alerts`,
      IMAGE_ACTION_QUEUE_URL: 'http://127.0.0.1/none',
      SWEEP_QUEUE_URL: 'http://127.0.0.1/none',
      SWEEP_CALLS_PER_SECOND: String(callsPerSecond),
    },
    functionName,
  );
  if (!config.ok) throw new Error(config.fault);
  return config.value;
}

const own = { now: Date.now, chance: () => 0.5, log: () => {} };

/** A whole sweep; answers how many of its results could be read. */
async function sweep(callsPerSecond: number): Promise<number> {
  const bodies: string[] = [];
  const store = memorySweepStore();
  const loaded = configOf('sweep-repository', callsPerSecond);
  const ports = {
    ...listingPorts(loaded, own),
    ...sweepingPorts(loaded, own),
    ...store,
    sendAgain: async (messages: readonly DelayedMessage[]) => {
      bodies.push(...messages.map(({ body }) => body));
      return new Set<string>();
    },
  };
  const config = { hub: source, policies: defaultPolicies };
  await startSweep(ports, config, {}, 'run');
  for (let body = bodies.shift(); body !== undefined; body = bodies.shift()) {
    await settleSweepMessages(ports, config.policies, [{ messageId: '1', body }], Number.POSITIVE_INFINITY);
  }
  let read = 0;
  for await (const page of store.readResults('run 111122223333/us-east-1')) {
    read += page.filter(
      ({ reading, counts }) => reading === 'read' && counts.inSync + counts.history === 1,
    ).length;
  }
  return read;
}

/** What pushes wait for: a look at Ireland ten times a second, each of which is one call if nothing is in its way. */
async function looks(count: number): Promise<number> {
  const ports = settlingPorts(configOf('image-action', 1), own);
  let verified = 0;
  for (let n = 0; n < count; n += 1) {
    const replica = {
      ...replicaOf({ repository: `prod-${n % repositories}`, digest: digestOfNumber(n % repositories) }),
    };
    const { tag: _, ...untagged } = replica;
    const [verdict] = await look(ports, [untagged]);
    if (verdict?.is === 'verified') verified += 1;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return verified;
}

describe('a registry that takes 20 calls a second, half of which pushes need', () => {
  it('throttles none of them because of a sweep, which keeps to its budget', {
    timeout: 60_000,
  }, async () => {
    const aws = await startRegistry();
    aws.ecr.faults.place({ region: ireland.region, effect: { is: 'throttle', perSecond: 20 } });
    const [verified, read] = await Promise.all([looks(20), sweep(15)]);
    expect(verified).toBe(20);
    expect(read).toBe(repositories);
    const throttled = aws.ecr.calls.count({ registry: ireland }) - (20 + repositories);
    expect(throttled).toBe(0);
  });
});

describe('a storm', () => {
  it('is outlasted by the sweep, which falls back behind the looks that go on beside it', {
    timeout: 60_000,
  }, async () => {
    const aws = await startRegistry();
    // Less than the sweep alone would ask for, by far.
    aws.ecr.faults.place({ region: ireland.region, effect: { is: 'throttle', perSecond: 12 } });
    const [verified, read] = await Promise.all([looks(20), sweep(300)]);
    expect([verified, read]).toEqual([20, repositories]);
    const tries = aws.ecr.calls.recent().filter(({ registry }) => registry.region === ireland.region);
    const ofLooks = tries.filter(({ input }) => 'imageIds' in (input as object));
    // The SDK learns the rate from its first refusals. Without that, nine of ten calls would be refused, and each look
    // take three.
    expect(ofLooks.length).toBeLessThan(1.5 * 20);
    expect(tries.length).toBeLessThan(1.5 * (20 + repositories));
  });
});
