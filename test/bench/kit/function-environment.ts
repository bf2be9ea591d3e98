/** What a deployed function finds in its environment, with every service at one address. */

import { source } from '../../samples.ts';
import { environmentOf } from './local-ecr.ts';

export function functionEnvironment(url: string): Record<string, string> {
  const queue = `${url}/queue`;
  return {
    ...environmentOf(url),
    INCIDENTS_TABLE: 'incidents',
    ALERT_TOPIC_ARN: `arn:aws:sns:${source.region}:${source.account}:alerts`,
    IMAGE_ACTION_QUEUE_URL: queue,
    REPLICATION_ACTION_QUEUE_URL: queue,
    SLACK_WEBHOOK_PARAMETER: '/ecr-replication-monitor/slack',
  };
}
