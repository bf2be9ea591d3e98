/**
 * Tags that a sweep saw astray, looked at once more when their deadline has passed. ECR dates images, not tags: one
 * that was put on an old image a second ago looks like one that has been wrong for a year.
 */

import { type ConfirmMessage, writeSweepMessage } from '../event/sweep-message.ts';
import type { Measurement } from '../metric/catalogue.ts';
import type { Policies } from '../policies.ts';
import type { DelayedMessage } from '../ports.ts';
import { deadlineFor } from '../replication/policy.ts';
import { inBatches } from '../replication/reads.ts';
import type { Drift } from '../sweep/comparison.ts';
import { type ConfirmPorts, confirm } from './confirm.ts';
import { measureOpened } from './measure.ts';
import { type ReportPorts, report } from './report.ts';

/** What is left to be done about a message, and what it counts as. */
export interface SweptMessage {
  readonly again: readonly Omit<DelayedMessage, 'id'>[];
  readonly measurements: readonly Measurement[];
}

/** SQS takes 256 KB a message, or a batch of ten: some 120 bytes a tag, and the longest tags are twice that. */
const tagsPerMessage = 100;

/** SQS: no message is delayed for longer. One that has to wait on is sent again. */
const longestDelaySeconds = 900;

/** The messages that come back for the tags of a comparison. */
export function tagsToConfirm(
  about: Pick<ConfirmMessage, 'source' | 'repository' | 'destination' | 'since' | 'pages'>,
  drifts: readonly Drift[],
  deadlineSeconds: number,
): SweptMessage['again'] {
  const tags = drifts.flatMap((drift) =>
    drift.is === 'tag-mismatch'
      ? [{ digest: drift.image.digest, tag: drift.tag, pushedAt: drift.image.pushedAt ?? about.since }]
      : [],
  );
  return inBatches(tags, tagsPerMessage).map((batch) => ({
    body: writeSweepMessage({ is: 'confirm', ...about, tags: batch }),
    delaySeconds: Math.min(longestDelaySeconds, Math.ceil(deadlineSeconds)),
  }));
}

export async function confirmTags(
  ports: ConfirmPorts & ReportPorts,
  policies: Pick<Policies, 'looks'>,
  message: ConfirmMessage,
): Promise<SweptMessage> {
  const { source, repository, destination, since, pages, tags } = message;
  const deadline = deadlineFor(policies.looks, repository);
  if (deadline === 'ignore') return { again: [], measurements: [] };
  const waitSeconds = Math.ceil((since - ports.now()) / 1000 + deadline);
  if (waitSeconds > 0) {
    const delaySeconds = Math.min(longestDelaySeconds, waitSeconds);
    return { again: [{ body: writeSweepMessage(message), delaySeconds }], measurements: [] };
  }
  const suspects = tags.map(({ digest, tag, pushedAt }) => ({
    replica: { source, repository, digest, tag, destination },
    pushedAt,
  }));
  const findings = await confirm(ports, 'tag-mismatch', suspects, deadline, pages);
  const reported = await report(ports, findings);
  if (reported.failed.length > 0)
    throw new Error(`${reported.failed.length} incidents could not be put on record`);
  return { again: [], measurements: measureOpened(reported.opened) };
}
