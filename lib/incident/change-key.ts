/** Short names of openings and closings, by which a notice remembers which of them it has told. */

import { fingerprint, type Incident } from './incident.ts';

/** Names one opening or closing of one incident; ends with its time, so that old ones can be dropped. */
export function changeKey(incident: Incident, at: number): string {
  return `${fingerprint(incident.id).slice(0, 12)}.${at.toString(36)}`;
}

export function timeOfKey(key: string): number {
  return Number.parseInt(key.slice(key.indexOf('.') + 1), 36);
}

/**
 * Keys kept in a notice: well below DynamoDB's 400 KB an item. With more within the margin, the oldest are forgotten
 * and time alone says that they were told: one that becomes visible late among so many is in the count, not in the news.
 */
export const mostTold = 12_000;
