/** What was seen and decided, as log lines: for whoever wants to follow one image through the monitor (level DEBUG). */

import { imageName } from '../image/reference.ts';
import { registryKey } from '../image/registry.ts';
import type { Ports } from '../ports.ts';
import { lagOf } from './measure.ts';
import type { Outcome, Settled } from './settle.ts';

export const lookedMessage = 'Replica looked at';
export const exemptMessage = 'Image is exempt';
export const foreignMessage = 'Message is not ours';
export const leftMessage = 'Time was up; the rest is sent again, for another run';

export function trace(ports: Pick<Ports, 'log'>, settled: readonly Settled[]): void {
  traceLeft(ports, settled);
  for (const one of settled) {
    if (one.is === 'exempt') {
      const { image, messageId } = one.inquiry;
      ports.log('DEBUG', exemptMessage, {
        messageId,
        image: imageName(image),
        repository: image.repository,
        source: registryKey(image.source),
        why: one.why,
      });
      continue;
    }
    for (const outcome of one.is === 'looked' ? one.outcomes : [one.outcome]) {
      ports.log('DEBUG', lookedMessage, fieldsOf(outcome));
    }
  }
}

/** A run that leaves something now and then has met a slow ECR; one run after another, and there are too few of them. */
function traceLeft(ports: Pick<Ports, 'log'>, settled: readonly Settled[]): void {
  const left = settled.flatMap((one) =>
    one.is === 'looked' && one.left.length > 0 ? [one.left.length] : [],
  );
  if (left.length === 0) return;
  const replicas = left.reduce((sum, many) => sum + many, 0);
  ports.log('WARN', leftMessage, { messages: left.length, replicas });
}

function fieldsOf({ inquiry, replica, verdict, decision, againAfterSeconds, finding }: Outcome) {
  return {
    messageId: inquiry.messageId,
    image: imageName(replica),
    repository: replica.repository,
    digest: replica.digest,
    source: registryKey(replica.source),
    destination: registryKey(replica.destination),
    verdict: verdict.is,
    decision: decision.do,
    kind: finding?.kind,
    lagSeconds: lagOf(inquiry, decision),
    againAfterSeconds,
  };
}
