/** The start of the functions that go through whole registries, each with the ports that it needs and no others. */

import {
  backfillPorts,
  listingPorts,
  manifestsPassPorts,
  repairPorts,
  settingsPassPorts,
  sweepingPorts,
} from '../aws/sweep-ports.ts';
import { type Started, startUp } from './start-up.ts';

export function startUpToList(): Started<ReturnType<typeof listingPorts>> {
  return startUp('sweep', listingPorts);
}

export function startUpToSweep(): Started<ReturnType<typeof sweepingPorts>> {
  return startUp('sweep-repository', (config, own) => sweepingPorts(config, own));
}

export function settingsStartUp(): Started<ReturnType<typeof settingsPassPorts>> {
  return startUp('settings', settingsPassPorts);
}

export function manifestsStartUp(): Started<ReturnType<typeof manifestsPassPorts>> {
  return startUp('manifests', manifestsPassPorts);
}

export function backfillStartUp(): Started<ReturnType<typeof backfillPorts>> {
  return startUp('backfill', backfillPorts);
}

export function repairStartUp(): Started<ReturnType<typeof repairPorts>> {
  return startUp('repair', repairPorts);
}
