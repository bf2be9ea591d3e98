/** CloudWatch: the series of one invocation in one call. */

import { type CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { metricNamespace } from '../metric/catalogue.ts';
import type { Series } from '../metric/series.ts';
import { inBatches } from '../replication/reads.ts';

/** CloudWatch API Reference, PutMetricData: at most 1,000 metrics a call; an invocation stays far below. */
const metricsPerCall = 1_000;

/** `at`: epoch milliseconds of the look. */
export async function putMetrics(
  client: CloudWatchClient,
  series: readonly Series[],
  at: number,
): Promise<void> {
  for (const batch of inBatches(series, metricsPerCall)) {
    await client.send(
      new PutMetricDataCommand({
        Namespace: metricNamespace,
        MetricData: batch.map(({ name, unit, dimensions, values, counts }) => ({
          MetricName: name,
          Unit: unit,
          Timestamp: new Date(at),
          Dimensions: dimensions.map(({ name, value }) => ({ Name: name, Value: value })),
          Values: [...values],
          Counts: [...counts],
        })),
      }),
    );
  }
}
