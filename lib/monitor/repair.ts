/**
 * The use case behind `repair`: a destination with missing images gets a backfill, one a day at most, never while one
 * runs. It starts and stops; what becomes of it is seen and told by whoever watches backfills.
 */

import { type Registry, registryKey, sameRegistry } from '../image/registry.ts';
import type { Ports } from '../ports.ts';
import { type Backfill, isOver } from '../sweep/backfill.ts';
import type { BackfillPorts, RepairPorts } from '../sweep/backfill-ports.ts';
import { type Destination, type RepairMode, repairStep } from '../sweep/repair.ts';
import type { WatchedRegistry } from '../sweep/watched.ts';
import { readMissing } from './missing.ts';

type Asked = Pick<Ports, 'now' | 'log' | 'readRules' | 'readOpen' | 'readWatched'> &
  Pick<BackfillPorts, 'readBackfills' | 'readBackfillRecords'> &
  RepairPorts;

export interface RepairConfig {
  readonly hub: Registry;
  readonly repair: RepairMode;
  readonly allowedDestinations?: readonly string[];
}

/** Throws when nothing is known of a source: Lambda's error metric is how people hear of it, the next run tries again. */
export async function repair(
  ports: Asked,
  config: RepairConfig,
  sources: readonly Registry[],
): Promise<void> {
  const faults: string[] = [];
  for (const source of config.repair === 'off' ? [] : sources) {
    try {
      const reading = await ports.readBackfills(source);
      if (reading.is === 'unreadable') throw new Error(`the backfills cannot be read: ${reading.why}`);
      if (config.repair === 'stop') await stopOwn(ports, source, reading.value);
      else await repairSource(ports, config, source, reading.value);
    } catch (error) {
      faults.push(`${registryKey(source)}: ${String(error)}`);
    }
  }
  if (faults.length > 0) throw new Error(`not repaired: ${faults.join('; ')}`);
}

async function repairSource(
  ports: Asked,
  { hub, allowedDestinations }: RepairConfig,
  source: Registry,
  backfills: readonly Backfill[],
): Promise<void> {
  const rules = await ports.readRules(source);
  if (rules.is === 'unreadable') throw new Error(`the rules cannot be read: ${rules.why}`);
  const named = rules.rules.flatMap(({ destinations }) => destinations);
  const watched = (await ports.readWatched()).find((one) => sameRegistry(one.source, source));
  const destinations = new Map(named.map((destination) => [registryKey(destination), destination]));
  for (const destination of destinations.values()) {
    if (sameRegistry(source, destination)) continue;
    const open = await readMissing(ports, destination);
    const missing = open.filter(({ replica }) => sameRegistry(replica.source, source)).length;
    const limits = {
      home: hub,
      now: ports.now(),
      ...(allowedDestinations === undefined ? {} : { allowed: allowedDestinations }),
    };
    const swept = sweptOf(watched, destination);
    const wanted = { source, destination, missing, ...(swept === undefined ? {} : { swept }) };
    const step = repairStep(wanted, backfills, limits);
    const route = { source: registryKey(source), destination: registryKey(destination), missing, swept };
    if (step.do === 'start') await start(ports, source, destination, route);
    else ports.log('DEBUG', 'No backfill started', { ...route, because: step.because, backfill: step.id });
  }
}

function sweptOf(watched: WatchedRegistry | undefined, destination: Registry): Destination['swept'] {
  const route = watched?.latest?.routes.find((one) => sameRegistry(one.destination, destination));
  if (watched?.latest === undefined || route === undefined) return undefined;
  return { missing: route.counts.missing + route.counts.history, at: watched.latest.startedAt };
}

/** Noted after it was started: a crash in between leaves a backfill that is taken for somebody else's, and is told all the same. */
async function start(
  ports: Asked,
  source: Registry,
  destination: Registry,
  route: Readonly<Record<string, unknown>>,
): Promise<void> {
  const answer = await ports.startBackfill(source, destination);
  if (answer.is !== 'started') return ports.log('WARN', 'Backfill refused', { ...route, because: answer.is });
  await ports.noteStarted({ source, id: answer.id }, ports.now());
  ports.log('INFO', 'Backfill started', { ...route, backfill: answer.id });
}

/** Only what the monitor started: what people started is theirs. */
async function stopOwn(ports: Asked, source: Registry, backfills: readonly Backfill[]): Promise<void> {
  const { records } = await ports.readBackfillRecords(source);
  for (const backfill of backfills) {
    if (isOver(backfill) || backfill.status === 'STOPPING') continue;
    if (records.get(backfill.id)?.startedBy !== 'monitor') continue;
    const outcome = await ports.stopBackfill(backfill);
    ports.log('WARN', 'Backfill stopped', { backfill: backfill.id, outcome });
  }
}
