/** 8. Whatever the topic takes comes to Slack once, or is a dead letter; again only where its run was not answered. */

import type { Invariant } from '../watch.ts';

interface Handed {
  readonly at: number;
  posts: number;
  /** Runs of it that did not end well. */
  failures: number;
  isDead: boolean;
}

/** Three tries, a minute and two minutes apart, of a minute each. */
const triesSeconds = 6 * 60 + 10;

export const slack: Invariant = {
  name: 'posted to Slack',
  watch: ({ now, fail }) => {
    const handed = new Map<string, Handed>();
    const check = (): void => {
      for (const [id, { at, posts, isDead }] of handed) {
        if (posts === 0 && !isDead && now() > at + triesSeconds * 1000)
          fail(`${id} is neither posted nor a dead letter`);
      }
    };
    return {
      handedToSlack: (message) => handed.set(message, { at: now(), posts: 0, failures: 0, isDead: false }),
      posted: (run) => {
        for (const { id } of run.messages) {
          const known = handed.get(id);
          if (known === undefined) continue;
          known.posts += 1;
          if (known.posts > 1 + known.failures) fail(`${id} is posted ${known.posts} times`);
        }
      },
      ended: (run) => {
        if (run.process.functionName !== 'slack' || run.end === 'answered') return;
        for (const { id } of run.messages) {
          const known = handed.get(id);
          if (known !== undefined) known.failures += 1;
        }
      },
      slackGaveUp: (message) => {
        const known = handed.get(message);
        if (known !== undefined) known.isDead = true;
      },
      checked: check,
      atEnd: check,
    };
  },
};
