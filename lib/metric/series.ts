/** Measurements of one invocation folded into series: one a metric and set of dimensions, equal values counted. */

import { type Dimension, type Measurement, type MetricName, metricCatalogue } from './catalogue.ts';

/** CloudWatch API Reference, MetricDatum: at most 150 distinct values a datum. */
export const valuesPerSeries = 150;

export interface Series {
  readonly name: MetricName;
  readonly unit: 'Seconds' | 'Count';
  readonly dimensions: readonly { readonly name: Dimension; readonly value: string }[];
  readonly values: readonly number[];
  readonly counts: readonly number[];
}

/**
 * Durations are kept value by value, so that percentiles work; counts of one series are added up, since
 * only their sum is ever asked for and one value costs less to send than many.
 */
export function toSeries(measurements: Iterable<Measurement>): readonly Series[] {
  const byKey = new Map<
    string,
    { name: MetricName; dimensions: Series['dimensions']; tally: Map<number, number> }
  >();
  for (const { name, value, dimensions } of measurements) {
    const listed = metricCatalogue[name].dimensions.map((dimension) => ({
      name: dimension,
      value: (dimensions as Readonly<Record<string, string>>)[dimension] ?? 'unknown',
    }));
    const key = [name, ...listed.map((dimension) => dimension.value)].join(' ');
    const entry = byKey.get(key) ?? { name, dimensions: listed, tally: new Map<number, number>() };
    byKey.set(key, entry);
    entry.tally.set(value, (entry.tally.get(value) ?? 0) + 1);
  }
  return [...byKey.values()].flatMap(({ name, dimensions, tally }) => {
    const { unit } = metricCatalogue[name];
    if (unit === 'Count') {
      let sum = 0;
      for (const [value, times] of tally) sum += value * times;
      return [{ name, unit, dimensions, values: [sum], counts: [1] }];
    }
    const entries = [...tally];
    const series: Series[] = [];
    for (let start = 0; start < entries.length; start += valuesPerSeries) {
      const part = entries.slice(start, start + valuesPerSeries);
      series.push({
        name,
        unit,
        dimensions,
        values: part.map(([value]) => value),
        counts: part.map(([, times]) => times),
      });
    }
    return series;
  });
}
