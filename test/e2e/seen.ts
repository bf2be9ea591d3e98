/** What can be seen of the deployed monitor: its metrics, its table, its queues; through the SDK, as a team would look. */

import { CloudWatchClient, GetMetricStatisticsCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  GetQueueAttributesCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { type Item, readIncident } from '../../lib/aws/items.ts';
import type { Registry } from '../../lib/image/registry.ts';
import type { Incident } from '../../lib/incident/incident.ts';
import { metricNamespace } from '../../lib/metric/catalogue.ts';
import { rootOf } from './aws.ts';

interface Statistic {
  readonly sum: number;
  readonly samples: number;
  readonly least: number;
  readonly most: number;
}

export interface Seen {
  /** All data points of a metric so far, under just these dimensions; undefined: none was published. */
  readonly metric: (
    name: string,
    dimensions: Readonly<Record<string, string>>,
  ) => Promise<Statistic | undefined>;
  /** `Name{Dimension,…}` of every metric that was published. */
  readonly published: () => Promise<ReadonlySet<string>>;
  readonly incidents: () => Promise<readonly Incident[]>;
  readonly items: () => Promise<number>;
  /** Has every notice confirmed so much earlier than it was. */
  readonly turnBackNotices: (seconds: number) => Promise<number>;
  /** Messages that wait, are delayed or are in hand. */
  readonly messagesIn: (queueUrl: string) => Promise<number>;
  readonly send: (queueUrl: string, body: string) => Promise<void>;
  readonly setVisibility: (queueUrl: string, seconds: number) => Promise<void>;
  readonly close: () => void;
}

export function seeing(endpoint: string, at: Registry, table: string): Seen {
  const { accessKey, secret } = rootOf(at.account);
  const common = {
    endpoint,
    region: at.region,
    credentials: { accessKeyId: accessKey, secretAccessKey: secret },
  };
  const cloudWatch = new CloudWatchClient(common);
  const dynamoDb = new DynamoDBClient(common);
  const sqs = new SQSClient({ ...common, useQueueUrlAsEndpoint: false });

  async function scan(prefix: string): Promise<readonly Item[]> {
    const { Items = [] } = await dynamoDb.send(
      new ScanCommand({
        TableName: table,
        ConsistentRead: true,
        FilterExpression: 'begins_with(pk, :prefix)',
        ExpressionAttributeValues: { ':prefix': { S: prefix } },
      }),
    );
    return Items;
  }

  return {
    metric: async (name, dimensions) => {
      const now = Date.now();
      const { Datapoints = [] } = await cloudWatch.send(
        new GetMetricStatisticsCommand({
          Namespace: metricNamespace,
          MetricName: name,
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
          StartTime: new Date(now - 3_600_000),
          EndTime: new Date(now + 60_000),
          Period: 60,
          Statistics: ['Sum', 'SampleCount', 'Minimum', 'Maximum'],
        }),
      );
      if (Datapoints.length === 0) return undefined;
      const points = v.parse(v.array(datapoint), Datapoints);
      return {
        sum: points.reduce((sum, { Sum }) => sum + Sum, 0),
        samples: points.reduce((sum, { SampleCount }) => sum + SampleCount, 0),
        least: Math.min(...points.map(({ Minimum }) => Minimum)),
        most: Math.max(...points.map(({ Maximum }) => Maximum)),
      };
    },
    published: async () => {
      const { Metrics = [] } = await cloudWatch.send(new ListMetricsCommand({ Namespace: metricNamespace }));
      return new Set(
        Metrics.map(({ MetricName = '', Dimensions = [] }) =>
          metricKey(
            MetricName,
            Dimensions.map(({ Name = '' }) => Name),
          ),
        ),
      );
    },
    incidents: async () => (await scan('incident ')).map(readIncident),
    items: async () => (await scan('')).length,
    turnBackNotices: async (seconds) => {
      const notices = (await scan('notice ')).filter(({ confirmedAt }) => confirmedAt !== undefined);
      for (const { pk, sk, confirmedAt } of notices) {
        await dynamoDb.send(
          new UpdateItemCommand({
            TableName: table,
            Key: v.parse(key, { pk, sk }),
            UpdateExpression: 'SET confirmedAt = :then',
            ExpressionAttributeValues: { ':then': { N: String(Number(confirmedAt?.N) - seconds * 1000) } },
          }),
        );
      }
      return notices.length;
    },
    messagesIn: async (QueueUrl) => {
      const which = ['', 'NotVisible', 'Delayed'] as const;
      const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
      const { Attributes = {} } = await sqs.send(asked);
      return which.reduce(
        (sum, state) => sum + Number(Attributes[`ApproximateNumberOfMessages${state}`] ?? 0),
        0,
      );
    },
    send: async (QueueUrl, MessageBody) => {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    },
    setVisibility: async (QueueUrl, seconds) => {
      const Attributes = { VisibilityTimeout: String(seconds) };
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    },
    close: () => {
      for (const client of [cloudWatch, dynamoDb, sqs]) client.destroy();
    },
  };
}

export function metricKey(name: string, dimensions: readonly string[]): string {
  return `${name}{${[...dimensions].sort().join(',')}}`;
}

const datapoint = v.object({
  Sum: v.number(),
  SampleCount: v.number(),
  Minimum: v.number(),
  Maximum: v.number(),
});
const key = v.object({ pk: v.object({ S: v.string() }), sk: v.object({ S: v.string() }) });
