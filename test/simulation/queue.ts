/** A standard queue and what polls it: at least once, in any order, with delays, visibility and dead letters. */

import type { Registry } from '../../lib/image/registry.ts';
import type { DelayedMessage } from '../../lib/ports.ts';
import type { Faults } from './faults.ts';
import type { Timeline } from './timeline.ts';

export interface Message {
  readonly id: string;
  readonly body: string;
  readonly waitingFor?: readonly Registry[];
  /** The event delivery that it goes back to, over all the times it was sent again. */
  readonly line: string;
  /** The id that it had before it was moved back from the dead letters; its own, if it was never there. */
  readonly firstId: string;
  visibleAt: number;
  receives: number;
}

export interface QueueOptions {
  readonly name: string;
  readonly delaySeconds: number;
  readonly batchSize: number;
  readonly batchWindowSeconds: number;
  readonly mostAtOnce: number;
  readonly visibilitySeconds: number;
}

export interface QueueModel {
  readonly put: (body: string, line: string, afterSeconds?: number) => Message;
  readonly sendAgain: (message: DelayedMessage, line: string) => Message;
  readonly waiting: ReadonlyMap<string, Message>;
  readonly deadLetters: readonly Message[];
  readonly redrive: () => void;
  /** A batch is over: what is not unfinished is deleted. `undefined`: the function has answered nothing. */
  readonly settle: (batch: readonly Message[], unfinished: ReadonlySet<string> | undefined) => void;
}

/** Of the queues of events, as deploy/events.yml has it. */
export const visibilitySeconds = 360;
const mostReceives = 5;

/** `hand`: gives a batch to a function; its answer comes back by `settle`. */
export function createQueue(
  timeline: Timeline,
  faults: Faults,
  options: QueueOptions,
  hand: (batch: readonly Message[]) => void,
): QueueModel {
  const messages = new Map<string, Message>();
  const deadLetters: Message[] = [];
  let count = 0;
  let inHand = 0;
  let pollAt = Number.POSITIVE_INFINITY;

  function add(message: Omit<Message, 'id' | 'firstId' | 'receives'>, firstId?: string): Message {
    count += 1;
    const id = `${options.name}-${count}`;
    const added = { ...message, id, firstId: firstId ?? id, receives: 0 };
    messages.set(added.id, added);
    pollBy(added.visibleAt + options.batchWindowSeconds * 1000);
    return added;
  }

  function pollBy(time: number): void {
    if (time >= pollAt && pollAt > timeline.now()) return;
    pollAt = time;
    timeline.at(time, () => {
      if (pollAt === time) poll();
    });
  }

  function poll(): void {
    pollAt = Number.POSITIVE_INFINITY;
    const now = timeline.now();
    while (inHand < options.mostAtOnce) {
      const batch: Message[] = [];
      for (const message of messages.values()) {
        if (message.visibleAt > now) continue;
        receive(message, batch);
        if (batch.length === options.batchSize) break;
      }
      if (batch.length === 0) break;
      inHand += 1;
      hand(batch);
    }
    let next = Number.POSITIVE_INFINITY;
    for (const { visibleAt } of messages.values()) next = Math.min(next, Math.max(visibleAt, now + 1000));
    if (Number.isFinite(next)) pollBy(next + options.batchWindowSeconds * 1000);
  }

  function receive(message: Message, batch: Message[]): void {
    if (message.receives >= mostReceives) {
      messages.delete(message.id);
      deadLetters.push(message);
      return;
    }
    message.receives += 1;
    // "Standard queues might deliver more than one copy": another poller gets it as well, moments later.
    const again = faults.strikes('message-doubled') ? 0.5 : options.visibilitySeconds;
    message.visibleAt = timeline.now() + again * 1000;
    batch.push(message);
  }

  return {
    waiting: messages,
    deadLetters,
    put: (body, line, afterSeconds = 0) =>
      add({ body, line, visibleAt: timeline.now() + (options.delaySeconds + afterSeconds) * 1000 }),
    sendAgain: ({ body, waitingFor, delaySeconds }, line) =>
      add({
        body,
        line,
        ...(waitingFor === undefined ? {} : { waitingFor }),
        visibleAt: timeline.now() + Math.min(900, delaySeconds) * 1000,
      }),
    redrive: () => {
      for (const { body, line, waitingFor, firstId } of deadLetters.splice(0)) {
        const waits = waitingFor === undefined ? {} : { waitingFor };
        add({ body, line, ...waits, visibleAt: timeline.now() }, firstId);
      }
    },
    settle: (batch, unfinished) => {
      inHand -= 1;
      for (const { id } of batch) {
        if (unfinished === undefined || unfinished.has(id)) continue;
        if (!faults.strikes('acknowledgement-lost')) messages.delete(id);
      }
      pollBy(timeline.now());
    },
  };
}
