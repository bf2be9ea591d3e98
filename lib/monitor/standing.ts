/**
 * Standing findings: how things stand with a whole destination, told once, reminded of, and told again when it is over.
 * No incident is behind them, no silence holds them back, and whoever finds them says each time all that there is.
 */

import type { Registry } from '../image/registry.ts';
import { type Group, groupKey } from '../incident/incident.ts';
import { type NoticePolicy, planNotice } from '../incident/notice.ts';
import type { Ports } from '../ports.ts';
import type { StandingKind } from '../replication/decision.ts';
import { carryOutStep } from './tell.ts';

export interface StandingFinding {
  readonly destination: Group['destination'];
  /** How many of what its notices speak of; at least 1. */
  readonly count: number;
  /** A line each, as people read them. */
  readonly about: readonly string[];
  /** Whose rules or images it is about. */
  readonly sources?: readonly Registry[];
}

export type StandingPorts = Pick<
  Ports,
  'now' | 'log' | 'readGroups' | 'noteGroups' | 'latestNotice' | 'claimNotice' | 'confirmNotice' | 'publish'
>;

/**
 * `findings`: one a destination; if they are all of this kind, a destination without one is well again. A notice that
 * fails holds back no other; in the end it is thrown.
 */
export async function tellStanding(
  ports: StandingPorts,
  policy: NoticePolicy,
  kind: StandingKind,
  findings: readonly StandingFinding[],
  these: 'all' | 'some' = 'all',
): Promise<void> {
  const found = new Map(findings.map((finding) => [groupKey({ ...finding, kind }), finding]));
  const groups = new Map<string, Group>();
  for (const [key, { destination }] of found) groups.set(key, { destination, kind });
  for (const group of await ports.readGroups()) if (group.kind === kind) groups.set(groupKey(group), group);
  const faults: string[] = [];
  for (const [key, group] of groups) {
    const finding = found.get(key);
    if (finding === undefined && these === 'some') continue;
    try {
      await tellOne(ports, policy, group, finding);
    } catch (error) {
      faults.push(`${key}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (faults.length > 0) throw new Error(`notices not sent: ${faults.join('; ')}`);
}

/** One destination's; without a finding it is well again. */
export async function tellOne(
  ports: StandingPorts,
  policy: NoticePolicy,
  group: Group,
  finding: StandingFinding | undefined,
): Promise<void> {
  if (finding !== undefined) await ports.noteGroups([group]);
  const situation = {
    group,
    latest: await ports.latestNotice(group),
    open: { count: finding?.count ?? 0, oldest: [] },
    changes: [],
    ...(finding === undefined ? {} : { about: finding.about }),
    ...(finding?.sources === undefined ? {} : { sources: finding.sources }),
    now: ports.now(),
  };
  await carryOutStep(ports, planNotice(situation, policy));
}
