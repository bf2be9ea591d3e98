/**
 * The use case behind `replication-action`: what destinations report wakes a look at once. An arrival that is
 * true resolves its incident; a report that is not true is waited on like any push. Pages nobody by itself.
 */

import { parseReplicationAction, type Report } from '../event/replication-action.ts';
import { incidentIdsOf } from '../incident/incident.ts';
import type { Policies } from '../policies.ts';
import { type CarryOutPorts, carryOut, outcomesOf, type Unfinished } from './carry-out.ts';
import { measureResolved } from './measure.ts';
import { type QueueRecord, sortRecords } from './records.ts';
import { resolveSeen, type Seen } from './resolve.ts';
import { type Inquiry, type LookPorts, type Outcome, settle } from './settle.ts';

/** Answers the ids of the messages that must stay in the queue. `endsAt`: when the run is over (epoch ms). */
export async function settleReplicationActions(
  ports: LookPorts & CarryOutPorts,
  policies: Policies,
  records: readonly QueueRecord[],
  endsAt = Number.POSITIVE_INFINITY,
): Promise<Unfinished> {
  const sorted = sortRecords(ports, records, parseReplicationAction, (report) => report.reportedAt);
  const settled = await settle(
    ports,
    policies.looks,
    sorted.ours.map(({ record, value }) => inquiryOf(record, value)),
    endsAt,
  );
  const outcomes = settled.flatMap(outcomesOf);
  const resolved = await resolveSeen(ports, outcomes.flatMap(seenBy));
  const measurements = [...sorted.measurements, ...measureResolved(resolved.incidents)];
  const unfinished = await carryOut(ports, policies, settled, measurements, resolved.incidents);
  const unresolved = outcomes
    .filter(({ replica }) => incidentIdsOf(replica).some((id) => resolved.failed.has(id)))
    .map(({ inquiry }) => inquiry.messageId);
  return new Set([...sorted.broken, ...unfinished, ...unresolved]);
}

function inquiryOf(record: QueueRecord, report: Report): Inquiry {
  const { says, destination, reportedAt, ...image } = report;
  return {
    messageId: record.messageId,
    body: record.body,
    image,
    since: reportedAt,
    only: [destination],
    askedBy: says === 'failed' ? 'failure-report' : 'arrival-report',
  };
}

function seenBy({ replica, decision }: Outcome): readonly Seen[] {
  if (decision.do !== 'done' || decision.as !== 'verified') return [];
  return [{ replica, ...(decision.arrivedAt === undefined ? {} : { arrivedAt: decision.arrivedAt }) }];
}
