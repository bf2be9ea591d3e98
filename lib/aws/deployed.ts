/** What `doctor` asks besides settings: which Regions are enabled, the monitor's heartbeat, who listens to its topic. */

import { type CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { GetTopicAttributesCommand, type SNSClient } from '@aws-sdk/client-sns';
import * as v from 'valibot';
import { metricNamespace } from '../metric/catalogue.ts';
import type { DoctorPorts } from '../ports.ts';
import { answered } from './answer.ts';
import { readCaller } from './caller.ts';
import { stsClient } from './clients.ts';
import { attempt, isNamed } from './read-fault.ts';

// IAM User Guide, "Managing AWS STS in an AWS Region": there, credentials of an account that has not enabled it are unknown.
const unknownThere = ['InvalidClientTokenId', 'UnrecognizedClientException', 'OptInRequired'];

/** Without any there is an empty list of them: no list is no answer, and so no missing heartbeat. */
const datapoints = v.object({
  Datapoints: v.array(v.object({ Sum: v.pipe(v.number(), v.finite(), v.minValue(0)) })),
});
const howMany = v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number));
const topicAttributes = v.object({
  Attributes: v.object({ SubscriptionsConfirmed: howMany, SubscriptionsPending: howMany }),
});

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
        const answer = await cloudWatch.send(
          new GetMetricStatisticsCommand({
            Namespace: metricNamespace,
            MetricName: 'Heartbeat',
            StartTime: new Date(from),
            EndTime: new Date(until),
            Period: 60,
            Statistics: ['Sum'],
          }),
        );
        const { Datapoints } = answered('GetMetricStatistics', datapoints, answer);
        return Datapoints.reduce((sum, { Sum }) => sum + Sum, 0);
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
        const { Attributes } = answered('GetTopicAttributes', topicAttributes, answer);
        return { confirmed: Attributes.SubscriptionsConfirmed, pending: Attributes.SubscriptionsPending };
      }),
  };
}
