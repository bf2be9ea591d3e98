/** PutMetricData of the local CloudWatch, by the real SDK: what it keeps, and what it refuses. */

import {
  CloudWatchClient,
  ListMetricsCommand,
  type MetricDatum,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CloudWatch, createCloudWatch } from '../../lib/local/cloudwatch.ts';
import { createEcr } from '../../lib/local/ecr-model.ts';
import { startEcrServer } from '../../lib/local/ecr-server.ts';
import type { Listening } from '../../lib/local/listen.ts';

const clock = Date.parse('2026-11-20T08:00:00Z');
const cloudwatch: CloudWatch = createCloudWatch(() => clock);
let server: Listening;
let client: CloudWatchClient;

beforeAll(async () => {
  server = await startEcrServer({ ecr: createEcr({ now: () => clock }), cloudwatch });
  const credentials = { accessKeyId: '111122223333', secretAccessKey: 'local' };
  client = new CloudWatchClient({ endpoint: server.url, region: 'eu-west-1', credentials, maxAttempts: 1 });
});
beforeEach(() => cloudwatch.reset());
afterAll(async () => {
  client.destroy();
  await server.stop();
});

function put(MetricData: MetricDatum[], Namespace = 'Test'): Promise<unknown> {
  return client.send(new PutMetricDataCommand({ Namespace, MetricData }));
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}

describe('what is published', () => {
  it('is kept, point by point', async () => {
    const Timestamp = new Date(clock - 60_000);
    const Dimensions = [{ Name: 'SourceRegion', Value: 'us-east-1' }];
    const StatisticValues = { SampleCount: 2, Sum: 3, Minimum: 1, Maximum: 2 };
    await put([
      {
        MetricName: 'ReplicationLag',
        Unit: 'Seconds',
        Timestamp,
        Dimensions,
        Values: [1.5, 3],
        Counts: [2, 1],
      },
      { MetricName: 'Heartbeat', Value: 1 },
      { MetricName: 'Sums', StatisticValues },
    ]);
    const registry = { account: '111122223333', region: 'eu-west-1' };
    const common = {
      registry,
      namespace: 'Test',
      dimensions: {},
      at: clock,
      unit: undefined,
      statistics: undefined,
    };
    expect(cloudwatch.datapoints()).toEqual([
      {
        ...common,
        name: 'ReplicationLag',
        dimensions: { SourceRegion: 'us-east-1' },
        at: clock - 60_000,
        unit: 'Seconds',
        values: [
          { value: 1.5, count: 2 },
          { value: 3, count: 1 },
        ],
      },
      { ...common, name: 'Heartbeat', values: [{ value: 1, count: 1 }] },
      { ...common, name: 'Sums', values: [], statistics: StatisticValues },
    ]);
    expect(cloudwatch.datapoints('Heartbeat')).toHaveLength(1);
  });

  it('may be compressed, as the SDK does with much', async () => {
    let encoding: string | undefined;
    client.middlewareStack.add(
      (next) => (args) => {
        const { request } = args as { request: { headers: Record<string, string> } };
        encoding = request.headers['content-encoding'] ?? request.headers['Content-Encoding'];
        return next(args);
      },
      { step: 'finalizeRequest', name: 'encodingSeen', priority: 'low' },
    );
    await put(numbers(1000).map((Value) => ({ MetricName: 'ReplicasVerified', Value })));
    expect(encoding).toBe('gzip');
    expect(cloudwatch.datapoints()).toHaveLength(1000);
  });
});

describe('what CloudWatch refuses', () => {
  const name = { MetricName: 'ReplicationLag' };
  const dimensions = (count: number, Value = 'x') => numbers(count).map((at) => ({ Name: `n${at}`, Value }));

  it('is not what is just within the limits', async () => {
    await put([{ ...name, Values: numbers(150), Counts: numbers(150), Dimensions: dimensions(30) }]);
    expect(cloudwatch.datapoints()).toHaveLength(1);
  });

  it.each([
    { is: 'more than 1000 metrics', data: numbers(1000).map((Value) => ({ ...name, Value })) },
    { is: 'more than 150 values', data: [{ ...name, Values: numbers(151) }] },
    { is: 'counts that are not as many as the values', data: [{ ...name, Values: [1, 2], Counts: [1] }] },
    { is: 'counts without values', data: [{ ...name, Value: 1, Counts: [1] }] },
    { is: 'more than 30 dimensions', data: [{ ...name, Value: 1, Dimensions: dimensions(31) }] },
    { is: 'an empty dimension value', data: [{ ...name, Value: 1, Dimensions: dimensions(1, '') }] },
    { is: 'NaN', data: [{ ...name, Value: Number.NaN }] },
    { is: 'infinity', data: [{ ...name, Values: [1, Number.POSITIVE_INFINITY] }] },
    { is: 'no value', data: [name] },
    { is: 'a value and values', data: [{ ...name, Value: 1, Values: [1] }] },
    { is: 'a metric without a name', data: [{ MetricName: '', Value: 1 }] },
    {
      is: 'what is older than two weeks',
      data: [{ ...name, Value: 1, Timestamp: new Date(clock - 15 * 86_400_000) }],
    },
    { is: 'what is of tomorrow', data: [{ ...name, Value: 1, Timestamp: new Date(clock + 86_400_000) }] },
    { is: 'a namespace of AWS', data: [{ ...name, Value: 1 }], namespace: 'AWS/ECR' },
  ])('is $is', async ({ data, namespace }) => {
    const good = { ...name, Value: 1 };
    await expect(put([good, ...data], namespace)).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      Error: { Code: 'InvalidParameterValue' },
    });
    // Nothing of a refused request is kept.
    expect(cloudwatch.datapoints()).toEqual([]);
  });

  it('is an operation that is not here', async () => {
    await expect(client.send(new ListMetricsCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
  });
});

describe('a fault', () => {
  it('fails so many calls, or all until it is ended', async () => {
    cloudwatch.failing(1);
    await expect(put([{ MetricName: 'a', Value: 1 }])).rejects.toMatchObject({
      $metadata: { httpStatusCode: 500 },
    });
    await put([{ MetricName: 'b', Value: 1 }]);
    const end = cloudwatch.failing();
    await expect(put([{ MetricName: 'c', Value: 1 }])).rejects.toMatchObject({
      name: 'InternalServiceFault',
    });
    end();
    await put([{ MetricName: 'd', Value: 1 }]);
    expect(cloudwatch.datapoints().map((point) => point.name)).toEqual(['b', 'd']);
  });
});
