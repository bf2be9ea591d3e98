/** Silences: what somebody asked not to be told about for a while. They hold back notices, never records or metrics. */

import { registryKey } from '../image/registry.ts';
import type { Group, Incident } from './incident.ts';

/** Matches what all of its given parts match. Times are epoch milliseconds. */
export interface Silence {
  readonly id: string;
  /** `ACCOUNT/REGION`, or a Region alone. */
  readonly destination?: string;
  readonly repositoryPrefix?: string;
  /** `repository:tag` or `repository@digest`. */
  readonly image?: string;
  readonly from: number;
  readonly until: number;
  readonly author: string;
  readonly reason: string;
}

export function isActive(silence: Silence, now: number): boolean {
  return silence.from <= now && now < silence.until;
}

/** Whether it concerns a group at all; if `all`, everything in the group is silent. */
export function scopeIn(silence: Silence, group: Group): 'none' | 'some' | 'all' {
  const { destination, repositoryPrefix, image } = silence;
  const { region } = group.destination;
  if (destination !== undefined && destination !== region && destination !== registryKey(group.destination))
    return 'none';
  return repositoryPrefix === undefined && image === undefined ? 'all' : 'some';
}

/** Whether an incident of a group that the silence concerns is silent. */
export function covers(silence: Silence, { replica }: Incident): boolean {
  const { repositoryPrefix, image } = silence;
  const { repository, digest, tag } = replica;
  if (repositoryPrefix !== undefined && !repository.startsWith(repositoryPrefix)) return false;
  return image === undefined || image === `${repository}@${digest}` || image === `${repository}:${tag}`;
}
