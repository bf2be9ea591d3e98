/** A local CloudWatch that takes PutMetricData, keeps the points, refuses what the real one refuses, and adds them up. */

import * as v from 'valibot';
import { type Registry, sameRegistry } from '../image/registry.ts';
import type { Answer, Service } from './answer.ts';
import { type Datum, faultOf, putMetricData } from './cloudwatch-limits.ts';

/** One metric datum as it was published. */
interface Datapoint {
  readonly registry: Registry;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly unit: string | undefined;
  /** Values with how often each occurred; none for a statistic set. */
  readonly values: readonly { readonly value: number; readonly count: number }[];
  readonly statistics: { SampleCount: number; Sum: number; Minimum: number; Maximum: number } | undefined;
}

export interface CloudWatch {
  readonly call: Service;
  /** Oldest first; of one metric, if a name is given. */
  readonly datapoints: (name?: string) => readonly Datapoint[];
  readonly reset: () => void;
  /** The next `times` calls, or all until the answered function is called, fail with a server fault. */
  readonly failing: (times?: number) => () => void;
}

/** `now`: epoch milliseconds; the stamp of a datum without one, and the measure of too old and too new. */
export function createCloudWatch(now: () => number): CloudWatch {
  let points: Datapoint[] = [];
  let failuresLeft = 0;

  function call(registry: Registry, operation: string, input: unknown): Answer {
    if (operation === 'GetMetricStatistics') return statisticsOf(points, registry, input);
    if (operation !== 'PutMetricData') {
      return refused('UnknownOperationException', `${operation} is not an operation of the local CloudWatch`);
    }
    if (failuresLeft > 0) {
      failuresLeft -= 1;
      return refused('InternalServiceFault', 'Request processing has failed', 500, 'InternalServiceError');
    }
    const { success, output, issues } = v.safeParse(putMetricData, input);
    if (!success) return refused('SerializationException', v.summarize(issues));
    const fault = faultOf(output.Namespace, output.MetricData, now());
    if (fault !== undefined) {
      return refused('InvalidParameterValueException', fault, 400, 'InvalidParameterValue');
    }
    for (const one of output.MetricData) points.push(datapointOf(registry, output.Namespace, one, now()));
    return { is: 'ok', latencyMs: 0, body: {} };
  }

  return {
    call,
    datapoints: (name) => points.filter((point) => name === undefined || point.name === name),
    reset: () => {
      points = [];
    },
    failing: (times = Number.POSITIVE_INFINITY) => {
      failuresLeft = times;
      return () => {
        failuresLeft = 0;
      };
    },
  };
}

const statisticsInput = v.object({
  Namespace: v.string(),
  MetricName: v.string(),
  Dimensions: v.optional(v.array(v.object({ Name: v.string(), Value: v.string() })), []),
  StartTime: v.number(),
  EndTime: v.number(),
});

/** GetMetricStatistics of one metric with exactly the dimensions asked for: all its time as one period. */
function statisticsOf(points: readonly Datapoint[], registry: Registry, input: unknown): Answer {
  const { success, output, issues } = v.safeParse(statisticsInput, input);
  if (!success) return refused('SerializationException', v.summarize(issues));
  const { Namespace, MetricName, Dimensions, StartTime, EndTime } = output;
  const wanted = new Map(Dimensions.map(({ Name, Value }) => [Name, Value]));
  const values = points
    .filter(
      ({ registry: own, namespace, name, dimensions, at }) =>
        sameRegistry(own, registry) &&
        namespace === Namespace &&
        name === MetricName &&
        at >= StartTime * 1000 &&
        at < EndTime * 1000 &&
        Object.keys(dimensions).length === wanted.size &&
        Object.entries(dimensions).every(([key, value]) => wanted.get(key) === value),
    )
    .flatMap((point) => point.values);
  const SampleCount = values.reduce((sum, { count }) => sum + count, 0);
  const Sum = values.reduce((sum, { value, count }) => sum + value * count, 0);
  const Datapoints = SampleCount === 0 ? [] : [{ Timestamp: StartTime, SampleCount, Sum }];
  return { is: 'ok', latencyMs: 0, body: { Label: MetricName, Datapoints } };
}

function datapointOf(registry: Registry, namespace: string, one: Datum, now: number): Datapoint {
  const { Counts } = one;
  const values = one.Values ?? (one.Value === undefined ? [] : [one.Value]);
  return {
    registry,
    namespace,
    name: one.MetricName,
    dimensions: Object.fromEntries(one.Dimensions.map(({ Name, Value }) => [Name, Value])),
    at: one.Timestamp === undefined ? now : one.Timestamp * 1000,
    unit: one.Unit,
    values: values.map((value, at) => ({ value, count: Counts?.[at] ?? 1 })),
    statistics: one.StatisticValues,
  };
}

function refused(name: string, message: string, status = 400, queryName?: string): Answer {
  return {
    is: 'error',
    latencyMs: 0,
    name,
    message,
    status,
    ...(queryName === undefined ? {} : { queryName }),
  };
}
