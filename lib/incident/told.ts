/** What people have been told of a group: the last openings and closings by name, all before them by time alone. */

import { fingerprint, type Incident } from './incident.ts';

export interface Told {
  /** Every change up to here is told, but for those that become visible late: `told` names the ones that were not late. */
  readonly coversUntil: number;
  readonly told: readonly string[];
  /** There were more than it can name: everything up to here counts as told. */
  readonly toldAllUntil?: number;
}

export interface ToldPolicy {
  /** How late a change may become visible after its own time: a writer's run and the index's lag together. */
  readonly marginSeconds: number;
  /**
   * Names kept in a notice: well below DynamoDB's 400 KB an item. With more within the margin, the oldest are forgotten
   * and time alone says that they were told: one that becomes visible late among so many is in the count, not in the news.
   */
  readonly mostTold: number;
}

/** Answers whether an opening or closing of an incident, which happened at a time, is told. */
export function tellerOf(
  latest: Told | undefined,
  policy: ToldPolicy,
): (incident: Incident, at: number) => boolean {
  const until = toldAllUntil(latest, policy);
  const names = new Set(latest?.told);
  return (incident, at) => at <= until || names.has(changeName(incident, at));
}

/** Up to here every change was told, by time alone; also where the next reading of changes begins. */
export function toldAllUntil(latest: Told | undefined, policy: ToldPolicy): number {
  const margin = (latest?.coversUntil ?? 0) - policy.marginSeconds * 1000;
  return Math.max(margin, latest?.toldAllUntil ?? Number.NEGATIVE_INFINITY);
}

/** What was told before, and now: `news`, oldest first; `silent`, which needs no word, now or later. */
export interface Telling {
  readonly latest: Told | undefined;
  readonly news: readonly Incident[];
  readonly silent: readonly Incident[];
  /** When the oldest change happened that a silence holds back: it and what comes after it is not told by time alone. */
  readonly heldBackSince?: number;
}

export function toldAfter(
  { latest, news, silent, heldBackSince = Number.POSITIVE_INFINITY }: Telling,
  policy: ToldPolicy,
): Told {
  const beforeHeld = heldBackSince - 1;
  const coversUntil = Math.max(latest?.coversUntil ?? 0, Math.min(news.at(-1)?.changedAt ?? 0, beforeHeld));
  const horizon = coversUntil - policy.marginSeconds * 1000;
  const names = [
    ...(latest?.told ?? []).filter((name) => timeOf(name) > horizon),
    ...[...silent, ...news].map((incident) => changeName(incident, incident.changedAt)),
  ].sort((a, b) => timeOf(a) - timeOf(b));
  const dropped = names.at(-policy.mostTold - 1);
  const forgotten = dropped === undefined ? latest?.toldAllUntil : timeOf(dropped);
  return {
    coversUntil,
    told: names.slice(-policy.mostTold),
    ...(forgotten === undefined ? {} : { toldAllUntil: Math.min(forgotten, beforeHeld) }),
  };
}

/** Names one opening or closing of one incident; ends with its time, so that old ones can be dropped. */
function changeName(incident: Incident, at: number): string {
  return `${fingerprint(incident.id).slice(0, 12)}.${at.toString(36)}`;
}

function timeOf(name: string): number {
  return Number.parseInt(name.slice(name.indexOf('.') + 1), 36);
}
