/** Well-formed values that tests start from and change in the one respect that they are about. */

import { createHash } from 'node:crypto';
import type { Digest } from '../lib/image/digest.ts';
import type { Registry } from '../lib/image/registry.ts';
import type { Group } from '../lib/incident/incident.ts';
import type { Notice } from '../lib/incident/notice.ts';
import type { Finding } from '../lib/incident/transition.ts';
import type { Replica } from '../lib/replication/rules.ts';

export const source: Registry = { account: '111122223333', region: 'us-east-1' };
export const ireland: Registry = { account: '111122223333', region: 'eu-west-1' };
export const sydney: Registry = { account: '111122223333', region: 'ap-southeast-2' };

export function digestOf(text: string): Digest {
  return `sha256:${createHash('sha256').update(text).digest('hex')}` as Digest;
}

export function replicaOf(change: Partial<Replica> = {}): Replica {
  return {
    source,
    repository: 'prod-api',
    digest: digestOf('prod-api'),
    tag: '1.4.2',
    destination: ireland,
    ...change,
  };
}

export const overdueGroup: Group = { destination: ireland, kind: 'overdue' };

/** An overdue image of prod-api, pushed at 0 with a deadline of 30 minutes. */
export function finding(change: Partial<Finding> & { digest?: Digest }): Finding {
  const { digest, ...rest } = change;
  return {
    kind: 'overdue',
    replica: replicaOf(digest === undefined ? {} : { digest }),
    pushedAt: 0,
    deadlineSeconds: 1800,
    evidence: { ecrSays: 'IN_PROGRESS' },
    ...rest,
  };
}

export function noticeFor(group: Group, change: Partial<Notice>): Notice {
  return {
    group,
    sequence: 1,
    type: 'firing',
    claimedAt: 0,
    since: 0,
    openCount: 1,
    news: { open: 1, resolved: 0, withdrawn: 0, 'given-up': 0 },
    listed: [],
    coversUntil: 0,
    told: [],
    ...change,
  };
}
