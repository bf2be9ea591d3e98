/** A story: all that happens to the monitor from outside, written down before it begins, so that parts can be left out. */

import type { Registry } from '../../lib/image/registry.ts';
import type { Silence } from '../../lib/incident/silence.ts';
import type { ReplicationRule } from '../../lib/replication/rules.ts';

/** A whole second, as the times of events are. */
export const beginning = Date.parse('2026-11-24T03:00:00Z');

/** Faults that strike calls, messages, events and functions while a burst of them lasts. */
export const faultKinds = [
  'event-lost',
  'event-doubled',
  'event-late',
  'message-doubled',
  'acknowledgement-lost',
  'send-refused',
  'send-answer-lost',
  'death',
  'slow',
  'schedule-missed',
  'schedule-doubled',
  'throttled',
  'access-denied',
  'service-error',
  'region-unreachable',
  'half-answer',
  'table-refused',
  'table-answer-lost',
  'index-late',
  'topic-refused',
  'topic-answer-lost',
  'metrics-refused',
  'metrics-answer-lost',
  'slack-refused',
  'slack-busy',
  'slack-answer-lost',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** What becomes of one image on its way to one destination. */
export interface Fate {
  /** From the push to the arrival, or to the failure. */
  readonly afterSeconds: number;
  readonly is: 'arrives' | 'arrives-without-tag' | 'fails' | 'is-lost';
  /** Of what fails: when ECR's own next try succeeds, and what ECR claims until then. */
  readonly retry?: { readonly afterSeconds: number; readonly claim: 'IN_PROGRESS' | 'FAILED' };
  /** Of what is lost: what ECR claims for ever. */
  readonly claim?: 'IN_PROGRESS' | 'COMPLETE' | 'NONE';
  /** Of what is lost: the destination reports it as arrived all the same. */
  readonly announced?: boolean;
}

interface Place {
  readonly registry: Registry;
  readonly repository: string;
}

/** `image` names a content: the same name is the same digest. Times in seconds from the beginning. */
export type Entry = { readonly at: number } & (
  | ({
      readonly do: 'push';
      readonly image: string;
      readonly tag?: string;
      /** By `ACCOUNT/REGION`; where nothing is said, the image arrives after three seconds. */
      readonly fates: Readonly<Record<string, Fate>>;
    } & Place)
  | ({ readonly do: 'delete-image'; readonly image: string } & Place)
  | ({ readonly do: 'delete-tag'; readonly tag: string } & Place)
  | ({ readonly do: 'archive' | 'restore'; readonly image: string } & Place)
  | ({ readonly do: 'delete-repository' } & Place)
  /** The image comes to be there, under the tag if one is given: a backfill, a person's repair. */
  | ({ readonly do: 'repair'; readonly image: string; readonly tag?: string } & Place)
  | { readonly do: 'rules'; readonly registry: Registry; readonly rules: readonly ReplicationRule[] }
  /** Somebody starts a backfill. */
  | { readonly do: 'backfill'; readonly registry: Registry; readonly destination: Registry }
  /** A layer of an image that is there is lost. */
  | ({ readonly do: 'lose-layer'; readonly image: string } & Place)
  /** Images that nobody pulls are to be deleted. */
  | ({ readonly do: 'lifecycle' } & Place)
  /** Somebody asks not to be told for a while; at least one of its parts is given. */
  | ({ readonly do: 'silence'; readonly seconds: number } & Pick<
      Silence,
      'destination' | 'repositoryPrefix' | 'image'
    >)
  /** An operator moves the dead letters back to their queues. */
  | { readonly do: 'redrive' }
  | {
      readonly do: 'burst';
      readonly fault: FaultKind;
      readonly seconds: number;
      /** The probability that one call, message, event or run is struck. */
      readonly rate: number;
      /** `ACCOUNT/REGION`; absent: everywhere. */
      readonly where?: string;
    }
);

export interface Setting {
  readonly deadlineMinutes: number;
  /** `ALLOWED_DESTINATIONS`; empty: anywhere. */
  readonly allowed: string;
  /** Registries whose rules and events the monitor sees; the first is the hub. */
  readonly sources: readonly Registry[];
  /** How far each registry's clock is ahead, by `ACCOUNT/REGION`. */
  readonly clockAheadSeconds: Readonly<Record<string, number>>;
  /** How far a function's clock may be off. */
  readonly functionClockSeconds: number;
  readonly indexLagSeconds: number;
  /** Between two sweeps; a day when it is deployed, less here, so that a story has some. */
  readonly sweepMinutes: number;
  /** What is switched on beside the core; absent: nothing. */
  readonly more?: readonly ('backfill' | 'repair' | 'settings' | 'manifests' | 'slack')[];
  /** When nothing new happens any more. */
  readonly endsAfterSeconds: number;
}

export interface Story {
  readonly seed: number;
  readonly setting: Setting;
  /** By time. */
  readonly entries: readonly Entry[];
}

/** One entry in a line, for whoever reads a failure. */
export function inWords(entry: Entry): string {
  const { at, do: what, ...rest } = entry;
  const fields = Object.entries(rest).map(([name, value]) => {
    const said = name === 'registry' ? placeOf(value) : name === 'rules' ? rulesOf(value) : value;
    return `${name}=${typeof said === 'string' ? said : JSON.stringify(said)}`;
  });
  return `${clockOf(at)} ${what} ${fields.join(' ')}`.trimEnd();
}

/** `1:02:03` from the beginning. */
export function clockOf(seconds: number): string {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const fraction = (seconds - whole).toFixed(3).slice(1);
  return `${parts.map((part) => String(part).padStart(2, '0')).join(':')}${fraction}`;
}

function placeOf(value: unknown): unknown {
  const { account, region } = value as Registry;
  return `${account}/${region}`;
}

function rulesOf(value: unknown): unknown {
  return (value as readonly ReplicationRule[])
    .map(
      ({ destinations, prefixes }) => `${prefixes.join('|') || '*'}→${destinations.map(placeOf).join('+')}`,
    )
    .join('; ');
}
