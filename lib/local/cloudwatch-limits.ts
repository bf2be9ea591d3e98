/** What CloudWatch reads of PutMetricData, and what it refuses. */

import * as v from 'valibot';

// JSON has no NaN; the protocol writes such numbers as strings.
const number = v.union([
  v.number(),
  v.pipe(v.picklist(['NaN', 'Infinity', '-Infinity']), v.transform(Number)),
]);
const statistics = v.object({ SampleCount: number, Sum: number, Minimum: number, Maximum: number });
const datum = v.object({
  MetricName: v.string(),
  Dimensions: v.optional(v.array(v.object({ Name: v.string(), Value: v.string() })), []),
  Timestamp: v.optional(v.number()),
  Unit: v.optional(v.string()),
  Value: v.optional(number),
  Values: v.optional(v.array(number)),
  Counts: v.optional(v.array(number)),
  StatisticValues: v.optional(statistics),
});
export const putMetricData = v.object({ Namespace: v.string(), MetricData: v.array(datum) });
export type Datum = v.InferOutput<typeof datum>;

const hour = 3_600_000;

/** CloudWatch API Reference, PutMetricData and MetricDatum; undefined when there is nothing to refuse. */
export function faultOf(namespace: string, data: readonly Datum[], now: number): string | undefined {
  if (namespace === '' || namespace.startsWith('AWS/'))
    return `The value ${namespace} for parameter Namespace is invalid.`;
  if (data.length > 1000) return 'The collection MetricData must not have a size greater than 1000.';
  for (const [at, one] of data.entries()) {
    const fault = datumFault(one, now);
    if (fault !== undefined) return `The parameter MetricData.member.${at + 1}${fault}`;
  }
  return undefined;
}

function datumFault(one: Datum, now: number): string | undefined {
  const { Dimensions, Values, Counts, Value, StatisticValues, Timestamp } = one;
  const numbers = [...(Values ?? []), ...(Counts ?? []), ...Object.values(StatisticValues ?? {})];
  if (Value !== undefined) numbers.push(Value);
  if (one.MetricName === '') return '.MetricName must not be empty.';
  if (Dimensions.length > 30) return '.Dimensions must not have a size greater than 30.';
  if (Dimensions.some(({ Name, Value: text }) => Name === '' || text === '')) {
    return '.Dimensions must not have an empty name or value.';
  }
  if ((Values?.length ?? 0) > 150) return '.Values must not have a size greater than 150.';
  if (Counts !== undefined && Counts.length !== Values?.length) return '.Counts must be as long as Values.';
  if (numbers.some((value) => !Number.isFinite(value))) return '.Value must be a finite number.';
  const given = [Value, Values, StatisticValues].filter((way) => way !== undefined);
  if (given.length !== 1) return ' must have one of Value, Values and StatisticValues.';
  if (Timestamp === undefined) return undefined;
  const ageMs = now - Timestamp * 1000;
  if (ageMs > 14 * 24 * hour || ageMs < -2 * hour) {
    return '.Timestamp must be at most two weeks in the past and two hours in the future.';
  }
  return undefined;
}
