/** The use case behind `sweep-repository`: messages of the sweep queue, each a repository to compare or tags to confirm. */

import { parseSweepMessage } from '../event/sweep-message.ts';
import type { Measurement } from '../metric/catalogue.ts';
import type { Policies } from '../policies.ts';
import type { Ports } from '../ports.ts';
import { publishMetrics, type Unfinished } from './carry-out.ts';
import { confirmTags } from './confirm-tags.ts';
import type { QueueRecord } from './records.ts';
import { type SweepPorts, sweepRepository } from './sweep-repository.ts';

/** Answers the ids of the messages that must stay in the queue. `endsAt`: when the time for reading is up (epoch ms). */
export async function settleSweepMessages(
  ports: SweepPorts & Pick<Ports, 'sendAgain' | 'takeCalls' | 'putMetrics'>,
  policies: Policies,
  records: readonly QueueRecord[],
  endsAt: number,
): Promise<Unfinished> {
  const unfinished = new Set<string>();
  const measurements: Measurement[] = [];
  for (const record of records) {
    const { messageId } = record;
    const message = parseSweepMessage(record.body);
    if (!message.ok) {
      ports.log('ERROR', 'Message cannot be read', { messageId, fault: message.fault });
      measurements.push({ name: 'EventsUnparseable', value: 1, dimensions: {} });
      unfinished.add(messageId);
      continue;
    }
    try {
      const settled =
        message.value.is === 'compare'
          ? await sweepRepository(ports, policies, message.value, endsAt)
          : await confirmTags(ports, policies, message.value);
      measurements.push(...settled.measurements);
      const again = settled.again.map((one, index) => ({ ...one, id: `${messageId} ${index}` }));
      if (again.length > 0 && (await ports.sendAgain(again)).size > 0) unfinished.add(messageId);
    } catch (error) {
      ports.log('ERROR', 'Repository not swept; its message comes again', {
        messageId,
        error: String(error),
      });
      unfinished.add(messageId);
    }
  }
  for (const [Region, value] of ports.takeCalls()) {
    measurements.push({ name: 'SweepCalls', value, dimensions: { Region } });
  }
  await publishMetrics(ports, policies, measurements);
  return unfinished;
}
