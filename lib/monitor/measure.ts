/** What was seen and reported, as measurements of the metric catalogue. */

import type { Incident } from '../incident/incident.ts';
import type { Measurement } from '../metric/catalogue.ts';
import type { Ports } from '../ports.ts';
import type { Decision } from '../replication/decision.ts';
import { lagSeconds } from '../replication/lag.ts';
import type { Replica } from '../replication/rules.ts';
import type { Inquiry, Outcome } from './settle.ts';

/** What a set of outcomes counts as, by the metric catalogue; what is reported is counted when its incident opens. */
export function measureLooks(outcomes: Iterable<Outcome>): readonly Measurement[] {
  const measurements: Measurement[] = [];
  for (const { inquiry, replica, verdict, decision } of outcomes) {
    const { repository } = replica;
    const dimensions = regionsOf(replica);
    if (verdict.is === 'unreadable') {
      measurements.push({
        name: 'ReplicasUnreadable',
        value: 1,
        dimensions: { ...dimensions, Reason: verdict.why },
        repository,
      });
    }
    if (decision.do !== 'done' || decision.as !== 'verified') continue;
    measurements.push({ name: 'ReplicasVerified', value: 1, dimensions, repository });
    const lag = lagOf(inquiry, decision);
    if (lag !== undefined) measurements.push({ name: 'ReplicationLag', value: lag, dimensions, repository });
  }
  return measurements;
}

/** Seconds from push to arrival, of a replica that a push waited for. A report's own time is not the push's. */
export function lagOf(inquiry: Inquiry, decision: Decision): number | undefined {
  if (inquiry.askedBy !== 'push' || decision.do !== 'done') return undefined;
  return lagSeconds(inquiry.since, decision.arrivedAt);
}

/** One a replica, counted by whoever opened its incident; an unreadable destination is counted look by look. */
export function measureOpened(opened: Iterable<Incident>): readonly Measurement[] {
  const measurements: Measurement[] = [];
  for (const { kind, replica } of opened) {
    if (kind === 'unreadable') continue;
    const name = kind === 'failed' ? 'ReplicasFailed' : 'ReplicasOverdue';
    measurements.push({ name, value: 1, dimensions: regionsOf(replica), repository: replica.repository });
  }
  return measurements;
}

export function measureResolved(resolved: Iterable<Incident>): readonly Measurement[] {
  return [...resolved]
    .filter(({ kind }) => kind !== 'unreadable')
    .map(({ replica }) => ({
      name: 'ReplicasRecovered',
      value: 1,
      dimensions: regionsOf(replica),
      repository: replica.repository,
    }));
}

function regionsOf(replica: Replica): { SourceRegion: string; DestinationRegion: string } {
  return { SourceRegion: replica.source.region, DestinationRegion: replica.destination.region };
}

/** ECR calls of a function that has a budget of them. */
export function callsOf(ports: Pick<Ports, 'takeCalls'>): readonly Measurement[] {
  return [...ports.takeCalls()].map(([Region, value]) => ({
    name: 'SweepCalls',
    value,
    dimensions: { Region },
  }));
}
