/** The use case behind `image-action`: a batch of pushes, looked at, decided upon and carried out. */

import { type Push, parseImageAction } from '../event/image-action.ts';
import type { Measurement } from '../metric/catalogue.ts';
import type { Policies } from '../policies.ts';
import { type CarryOutPorts, carryOut, outcomesOf, type Unfinished } from './carry-out.ts';
import { measureLooks } from './measure.ts';
import { type QueueRecord, sortRecords } from './records.ts';
import { type Inquiry, type LookPorts, type Settled, settle } from './settle.ts';

/** Answers the ids of the messages that must stay in the queue. `endsAt`: when the run is over (epoch ms). */
export async function settleImageActions(
  ports: LookPorts & CarryOutPorts,
  policies: Policies,
  records: readonly QueueRecord[],
  endsAt = Number.POSITIVE_INFINITY,
): Promise<Unfinished> {
  const sorted = sortRecords(ports, records, parseImageAction, (push) => push.pushedAt);
  const settled = await settle(
    ports,
    policies.looks,
    sorted.ours.map(({ record, value }) => inquiryOf(record, value)),
    endsAt,
  );
  const looked = measureLooks(settled.flatMap(outcomesOf));
  const measurements = [...sorted.measurements, ...looked, ...settled.flatMap(measurePush)];
  const unfinished = await carryOut(ports, policies, settled, measurements);
  return new Set([...sorted.broken, ...unfinished]);
}

function inquiryOf(record: QueueRecord, push: Push): Inquiry {
  const { pushedAt, ...image } = push;
  return {
    messageId: record.messageId,
    body: record.body,
    image,
    since: pushedAt,
    ...(record.waitingFor === undefined ? {} : { only: record.waitingFor }),
    askedBy: 'push',
  };
}

/** A push is seen once, at its first look; a message sent again says whom it waits for. */
function measurePush(settled: Settled): readonly Measurement[] {
  if (settled.is === 'rules-unreadable') return [];
  if (settled.is === 'looked' && settled.outcomes.length === 0) return [];
  const { inquiry } = settled;
  const dimensions = { SourceRegion: inquiry.image.source.region };
  const measurements: Measurement[] = [];
  if (inquiry.only === undefined) measurements.push({ name: 'PushesSeen', value: 1, dimensions });
  if (settled.is === 'exempt') {
    if (inquiry.only === undefined) measurements.push({ name: 'PushesExempt', value: 1, dimensions });
  } else if (settled.outcomes.some(({ decision }) => decision.do === 'withdraw')) {
    measurements.push({ name: 'PushesWithdrawn', value: 1, dimensions });
  }
  return measurements;
}
