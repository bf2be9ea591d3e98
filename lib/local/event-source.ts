/** Plays Lambda's event source mapping of an SQS queue: polls, hands over batches, deletes what succeeded. */

import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { failedOf } from './batch-response.ts';
import type { Queue } from './sqs-queue.ts';

export interface EventSourceOptions {
  readonly queue: Queue;
  readonly handler: (event: SQSEvent) => Promise<unknown>;
  /** 10 if nothing is said, as Lambda's. */
  readonly batchSize?: number;
  /** How long a batch is collected that is not full; not at all if nothing is said. */
  readonly batchWindowMs?: number;
  /** Batches in hand at a time; 1 if nothing is said. */
  readonly maxConcurrency?: number;
  /** Whether the answer counts (`ReportBatchItemFailures`, true if nothing is said) or only what is thrown. */
  readonly reportsFailures?: boolean;
  /** Pause after a poll that found nothing. */
  readonly pollEveryMs?: number;
  /** Long polling; `stop` and `idle` wait for a poll that is under way. */
  readonly waitSeconds?: number;
  /** What the handler threw, and faults of the queue. */
  readonly onError?: (error: unknown) => void;
}

export interface EventSource {
  /** Resolves when a poll that began after this call found nothing, and nothing is in hand. */
  readonly idle: () => Promise<void>;
  /** Finishes the batches in hand, takes no more. */
  readonly stop: () => Promise<void>;
}

export function startEventSource(options: EventSourceOptions): EventSource {
  const { queue, handler, batchSize = 10, batchWindowMs = 0, maxConcurrency = 1 } = options;
  const { reportsFailures = true, pollEveryMs = 100, waitSeconds = 0, onError = () => {} } = options;
  const inHand = new Set<Promise<void>>();
  const waiters = new Set<() => void>();
  let stopping = false;
  let wake = (): void => {};

  /** Cut short by `wake`. */
  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function poll(): Promise<void> {
    while (!stopping) {
      // What was in hand when the poll began may have come back, or sent something, after it.
      const asked = inHand.size === 0 ? [...waiters] : [];
      const batch = await collect().catch((error: unknown) => {
        onError(error);
        return undefined;
      });
      if (batch !== undefined && batch.length > 0) {
        take(batch);
        while (inHand.size >= maxConcurrency) await Promise.race(inHand);
        continue;
      }
      if (batch !== undefined && inHand.size === 0) release(asked);
      // Somebody who began to wait during the poll needs a poll of his own, at once.
      const isAwaited = batch !== undefined && inHand.size === 0 && waiters.size > 0;
      if (!stopping && !isAwaited) await pause(pollEveryMs);
    }
    await Promise.all(inHand);
    release([...waiters]);
  }

  /** One batch: full, or as much as came within the window. Whoever waits for `idle` does not wait for the window. */
  async function collect(): Promise<SQSRecord[]> {
    const batch: SQSRecord[] = [];
    let isOver = false;
    let timer: NodeJS.Timeout | undefined;
    try {
      for (;;) {
        const most = Math.min(10, batchSize - batch.length);
        const found = await queue.receive(most, batch.length === 0 ? waitSeconds : 0);
        batch.push(...found);
        if (batch.length === 0 || batch.length >= batchSize || isOver || stopping) return batch;
        // Without a window a small batch is what one call brings, a large one what there is.
        if (batchWindowMs === 0 && (batchSize <= 10 || found.length === 0)) return batch;
        timer ??= setTimeout(() => {
          isOver = true;
          wake();
        }, batchWindowMs);
        if (found.length > 0) continue;
        if (waiters.size > 0) return batch;
        await pause(pollEveryMs);
      }
    } catch (error) {
      // What was received before the queue failed is still handed over.
      if (batch.length === 0) throw error;
      onError(error);
      return batch;
    } finally {
      clearTimeout(timer);
    }
  }

  function take(batch: readonly SQSRecord[]): void {
    const work = settle(batch).finally(() => {
      inHand.delete(work);
      wake();
    });
    inHand.add(work);
  }

  /** What fails is left to the queue: its visibility timeout, and its redrive policy. */
  async function settle(batch: readonly SQSRecord[]): Promise<void> {
    try {
      const answer = await handler({ Records: [...batch] });
      const ids = batch.map(({ messageId }) => messageId);
      const failed = reportsFailures ? failedOf(ids, answer) : new Set<string>();
      await queue.delete(batch.filter(({ messageId }) => !failed.has(messageId)));
    } catch (error) {
      onError(error);
    }
  }

  function release(these: readonly (() => void)[]): void {
    for (const resolve of these) {
      waiters.delete(resolve);
      resolve();
    }
  }

  const ended = poll();
  return {
    idle: () =>
      new Promise((resolve) => {
        if (stopping) return resolve(ended);
        waiters.add(resolve);
        wake();
      }),
    stop: () => {
      stopping = true;
      wake();
      return ended;
    },
  };
}
