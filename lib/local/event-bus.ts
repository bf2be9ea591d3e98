/** Stands in for EventBridge: rules with a pattern and a queue; a matching event goes to the queue as its JSON. */

import { type EventPattern, matchesPattern } from './event-pattern.ts';

interface EventRule {
  readonly pattern: EventPattern;
  /** Where to, in the words of whatever `send` speaks to. */
  readonly queueUrl: string;
}

export interface EventBus {
  /** Answers a function that deletes the rule. */
  readonly putRule: (rule: EventRule) => () => void;
  /** Sends the event to the queue of every rule that matches. */
  readonly deliver: (event: object) => Promise<void>;
  /** Resolves when nothing is on its way any more. */
  readonly settled: () => Promise<void>;
  /** Events whose target could not be reached; EventBridge drops those in the end. */
  readonly undelivered: () => readonly { readonly event: object; readonly error: unknown }[];
}

export function createEventBus(send: (queueUrl: string, body: string) => Promise<void>): EventBus {
  const rules = new Set<EventRule>();
  const underWay = new Set<Promise<void>>();
  const lost: { event: object; error: unknown }[] = [];

  function deliver(event: object): Promise<void> {
    const targets = [...rules].filter(({ pattern }) => matchesPattern(pattern, event));
    const delivery = Promise.all(targets.map(({ queueUrl }) => send(queueUrl, JSON.stringify(event)))).then(
      () => {},
      (error: unknown) => {
        lost.push({ event, error });
      },
    );
    underWay.add(delivery);
    return delivery.finally(() => underWay.delete(delivery));
  }

  return {
    putRule: (rule) => {
      rules.add(rule);
      return () => {
        rules.delete(rule);
      };
    },
    deliver,
    settled: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    undelivered: () => lost,
  };
}
