/** What `doctor` asks besides settings: which Regions are enabled, the monitor's heartbeat, who listens to its topic. */

import { type CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { GetTopicAttributesCommand, type SNSClient } from '@aws-sdk/client-sns';
import { metricNamespace } from '../metric/catalogue.ts';
import type { DoctorPorts } from '../ports.ts';
import type { SettingReading } from '../sweep/setting-finding.ts';
import { readCaller } from './caller.ts';
import { stsClient } from './clients.ts';
import { isNamed, readFaultOf } from './read-fault.ts';

// IAM User Guide, "Managing AWS STS in an AWS Region": there, credentials of an account that has not enabled it are unknown.
const unknownThere = ['InvalidClientTokenId', 'UnrecognizedClientException', 'OptInRequired'];

export function doctorPorts(cloudWatch: CloudWatchClient, sns: SNSClient): DoctorPorts {
  return {
    readRegion: (region) =>
      attempt(async () => {
        try {
          await readCaller(stsClient(region));
          return 'enabled';
        } catch (error) {
          if (unknownThere.some((name) => isNamed(error, name))) return 'not-enabled';
          throw error;
        }
      }),
    readHeartbeats: (from, until) =>
      attempt(async () => {
        const { Datapoints = [] } = await cloudWatch.send(
          new GetMetricStatisticsCommand({
            Namespace: metricNamespace,
            MetricName: 'Heartbeat',
            StartTime: new Date(from),
            EndTime: new Date(until),
            Period: 60,
            Statistics: ['Sum'],
          }),
        );
        return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
      }),
    readSubscribers: (topicArn) =>
      attempt(async () => {
        const answer = await sns
          .send(new GetTopicAttributesCommand({ TopicArn: topicArn }))
          .catch((error: unknown) => {
            if (isNamed(error, 'NotFoundException')) return 'absent' as const;
            throw error;
          });
        if (answer === 'absent') return answer;
        const { Attributes = {} } = answer;
        return {
          confirmed: Number(Attributes['SubscriptionsConfirmed'] ?? 0),
          pending: Number(Attributes['SubscriptionsPending'] ?? 0),
        };
      }),
  };
}

async function attempt<T>(read: () => Promise<T>): Promise<SettingReading<T>> {
  try {
    return { is: 'read', value: await read() };
  } catch (error) {
    return { is: 'unreadable', why: readFaultOf(error) };
  }
}
