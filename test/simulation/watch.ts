/** What an invariant sees of a run, and how it says that it is broken. */

import type { Registry } from '../../lib/image/registry.ts';
import type { Incident } from '../../lib/incident/incident.ts';
import type { Notice } from '../../lib/incident/notice.ts';
import type { Series } from '../../lib/metric/series.ts';
import type { DelayedMessage } from '../../lib/ports.ts';
import type { IncidentKind } from '../../lib/replication/decision.ts';
import type { Replica } from '../../lib/replication/rules.ts';
import type { BackfillModel } from './backfills.ts';
import type { EcrEvent, EcrModel } from './ecr.ts';
import type { Faults } from './faults.ts';
import type { History } from './history.ts';
import type { Invocation, Process } from './invocation.ts';
import type { Message, QueueModel } from './queue.ts';
import type { Setting } from './story.ts';
import type { TableModel } from './table.ts';
import type { Truth } from './truth.ts';

/** An image that a push, with the rules of its moment, must bring to a destination. */
export interface Expectation {
  readonly replica: Replica;
  /** By the world's clock. */
  readonly pushedAt: number;
  readonly deadlineAt: number;
  /** When its event came to the queue; undefined when it was lost. */
  deliveredAt: number | undefined;
}

/** A notice as its subscribers got it: of the document for machines what is asked about. */
export interface Told {
  readonly sequence: number;
  readonly notice: 'firing' | 'update' | 'reminder' | 'clear';
  readonly kind: IncidentKind;
  readonly destination: Registry;
  readonly open: number;
  readonly news: Readonly<Record<'opened' | 'resolved' | 'withdrawn' | 'givenUp', number>>;
  readonly incidents: readonly {
    readonly state: string;
    readonly repository: string;
    readonly digest: string;
    readonly tag?: string;
  }[];
}

export interface EndTold {
  readonly backfill: string;
  readonly severity: 'warning' | 'info';
  readonly status: string;
  readonly startedBy: 'monitor' | 'somebody else';
}

export type Run = Invocation<Process>;

/** The world as invariants may ask about it. */
export interface Seen {
  readonly now: () => number;
  readonly setting: Setting;
  readonly faults: Pick<Faults, 'lastAt'>;
  readonly ecr: EcrModel;
  readonly truth: Truth;
  readonly expectations: readonly Expectation[];
  /** Every state of every incident, by id. */
  readonly incidents: History<Incident | undefined>;
  /** Those of events. */
  readonly queues: readonly QueueModel[];
  readonly table: Pick<TableModel, 'readWatched' | 'resultsOf' | 'readSilences'>;
  readonly backfills: Pick<BackfillModel, 'of' | 'results'> & {
    /** When the monitor began to watch those of a source (epoch ms), by its own word. */
    readonly watchedSince: (source: Registry) => number | undefined;
  };
  /** When sweeps began (epoch ms). */
  readonly sweeps: readonly number[];
  readonly fail: (what: string) => void;
}

/** What an invariant wants to hear of. */
export interface Watch {
  readonly saved?: (incident: Incident, before: Incident | undefined, run: Run) => void;
  readonly claimed?: (notice: Notice, run: Run) => void;
  readonly confirmed?: (notice: Notice) => void;
  readonly taken?: (told: Told, run: Run) => void;
  /** The end of a backfill as its subscribers got it. */
  readonly endTold?: (end: EndTold, run: Run) => void;
  readonly endConfirmed?: (backfill: string) => void;
  readonly backfillStarted?: (source: Registry, destination: Registry, run: Run) => void;
  /** A notice is on its way to Slack, has come there, or is a dead letter. */
  readonly handedToSlack?: (message: string) => void;
  readonly posted?: (run: Run) => void;
  readonly slackGaveUp?: (message: string) => void;
  /** Images were pulled, to be read. */
  readonly pulled?: (registry: Registry, run: Run) => void;
  readonly measured?: (series: readonly Series[], run: Run) => void;
  readonly emitted?: (event: EcrEvent) => void;
  /** A message is in a queue: an event's, or one that a run has sent again. */
  readonly queued?: (
    message: Message,
    queue: string,
    sent?: { readonly run: Run; readonly message: DelayedMessage },
  ) => void;
  readonly received?: (messages: readonly Message[], run: Run) => void;
  /** A message has left its queue because a run said that it is done with. */
  readonly acknowledged?: (message: Message, queue: string, run: Run) => void;
  readonly ended?: (run: Run) => void;
  /** Every minute. */
  readonly checked?: () => void;
  /** Everything that was to happen has happened, faults are over, and time enough has passed. */
  readonly atRest?: () => void;
  /** After everything was repaired and time enough has passed once more. */
  readonly atEnd?: () => void;
}

export interface Invariant {
  readonly name: string;
  readonly watch: (seen: Seen) => Watch;
}
