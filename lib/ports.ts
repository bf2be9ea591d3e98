/** Everything that the use cases ask of the world, as functions; adapters give them, tests replace one at a time. */

import type { Digest } from './image/digest.ts';
import type { Registry } from './image/registry.ts';
import type { Group, Incident } from './incident/incident.ts';
import type { Notice } from './incident/notice.ts';
import type { Silence } from './incident/silence.ts';
import type { Series } from './metric/series.ts';
import type { ClaimsReading } from './replication/claim.ts';
import type { ImageRead } from './replication/reads.ts';
import type { ReplicationRule } from './replication/rules.ts';
import type { TagSettings } from './replication/tag-mutability.ts';
import type { ReadFault, Sighting } from './replication/verdict.ts';
import type { InventoryImage } from './sweep/comparison.ts';
import type { ListedResult, SweepResult, SweepRun } from './sweep/run.ts';
import type { SettingReading } from './sweep/setting-finding.ts';
import type { WatchedRegistry } from './sweep/watched.ts';

export type RulesReading =
  | { readonly is: 'read'; readonly rules: readonly ReplicationRule[] }
  | { readonly is: 'unreadable'; readonly why: ReadFault };

export interface KnownRules {
  readonly rules: readonly ReplicationRule[];
  readonly revision: number;
}

/** Which digest each tag is on; a tag that is nowhere is left out. */
export type TagsReading =
  | { readonly is: 'read'; readonly holders: ReadonlyMap<string, Digest> }
  | { readonly is: 'unreadable'; readonly why: ReadFault };

/** One page of a repository's images. `next`: what the next page is asked for with; absent on the last one. */
export type InventoryReading =
  | { readonly is: 'read'; readonly images: readonly InventoryImage[]; readonly next?: string }
  | { readonly is: 'unreadable'; readonly why: ReadFault };

/** A queue message to be sent again: the body as it came, and who of its replicas is still waited for. */
export interface DelayedMessage {
  readonly id: string;
  readonly body: string;
  readonly waitingFor?: readonly Registry[];
  /** 0 to 900, whole seconds. */
  readonly delaySeconds: number;
}

/** One text a protocol, and the attributes that subscribers filter by. */
export interface Publication {
  /** The same when it is sent again: a topic that has taken it need not take it twice. */
  readonly id?: string;
  readonly subject: string;
  /** `default` serves machines (lambda, sqs, http), `https` serves chat; without it chat gets the default. */
  readonly texts: { readonly default: string; readonly email: string; readonly https?: string };
  readonly attributes: Readonly<Record<string, string>>;
  /** What its topics are chosen by; absent: it is for the default topic alone. */
  readonly reach?: Reach;
}

/** Whom a publication concerns: how much, and which repositories it speaks of. */
export interface Reach {
  readonly severity: 'critical' | 'warning' | 'info';
  readonly repositories: readonly string[] | 'any';
}

/** What Slack answered to a message. */
export interface SlackAnswer {
  /** HTTP status. */
  readonly status: number;
  /** Slack's own word for it, such as `invalid_blocks`. */
  readonly word?: string;
  /** Of `Retry-After`. */
  readonly retryAfterSeconds?: number;
}

/** What posting to Slack asks of the world. The webhook's address is a secret: whoever knows it can post. */
export interface SlackPorts {
  /** SSM GetParameter, once a process; `fresh` reads it again. */
  readonly readWebhook: (age: 'kept' | 'fresh') => Promise<string>;
  /** Throws when no answer came, with a message that does not hold the address. */
  readonly postToSlack: (address: string, message: object) => Promise<SlackAnswer>;
  readonly pause: (milliseconds: number) => Promise<void>;
}

export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

/** What is open in a group: who, and the incidents themselves that opened first. */
export interface OpenIncidents {
  readonly ids: ReadonlySet<string>;
  readonly oldest: readonly Incident[];
}

export interface Ports {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A number from 0 to 1. */
  readonly chance: () => number;
  readonly log: (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;

  /** ECR DescribeRegistry; may be up to a minute old, but not read before `notBefore` (epoch ms). */
  readonly readRules: (source: Registry, notBefore?: number) => Promise<RulesReading>;
  /** ECR DescribeRepositories: the names of all. Throws when they cannot be read. */
  readonly readRepositories: (registry: Registry) => Promise<readonly string[]>;
  /** ECR DescribeImages without ids: everything in a repository, a thousand images a page. */
  readonly readInventory: (
    registry: Registry,
    repository: string,
    from?: string,
  ) => Promise<InventoryReading>;
  /** ECR DescribeImages: an answer for every digest of the read. */
  readonly readImages: (read: ImageRead) => Promise<ReadonlyMap<Digest, Sighting>>;
  /** ECR DescribeImages by tag. */
  readonly readTags: (
    registry: Registry,
    repository: string,
    tags: readonly string[],
  ) => Promise<TagsReading>;
  /** ECR DescribeRepositories of one: may its tags move? Undefined when that cannot be read: it is only an explanation. */
  readonly readTagSettings: (registry: Registry, repository: string) => Promise<TagSettings | undefined>;
  /** ECR DescribeImageReplicationStatus, asked at the source. */
  readonly readClaims: (source: Registry, repository: string, digest: Digest) => Promise<ClaimsReading>;

  /** Answers the ids of the messages that could not be sent. */
  readonly sendAgain: (messages: readonly DelayedMessage[]) => Promise<ReadonlySet<string>>;

  readonly findIncidents: (ids: readonly string[]) => Promise<ReadonlyMap<string, Incident>>;
  /** Written only over revision − 1 (a first revision: over nothing); `conflict` when somebody else was faster. */
  readonly saveIncident: (incident: Incident) => Promise<'saved' | 'conflict'>;
  /** `most`: how many are answered whole. An index answers: what was written a moment ago may be missing. */
  readonly readOpen: (group: Group, most: number) => Promise<OpenIncidents>;
  /** Open incidents of a group whose next look is due by a time (epoch ms), the one due longest first. */
  readonly readDue: (group: Group, before: number, most: number) => Promise<readonly Incident[]>;
  /** Incidents of a group opened or closed after a time (epoch ms), oldest change first, page by page. */
  readonly readChanges: (group: Group, after: number) => AsyncIterable<readonly Incident[]>;
  readonly latestNotice: (group: Group) => Promise<Notice | undefined>;
  /** Takes the notice's number for this sender: `taken` when another one has it. `over`: the expired claim it replaces. */
  readonly claimNotice: (notice: Notice, over?: number) => Promise<'claimed' | 'taken'>;
  readonly confirmNotice: (notice: Notice, at: number) => Promise<void>;
  /** Remembers that a group has, or had, incidents: what the follow-up goes through. */
  readonly noteGroups: (groups: readonly Group[]) => Promise<void>;
  readonly readGroups: () => Promise<readonly Group[]>;
  readonly readSilences: () => Promise<readonly Silence[]>;
  /** The rules of a registry as people were last told of them. */
  readonly readKnownRules: (registry: Registry) => Promise<KnownRules | undefined>;
  /** Every registry whose rules are known, or that was noted. */
  readonly readKnownRegistries: () => Promise<readonly Registry[]>;
  /** Remembers that a registry has rules to be watched, though people were not told of them yet. */
  readonly noteRegistry: (registry: Registry) => Promise<void>;
  /** Written over the revision that was read (0: over nothing); `conflict` when somebody else was faster. */
  readonly saveKnownRules: (
    registry: Registry,
    rules: readonly ReplicationRule[],
    over: number,
  ) => Promise<'saved' | 'conflict'>;
  readonly saveSilence: (silence: Silence) => Promise<void>;

  /** The source registries that sweeps go through. */
  readonly readWatched: () => Promise<readonly WatchedRegistry[]>;
  /** Written only over revision − 1 (a first revision: over nothing); `conflict` when somebody else was faster. */
  readonly saveWatched: (registry: WatchedRegistry) => Promise<'saved' | 'conflict'>;
  /** Of a run that is known already, nothing is changed. */
  readonly beginRun: (run: SweepRun) => Promise<void>;
  readonly endRun: (run: SweepRun) => Promise<void>;
  /** Those that are not over. */
  readonly readRuns: () => Promise<readonly SweepRun[]>;
  /** One for each repository and destination of a run: the last one counts. */
  readonly saveResult: (run: string, result: ListedResult) => Promise<void>;
  readonly countResults: (run: string) => Promise<number>;
  readonly readResults: (run: string) => AsyncIterable<readonly SweepResult[]>;

  /** SNS Publish, to every topic that the publication is for; throws unless all of them took it. */
  readonly publish: (publication: Publication) => Promise<void>;
  /** ECR calls made by this process since it was asked last, by Region; only functions with a budget count them. */
  readonly takeCalls: () => ReadonlyMap<string, number>;
  /** CloudWatch PutMetricData, stamped with the time of the look. */
  readonly putMetrics: (series: readonly Series[], at: number) => Promise<void>;
}

/** What `doctor` asks of the world besides settings. Times are epoch milliseconds. */
export interface DoctorPorts {
  /** Whether the caller's own account has enabled a Region. */
  readonly readRegion: (region: string) => Promise<SettingReading<'enabled' | 'not-enabled'>>;
  /** How often the follow-up has run in a time, by its metric. */
  readonly readHeartbeats: (from: number, until: number) => Promise<SettingReading<number>>;
  readonly readSubscribers: (
    topicArn: string,
  ) => Promise<SettingReading<{ readonly confirmed: number; readonly pending: number } | 'absent'>>;
}

/** What is remembered of sweeps: the table does it, and a store in memory. */
export type SweepStore = Pick<
  Ports,
  | 'readWatched'
  | 'saveWatched'
  | 'beginRun'
  | 'endRun'
  | 'readRuns'
  | 'saveResult'
  | 'countResults'
  | 'readResults'
>;
