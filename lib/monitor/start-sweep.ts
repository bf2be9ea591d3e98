/** The use case behind `sweep`: what is to be compared is listed, put on record as a run, and sent, a message a repository. */

import { parseSweepOrder, type SweepOrder, writeSweepMessage } from '../event/sweep-message.ts';
import { parseRegistry, type Registry, registryKey } from '../image/registry.ts';
import type { Measurement } from '../metric/catalogue.ts';
import type { Policies } from '../policies.ts';
import type { Ports } from '../ports.ts';
import { expectedSince } from '../sweep/watched.ts';
import { publishMetrics } from './carry-out.ts';
import { listRepositoriesToSweep, type RepositoryToSweep } from './repositories-to-sweep.ts';
import { watchRegistry } from './watch-registry.ts';

export interface SweepConfig {
  readonly hub: Registry;
  /** Absent: the hub's own. */
  readonly sourceRegistries?: readonly Registry[];
  readonly policies: Policies;
}

type StartPorts = Pick<
  Ports,
  | 'now'
  | 'log'
  | 'readRules'
  | 'readRepositories'
  | 'readWatched'
  | 'saveWatched'
  | 'beginRun'
  | 'sendAgain'
  | 'takeCalls'
  | 'putMetrics'
>;

/**
 * `invocation`: the same when Lambda tries the same order again; then the run is the same one, and whatever is sent
 * twice is compared twice and counted once. One registry that fails holds back no other; in the end it is thrown.
 */
export async function startSweep(
  ports: StartPorts,
  config: SweepConfig,
  event: unknown,
  invocation: string,
): Promise<void> {
  const order = parseSweepOrder(event);
  if (!order.ok) throw new Error(order.fault);
  const faults: string[] = [];
  for (const source of sourcesOf(config, order.value)) {
    try {
      await startOne(ports, config.policies, source, order.value.prefix, invocation);
    } catch (error) {
      faults.push(`${registryKey(source)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const calls = [...ports.takeCalls()].map(
    ([Region, value]): Measurement => ({ name: 'SweepCalls', value, dimensions: { Region } }),
  );
  await publishMetrics(ports, config.policies, calls);
  if (faults.length > 0) throw new Error(`not swept: ${faults.join('; ')}`);
}

function sourcesOf({ hub, sourceRegistries = [hub] }: SweepConfig, order: SweepOrder): readonly Registry[] {
  if (order.registry === undefined) return sourceRegistries;
  const registry = parseRegistry(order.registry);
  if (!registry.ok) throw new Error(registry.fault);
  return [registry.value];
}

async function startOne(
  ports: StartPorts,
  policies: Policies,
  source: Registry,
  prefix: string | undefined,
  invocation: string,
): Promise<void> {
  const startedAt = ports.now();
  const listed = await listRepositoriesToSweep(
    ports,
    policies,
    source,
    prefix === undefined ? {} : { prefix },
  );
  if (listed.is === 'unreadable') throw new Error(`its rules cannot be read (${listed.why})`);
  const watched = await watchRegistry(ports, source, listed.rules);
  const run = `${invocation} ${registryKey(source)}`;
  await ports.beginRun({
    id: run,
    source,
    startedAt,
    ...(prefix === undefined ? {} : { prefix }),
    repositories: listed.covered.length,
    results: listed.covered.reduce((sum, { destinations }) => sum + destinations.length, 0),
  });
  const messageOf = ({ repository, destinations }: RepositoryToSweep) => ({
    id: repository,
    body: writeSweepMessage({
      is: 'compare',
      run,
      source,
      repository,
      destinations: destinations.map((registry) => ({
        registry,
        expectedSince: expectedSince(watched, repository, registry),
      })),
      watchedSince: watched.since,
      since: startedAt,
      stops: 0,
    }),
    delaySeconds: 0,
  });
  const unsent = await ports.sendAgain(listed.covered.map(messageOf));
  ports.log('INFO', 'Sweep begun', {
    run,
    repositories: listed.covered.length,
    uncovered: listed.repositories.length - listed.covered.length,
  });
  if (unsent.size > 0) throw new Error(`${unsent.size} messages could not be sent`);
}
