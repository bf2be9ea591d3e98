/** Lambda `follow-up`: every minute, what is open is looked at again, and people are told what is due. */

import { startUpToFollowUp } from '../lib/lambda/start-up.ts';
import { followUp } from '../lib/monitor/follow-up.ts';

const { ports, config } = startUpToFollowUp('follow-up');

export async function handler(): Promise<void> {
  await followUp(ports, config);
}
