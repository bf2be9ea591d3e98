/** Queue messages as they come in, and what an unreadable or foreign one means. */

import type { Classified } from '../event/envelope.ts';
import type { Registry } from '../image/registry.ts';
import type { Measurement } from '../metric/catalogue.ts';
import type { Ports } from '../ports.ts';
import { foreignMessage } from './trace.ts';

/** One SQS message: the EventBridge event as text, and the destinations that an earlier look left open. */
export interface QueueRecord {
  readonly messageId: string;
  readonly body: string;
  readonly waitingFor?: readonly Registry[];
}

export interface Sorted<T> {
  readonly ours: readonly { readonly record: QueueRecord; readonly value: T }[];
  /** Message ids that nothing but the dead-letter queue can take. */
  readonly broken: readonly string[];
  readonly measurements: readonly Measurement[];
}

/** A minute of clock skew is nothing; an event dated further ahead would be waited for for as long. */
const mostAheadSeconds = 10 * 60;

/** Ours apart from what is acknowledged unread and from what cannot be read at all; one never holds back another. */
export function sortRecords<T>(
  ports: Pick<Ports, 'log' | 'now'>,
  records: readonly QueueRecord[],
  parse: (event: unknown) => Classified<T>,
  timeOf: (value: T) => number,
): Sorted<T> {
  const ours: { record: QueueRecord; value: T }[] = [];
  const broken: string[] = [];
  const measurements: Measurement[] = [];
  const latest = ports.now() + mostAheadSeconds * 1000;
  for (const record of records) {
    const event = parseBody(record.body, parse);
    const ahead = event.is === 'ours' && timeOf(event.value) > latest;
    if (event.is === 'unparseable' || ahead) {
      const why = event.is === 'unparseable' ? event.fault : 'time is in the future';
      ports.log('ERROR', 'Message cannot be read', { messageId: record.messageId, fault: why });
      measurements.push({ name: 'EventsUnparseable', value: 1, dimensions: {} });
      broken.push(record.messageId);
    } else if (event.is === 'not-ours') {
      ports.log('DEBUG', foreignMessage, { messageId: record.messageId, why: event.why });
      measurements.push({ name: 'EventsNotOurs', value: 1, dimensions: {} });
    } else {
      ours.push({ record, value: event.value });
    }
  }
  return { ours, broken, measurements };
}

function parseBody<T>(body: string, parse: (event: unknown) => Classified<T>): Classified<T> {
  let event: unknown;
  try {
    event = JSON.parse(body);
  } catch {
    return { is: 'unparseable', fault: 'the message is not JSON' };
  }
  return parse(event);
}
