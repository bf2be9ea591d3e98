/** Replicas as failures name them, and whether an incident is about one. */

import { registryKey, sameRegistry } from '../../../lib/image/registry.ts';
import type { Incident } from '../../../lib/incident/incident.ts';
import type { Replica } from '../../../lib/replication/rules.ts';

export function inWords({ source, repository, digest, tag, destination }: Replica): string {
  return `${repository}${tag === undefined ? '' : `:${tag}`}@${digest.slice(7, 15)} ${registryKey(source)}→${registryKey(destination)}`;
}

export function isAbout(incident: Incident | undefined, replica: Replica): boolean {
  if (incident?.state !== 'open' || incident.kind === 'unreadable') return false;
  const { source, repository, digest, tag, destination } = incident.replica;
  return (
    digest === replica.digest &&
    repository === replica.repository &&
    sameRegistry(source, replica.source) &&
    sameRegistry(destination, replica.destination) &&
    (incident.kind !== 'tag-mismatch' || tag === replica.tag)
  );
}
