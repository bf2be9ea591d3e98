/** Whether a destination with missing images gets a backfill now; the one place where that is decided. */

import { type Registry, registryKey, sameRegistry } from '../image/registry.ts';
import { type Backfill, isOver } from './backfill.ts';

/** `off`: nothing is started. `stop`: what the monitor started is stopped as well. */
export const repairModes = ['off', 'backfill', 'stop'] as const;
export type RepairMode = (typeof repairModes)[number];

export interface Destination {
  readonly source: Registry;
  readonly destination: Registry;
  /** Images that incidents say are missing there. */
  readonly missing: number;
  /** What the last complete sweep found missing, images from before the rule among them, and when it began (epoch ms). */
  readonly swept?: { readonly missing: number; readonly at: number };
}

export type RepairStep =
  | { readonly do: 'start' }
  | {
      readonly do: 'nothing';
      readonly because:
        | 'nothing is missing'
        | 'not allowed'
        | 'another account'
        | 'one is running'
        | 'one a day';
      /** Of the backfill that stands in the way. */
      readonly id?: string;
    };

const dayMs = 24 * 60 * 60 * 1000;

/**
 * `backfills`: all of the source, by whomever. What ECR lists is the only record of the last one: nothing of one's
 * own could be lost, or be ahead of what happened. One runs in a destination Region at a time, whatever its account.
 */
export function repairStep(
  { source, destination, missing, swept }: Destination,
  backfills: readonly Backfill[],
  {
    home,
    allowed,
    now,
  }: { readonly home: Registry; readonly allowed?: readonly string[]; readonly now: number },
): RepairStep {
  const last = backfills
    .filter((one) => sameRegistry(one.destination, destination))
    .reduce((latest, { startedAt }) => Math.max(latest, startedAt), 0);
  // A sweep from before the last backfill does not know what that one brought.
  const known = missing + (swept !== undefined && swept.at > last ? swept.missing : 0);
  if (known === 0) return { do: 'nothing', because: 'nothing is missing' };
  if (source.account !== home.account) return { do: 'nothing', because: 'another account' };
  if (
    allowed !== undefined &&
    !allowed.includes(destination.region) &&
    !allowed.includes(registryKey(destination))
  )
    return { do: 'nothing', because: 'not allowed' };
  const running = backfills.find((one) => !isOver(one) && one.destination.region === destination.region);
  if (running !== undefined) return { do: 'nothing', because: 'one is running', id: running.id };
  const recent = backfills.find(
    (one) => sameRegistry(one.destination, destination) && one.startedAt > now - dayMs,
  );
  if (recent !== undefined) return { do: 'nothing', because: 'one a day', id: recent.id };
  return { do: 'start' };
}
