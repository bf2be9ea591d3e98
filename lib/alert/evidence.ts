/** What is known of an incident, in words: what was seen, what ECR says, how it ended. Every form of a notice uses these. */

import type { Incident } from '../incident/incident.ts';
import { clockTime, duration } from './words.ts';

/** What the last look saw at the destination. */
export function seen({ kind, evidence }: Said): string {
  switch (kind === 'unreadable' ? kind : (evidence.seen ?? kind)) {
    case 'tag-mismatch':
      return evidence.found === undefined ? 'there without this tag' : `the tag is on ${evidence.found}`;
    case 'archived':
      return 'there, but archived';
    case 'unreadable':
      return `could not tell (${evidence.unreadable ?? 'unknown'})`;
    default:
      return evidence.repositoryAbsent ? 'not there, nor is the repository' : 'not there';
  }
}

/** An incident, or what a machine's document says of one: there the words are plain strings. */
export interface Said {
  readonly kind: string;
  readonly evidence: {
    readonly seen?: string;
    readonly ecrSays?: string;
    readonly failureCode?: string;
    readonly found?: string;
    readonly repositoryAbsent?: boolean;
    readonly unreadable?: string;
  };
}

/** ECR's claim; the failure code is shown as it came, since nothing is published about its values. */
export function ecrSays({ evidence }: Said): string {
  switch (evidence.ecrSays) {
    case undefined:
    case 'unreadable':
      return 'nothing: its replication status could not be read';
    case 'no-entry':
      return 'nothing: it has no entry for this destination';
    case 'FAILED':
      return evidence.failureCode === undefined
        ? 'FAILED, without a failure code'
        : `FAILED, failure code ${evidence.failureCode}`;
    default:
      return evidence.ecrSays;
  }
}

/** `1 h 12 min after the push: 42 min late`. */
export function lateness(incident: Pick<Incident, 'pushedAt' | 'changedAt'> & Arrival): string {
  const late = incident.latenessSeconds ?? 0;
  const took = duration(((incident.arrivedAt ?? incident.changedAt) - incident.pushedAt) / 1000);
  return late > 0 ? `${took} after the push: ${duration(late)} late` : `${took} after the push`;
}

type Arrival = { readonly arrivedAt?: number; readonly latenessSeconds?: number };

/** Whether being resolved means having arrived: a tag that was put right and an image that was restored were there before. */
export function endsByArriving(kind: string): boolean {
  return kind !== 'tag-mismatch' && kind !== 'archived';
}

/** How a closed incident ended: a label, and the rest of the line. */
export function ending(incident: Incident): readonly [label: string, text: string] {
  switch (incident.state) {
    case 'open':
      return ['Open', `since ${clockTime(incident.openedAt)}`];
    case 'resolved':
      if (incident.kind === 'unreadable') return ['Readable', clockTime(incident.changedAt)];
      if (incident.kind === 'tag-mismatch')
        return ['Tag right', `${clockTime(incident.changedAt)}: seen there on this image`];
      if (incident.kind === 'archived')
        return ['Restored', `${clockTime(incident.changedAt)}: seen there, active`];
      return ['Arrived', `${clockTime(incident.arrivedAt ?? incident.changedAt)}, ${lateness(incident)}`];
    case 'withdrawn':
      return ['Closed', `${clockTime(incident.changedAt)}: the image, its tag or the rule is gone`];
    case 'given-up':
      return ['Given up', `${clockTime(incident.changedAt)}: no longer looked at, still not as it must be`];
  }
}
