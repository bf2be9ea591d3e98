/** The use case behind `slack`: notices from the topic are posted to an incoming webhook, one a second, each until it is taken. */

import { slackSpacingMilliseconds } from '../alert/limits.ts';
import { type SlackMessage, slackMessage } from '../alert/slack.ts';
import { type NoticeRecord, noticeRecords } from '../event/machine-notice.ts';
import type { Ports, SlackAnswer, SlackPorts } from '../ports.ts';

type PosterPorts = SlackPorts & Pick<Ports, 'now' | 'log'>;

/** Kept back of a run's time for one more post, its answer and the end of the run. */
const reserveMilliseconds = 12_000;
/** Slack says how long to wait; should it not, this is more than it usually wants. */
const waitUnknownSeconds = 30;

/**
 * Posts what an SNS event brings; made once a process, which keeps the pace over events. `endsAt`: when the run ends
 * (epoch ms). Throws what another try can mend, and what a person has to: Lambda tries twice more. A message that can
 * never be posted is logged and dropped.
 */
export function slackPoster(ports: PosterPorts): (event: unknown, endsAt: number) => Promise<void> {
  let lastAt = Number.NEGATIVE_INFINITY;
  const paced = async (address: string, message: object): Promise<SlackAnswer> => {
    const wait = lastAt + slackSpacingMilliseconds - ports.now();
    if (wait > 0) await ports.pause(wait);
    lastAt = ports.now();
    return ports.postToSlack(address, message);
  };
  return async (event, endsAt) => {
    for (const record of noticeRecords(event)) {
      const message = messageOf(record, ports.log);
      if (message === undefined) continue;
      await deliver({ ...ports, postToSlack: paced }, message, endsAt);
      ports.log('INFO', 'Posted to Slack', { messageId: record.messageId, text: message.text });
    }
  };
}

function messageOf({ messageId, notice }: NoticeRecord, log: Ports['log']): SlackMessage | undefined {
  switch (notice.is) {
    case 'ours':
      return slackMessage(notice.value);
    case 'not-ours':
      log('INFO', 'Message is not for Slack', { messageId, why: notice.why });
      return undefined;
    case 'unparseable':
      log('ERROR', 'Message dropped: it can never be posted', { messageId, why: notice.fault });
      return undefined;
  }
}

/** Ends: each turn waits within `endsAt`, reads a new address once, or is the last. */
async function deliver(ports: PosterPorts, message: SlackMessage, endsAt: number): Promise<void> {
  let address = await ports.readWebhook('kept');
  let hasReadAgain = false;
  for (;;) {
    const step = stepAfter(await ports.postToSlack(address, message), endsAt - ports.now(), hasReadAgain);
    switch (step.do) {
      case 'done':
        return;
      case 'wait':
        ports.log('WARN', 'Slack asks to wait', { seconds: step.seconds });
        await ports.pause(step.seconds * 1000);
        break;
      case 'read-again': {
        const fresh = await ports.readWebhook('fresh');
        if (fresh === address) throw new Error(`${step.fault}; its parameter holds no other address`);
        address = fresh;
        hasReadAgain = true;
        break;
      }
      case 'fail':
        throw new Error(step.fault);
    }
  }
}

type Step =
  | { readonly do: 'done' }
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'read-again'; readonly fault: string }
  | { readonly do: 'fail'; readonly fault: string };

/** What follows from an answer. `leftMilliseconds`: what the run has left. */
export function stepAfter(answer: SlackAnswer, leftMilliseconds: number, hasReadAgain: boolean): Step {
  const { status, word, retryAfterSeconds } = answer;
  const said = word === undefined ? `${status}` : `${status} ${word}`;
  if (status >= 200 && status < 300) return { do: 'done' };
  if (status === 429) {
    const seconds = Math.max(1, retryAfterSeconds ?? waitUnknownSeconds);
    if (seconds * 1000 + reserveMilliseconds <= leftMilliseconds) return { do: 'wait', seconds };
    return { do: 'fail', fault: `Slack asks to wait ${seconds} s, more than this run has left` };
  }
  if (status === 403 || status === 404 || status === 410) {
    const fault = `Slack does not take this webhook any more (${said})`;
    return { do: hasReadAgain ? 'fail' : 'read-again', fault };
  }
  if (status >= 500) return { do: 'fail', fault: `Slack failed (${said})` };
  return { do: 'fail', fault: `Slack refused the message (${said})` };
}
