/** Measurements of one invocation folded into series: one a metric and set of dimensions, equal values counted. */

import {
  type Dimension,
  type Measurement,
  type MetricDescription,
  type MetricName,
  metricCatalogue,
} from './catalogue.ts';

/** CloudWatch API Reference, MetricDatum: at most 150 distinct values a datum. */
export const valuesPerSeries = 150;

export interface Series {
  readonly name: MetricName;
  readonly unit: 'Seconds' | 'Count' | 'Percent';
  readonly dimensions: readonly { readonly name: Dimension; readonly value: string }[];
  readonly values: readonly number[];
  readonly counts: readonly number[];
}

/**
 * Durations are kept value by value, so that percentiles work; counts of one series are added up, since
 * only their sum is ever asked for and one value costs less to send than many. What belongs to a repository with
 * one of the prefixes `byRepository` is published under its name as well.
 */
export function toSeries(
  measurements: Iterable<Measurement>,
  byRepository: readonly string[] = [],
): readonly Series[] {
  const byKey = new Map<
    string,
    { name: MetricName; dimensions: Series['dimensions']; tally: Map<number, number> }
  >();
  // A batch has thousands of measurements and a handful of series: only the first of a series writes its dimensions out.
  const add = (name: MetricName, value: number, dimensions: readonly Dimension[], values: Values): void => {
    let key: string = name;
    for (const dimension of dimensions) key += ` ${values[dimension] ?? unknown}`;
    const entry = byKey.get(key) ?? {
      name,
      dimensions: listed(dimensions, values),
      tally: new Map<number, number>(),
    };
    byKey.set(key, entry);
    entry.tally.set(value, (entry.tally.get(value) ?? 0) + 1);
  };
  for (const { name, value, dimensions, repository } of measurements) {
    const { dimensions: named, total }: MetricDescription = metricCatalogue[name];
    add(name, value, named, dimensions);
    if (total) add(name, value, [], dimensions);
    if (repository !== undefined && byRepository.some((prefix) => repository.startsWith(prefix))) {
      add(name, value, [...named, 'Repository'], { ...dimensions, Repository: repository });
    }
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

type Values = { readonly [D in Dimension]?: string };

const unknown = 'unknown';

function listed(dimensions: readonly Dimension[], values: Values): Series['dimensions'] {
  return dimensions.map((name) => ({ name, value: values[name] ?? unknown }));
}
