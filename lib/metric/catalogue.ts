/** Every metric that the monitor publishes: its unit, its dimensions and what it means. Public API: see CHANGELOG. */

export const metricNamespace = 'ECR/ReplicationMonitor';

type Unit = 'Seconds' | 'Count' | 'Percent';

export interface MetricDescription {
  readonly unit: Unit;
  /** Sets of dimensions it is published under; each set of values is a metric that CloudWatch bills. */
  readonly dimensions: readonly Dimension[];
  /** Published without dimensions as well: an alarm on all destinations together cannot search for them. */
  readonly total?: true;
  readonly meaning: string;
}

export type Dimension = 'SourceRegion' | 'DestinationRegion' | 'Reason' | 'Repository' | 'Region';

const replica = ['SourceRegion', 'DestinationRegion'] as const;
const destination = ['DestinationRegion'] as const;
const source = ['SourceRegion'] as const;

export const metricCatalogue = {
  ReplicationLag: {
    unit: 'Seconds',
    dimensions: replica,
    total: true,
    meaning: 'from push to arrival of a verified replica; percentiles work',
  },
  ReplicasVerified: { unit: 'Count', dimensions: replica, meaning: 'replicas seen at their destination' },
  ReplicasFailed: {
    unit: 'Count',
    dimensions: replica,
    meaning: 'replicas reported because ECR said that they failed',
  },
  ReplicasOverdue: {
    unit: 'Count',
    dimensions: replica,
    meaning: 'replicas reported because they were not as they must be at their deadline',
  },
  ReplicasRecovered: {
    unit: 'Count',
    dimensions: replica,
    meaning: 'reported replicas that were seen at their destination afterwards',
  },
  ReplicasUnreadable: {
    unit: 'Count',
    dimensions: [...replica, 'Reason'] as const,
    meaning: 'looks that could not tell, by reason',
  },
  PushesSeen: {
    unit: 'Count',
    dimensions: source,
    meaning: 'pushes, and images restored at their source, that reached the monitor, each once',
  },
  PushesExempt: {
    unit: 'Count',
    dimensions: source,
    meaning: 'pushes to repositories that no replication rule covers, or that the parameters ignore',
  },
  PushesWithdrawn: {
    unit: 'Count',
    dimensions: source,
    meaning: 'pushes whose image was deleted at the source while it was waited for',
  },
  EventsNotOurs: {
    unit: 'Count',
    dimensions: [] as const,
    meaning: 'messages acknowledged unread: not a successful push, not a replication report',
  },
  EventsUnparseable: {
    unit: 'Count',
    dimensions: [] as const,
    meaning: 'messages that could not be read and went to the dead-letter queue',
  },
  OpenIncidents: {
    unit: 'Count',
    dimensions: destination,
    total: true,
    meaning: 'replicas, or destinations, that are not as they must be now; every minute, zero included',
  },
  OldestIncidentAge: {
    unit: 'Seconds',
    dimensions: destination,
    meaning: 'how long the oldest of them has been open; every minute, zero included',
  },
  SweepImages: {
    unit: 'Count',
    dimensions: replica,
    meaning:
      'replicas that a sweep expected: images that rules cover, but for those younger than their deadline; each sweep',
  },
  SweepMissing: {
    unit: 'Count',
    dimensions: replica,
    meaning: 'of them, those that were not there and should have been replicated',
  },
  SweepHistory: {
    unit: 'Count',
    dimensions: replica,
    meaning: 'of them, those that were not there because they are older than their rule, or than the monitor',
  },
  SweepTagMismatch: {
    unit: 'Count',
    dimensions: replica,
    meaning: 'of them, those that were there without one of their tags',
  },
  SweepArchived: {
    unit: 'Count',
    dimensions: replica,
    meaning: 'of them, those that were archived there and not at the source',
  },
  SweepExtra: {
    unit: 'Count',
    dimensions: replica,
    meaning: 'images of the same repositories that only the destination has',
  },
  SweepUnreadable: {
    unit: 'Count',
    dimensions: replica,
    total: true,
    meaning: 'repositories that a sweep could not compare there; each sweep, zero included',
  },
  SweepCoverage: {
    unit: 'Percent',
    dimensions: replica,
    meaning:
      'replicas in sync ÷ replicas expected at the last sweep: could you fail over to this Region? Every minute',
  },
  SweepCoverageDrop: {
    unit: 'Percent',
    dimensions: replica,
    total: true,
    meaning: 'how many percentage points lower that is than at the sweep before; each sweep, zero included',
  },
  SweepAge: {
    unit: 'Seconds',
    dimensions: source,
    total: true,
    meaning:
      'since the last complete sweep began; until there is one, since the registry is watched; every minute',
  },
  SweepCalls: {
    unit: 'Count',
    dimensions: ['Region'] as const,
    meaning: 'calls to ECR that sweeps made, by the Region that they went to',
  },
  BackfillProgress: {
    unit: 'Percent',
    dimensions: replica,
    meaning: 'how much of a replication backfill is done; while it runs, and once when it has ended',
  },
  BackfillFailures: {
    unit: 'Count',
    dimensions: replica,
    meaning: 'images that an ended backfill did not bring: failed, or called copied and not seen there',
  },
  Heartbeat: {
    unit: 'Count',
    dimensions: [] as const,
    meaning: 'follow-up runs; none means that the monitor is blind',
  },
} satisfies Record<string, MetricDescription>;

export type MetricName = keyof typeof metricCatalogue;

type DimensionsOf<N extends MetricName> = (typeof metricCatalogue)[N]['dimensions'][number];

/** One value of one metric, with exactly the dimensions that the catalogue gives it. */
export type Measurement = {
  readonly [N in MetricName]: {
    readonly name: N;
    readonly value: number;
    readonly dimensions: { readonly [D in DimensionsOf<N>]: string };
    /** Whose it is; a dimension of its own only for the prefixes that the user lists, since each set is billed. */
    readonly repository?: string;
  };
}[MetricName];
