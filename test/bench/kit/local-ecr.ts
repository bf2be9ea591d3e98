/** A local ECR over loopback for a bench, by the real clock or by one that is turned, as slow and as strict as AWS's. */

import type { Registry } from '../../../lib/image/registry.ts';
import { createEcr, type Ecr, type EcrOptions } from '../../../lib/local/ecr-model.ts';
import { startEcrServer } from '../../../lib/local/ecr-server.ts';
import { source } from '../../samples.ts';
import { threeDestinations } from './registries.ts';

/** What every bench takes ECR to be like where time matters; AWS publishes neither. */
export const usualLatencyMs = 40;
export const usualCallsPerSecond = 20;

export interface LocalEcr {
  readonly ecr: Ecr;
  readonly url: string;
  readonly stop: () => Promise<void>;
}

export interface LocalEcrOptions extends EcrOptions {
  readonly latencyMs?: number;
  /** Of one registry; more are throttled. */
  readonly callsPerSecond?: number;
}

/** Points the SDK of this process at it; the SDK reads the environment at each new client. */
export async function startLocalEcr(options: LocalEcrOptions): Promise<LocalEcr> {
  const { latencyMs, callsPerSecond } = options;
  const ecr = createEcr(options);
  if (latencyMs !== undefined) ecr.faults.place({ effect: { is: 'latency', ms: latencyMs } });
  // A bucket is one for all calls that it judges, and each Region of an account has its own.
  for (const { region } of callsPerSecond === undefined ? [] : [source, ...threeDestinations]) {
    ecr.faults.place({ region, effect: { is: 'throttle', perSecond: callsPerSecond ?? 0 } });
  }
  const { url, stop } = await startEcrServer({ ecr, ...source });
  Object.assign(process.env, environmentOf(url));
  return { ecr, url, stop };
}

export function environmentOf(url: string): Record<string, string> {
  return {
    AWS_REGION: source.region,
    AWS_ACCESS_KEY_ID: source.account,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: url,
  };
}

export function replicate(ecr: Ecr, from: Registry, prefix: string, to: readonly Registry[]): void {
  const destinations = to.map(({ account, region }) => ({ registryId: account, region }));
  const repositoryFilters = [{ filter: prefix, filterType: 'PREFIX_MATCH' }];
  const answer = ecr.call(from, 'PutReplicationConfiguration', {
    replicationConfiguration: { rules: [{ destinations, repositoryFilters }] },
  });
  if (answer.is !== 'ok') throw new Error('the local ECR did not take the rules');
  ecr.calls.reset();
}
