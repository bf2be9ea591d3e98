/** What every scene has at hand: the deployed monitor, who pushes, who is told; and how what was seen is asked. */

import assert from 'node:assert/strict';
import type { Incident } from '../../lib/incident/incident.ts';
import type { Proof } from './proof.ts';
import type { Pushing } from './registry.ts';
import type { Seen } from './seen.ts';
import type { Setting } from './setting.ts';
import type { Subscribers, Told } from './subscriber.ts';

export interface Scene {
  readonly proof: Proof;
  readonly setting: Setting;
  readonly subscribers: Subscribers;
  readonly seen: Seen;
  readonly outputs: Readonly<Record<string, string>>;
  /** The hub's own registry, and those it replicates to. */
  readonly here: Pushing;
  readonly near: Pushing;
  readonly far: Pushing;
}

/** The schedule runs each minute; the emulator looks at its schedules every 10 s. */
export const oneRunSeconds = 75;

/** Repositories, each with one part to play. */
export const repositories = {
  arrives: 'prod/web',
  fails: 'prod/api',
  overdue: 'prod/worker',
  deleted: 'prod/old',
} as const;

/** The notices of one kind. */
export function ofKind(told: readonly Told[], kind: string): readonly Told[] {
  return told.filter((one) => one.type === 'ecr-replication-notice' && one.kind === kind);
}

export async function incidentOf({ seen }: Pick<Scene, 'seen'>, repository: string): Promise<Incident> {
  const incidents = (await seen.incidents()).filter(({ replica }) => replica.repository === repository);
  const [incident, ...others] = incidents;
  assert.ok(incident !== undefined, `there is no incident of ${repository}`);
  assert.equal(others.length, 0, `there are several incidents of ${repository}`);
  return incident;
}

/** `PUSH`, `DELETE`, `REPLICATE`, or the name of a call that CloudTrail tells of. */
export function actionOf(event: object): string {
  const { detail } = event as { readonly detail?: Readonly<Record<string, string>> };
  return detail?.['action-type'] ?? detail?.['eventName'] ?? '';
}

/** `ACCOUNT/REGION` of the registry that an event speaks of. */
export function registryOf(event: object): string {
  const { account, region } = event as { readonly account?: string; readonly region?: string };
  return `${account}/${region}`;
}
