/** CloudTrail's record of an ECR call that changes how a registry replicates → who changed what, where, when. */

import * as v from 'valibot';
import type { Registry } from '../image/registry.ts';
import { oneLine } from '../parsed.ts';
import type { Classified } from './envelope.ts';
import * as envelope from './envelope.ts';

/** The calls that decide where images go, and whether they may arrive. */
export const watchedCalls = [
  'PutReplicationConfiguration',
  'PutRegistryPolicy',
  'DeleteRegistryPolicy',
  'CreateRepositoryCreationTemplate',
  'UpdateRepositoryCreationTemplate',
  'DeleteRepositoryCreationTemplate',
] as const;
export type WatchedCall = (typeof watchedCalls)[number];

export interface RegistryChange {
  readonly registry: Registry;
  readonly call: WatchedCall;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The caller's ARN, or what CloudTrail has instead. */
  readonly by: string;
}

const watched = new Set<string>(watchedCalls);

// CloudTrail User Guide, "CloudTrail record contents": userIdentity differs by type, any of its keys may be absent.
const wire = v.object({
  account: envelope.account,
  region: envelope.region,
  time: envelope.time,
  detail: v.object({
    eventName: v.custom<WatchedCall>(
      (value) => typeof value === 'string' && watched.has(value),
      'is not a watched call',
    ),
    userIdentity: v.nullish(
      v.object({
        arn: v.nullish(v.string()),
        type: v.nullish(v.string()),
        invokedBy: v.nullish(v.string()),
      }),
    ),
  }),
});

const call = v.object({ detail: v.object({ eventName: v.string(), errorCode: v.nullish(v.string()) }) });

export function parseRegistryChange(event: unknown): Classified<RegistryChange> {
  const head = envelope.headOf(event);
  if (head.is !== 'ours') return head;
  const { source, detailType } = head.value;
  if (source !== 'aws.ecr' || detailType !== 'AWS API Call via CloudTrail') {
    return { is: 'not-ours', why: `${source} "${detailType}"` };
  }
  const made = v.safeParse(call, event);
  if (!made.success) return { is: 'unparseable', fault: envelope.faultsOf(made.issues) };
  const { eventName, errorCode } = made.output.detail;
  // A call that was refused has changed nothing.
  if (!watched.has(eventName) || errorCode != null) {
    return {
      is: 'not-ours',
      why: errorCode == null ? eventName : `${eventName} refused: ${errorCode}`,
    };
  }
  const change = v.safeParse(wire, event);
  if (!change.success) return { is: 'unparseable', fault: envelope.faultsOf(change.issues) };
  const { account, region, time, detail } = change.output;
  const { arn, invokedBy, type } = detail.userIdentity ?? {};
  return {
    is: 'ours',
    value: {
      registry: { account, region },
      call: detail.eventName,
      at: time,
      by: named(arn ?? invokedBy ?? type),
    },
  };
}

// IAM User Guide, "IAM identifiers": no ARN is longer.
const longestName = 2_048;

/** It is shown to people, and an event may come from anybody who may put events on the bus. */
function named(by: string | undefined | null): string {
  const name = oneLine((by ?? '').slice(0, longestName)).trim();
  return name === '' ? 'somebody that CloudTrail does not name' : name;
}
