/** Lambda `slack`: notices from the alert topic, posted to a Slack webhook. */

import type { Context } from 'aws-lambda';
import { slackStartUp } from '../lib/lambda/slack-start-up.ts';
import { slackPoster } from '../lib/monitor/slack.ts';

const post = slackPoster(slackStartUp());

export async function handler(event: unknown, context: Context): Promise<void> {
  await post(event, Date.now() + context.getRemainingTimeInMillis());
}
