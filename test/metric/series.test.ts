/** The catalogue of metrics, and measurements folded into what CloudWatch takes. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Measurement,
  type MetricDescription,
  type MetricName,
  metricCatalogue,
  metricNamespace,
} from '../../lib/metric/catalogue.ts';
import { type Series, toSeries, valuesPerSeries } from '../../lib/metric/series.ts';

const dimensions = { SourceRegion: 'us-east-1', DestinationRegion: 'eu-west-1' };

function lag(value: number, DestinationRegion = 'eu-west-1'): Measurement {
  return { name: 'ReplicationLag', value, dimensions: { SourceRegion: 'us-east-1', DestinationRegion } };
}

const verified: Measurement = { name: 'ReplicasVerified', value: 1, dimensions };

/** Without the totals over all dimensions, which have tests of their own. */
function apart(measurements: readonly Measurement[]): readonly Series[] {
  return toSeries(measurements).filter(({ name, dimensions }) => {
    const { total }: MetricDescription = metricCatalogue[name];
    return total !== true || dimensions.length > 0;
  });
}

describe('the catalogue', () => {
  const entries = Object.entries<MetricDescription>(metricCatalogue);

  it('keeps within the limits of CloudWatch on names', () => {
    expect(metricNamespace).toMatch(/^[\w./#:-]{1,255}$/);
    expect(metricNamespace).not.toMatch(/^AWS\//);
    for (const [name] of entries) expect(name).toMatch(/^[A-Za-z]{1,255}$/);
  });

  it.each(entries)(
    'says what %s means, under at most three dimensions',
    (_, { meaning, dimensions, unit }) => {
      expect(meaning).toMatch(/^[a-z].{10,}[^.]$/);
      expect(new Set(dimensions).size).toBe(dimensions.length);
      expect(dimensions.length).toBeLessThanOrEqual(3);
      expect(['Seconds', 'Count', 'Percent']).toContain(unit);
    },
  );
});

describe('measurements', () => {
  it('that are none make no series', () => {
    expect(toSeries([])).toEqual([]);
  });

  it('of durations are kept value by value, equal ones counted', () => {
    expect(apart([lag(3), lag(4), lag(3)])).toEqual([
      {
        name: 'ReplicationLag',
        unit: 'Seconds',
        dimensions: [
          { name: 'SourceRegion', value: 'us-east-1' },
          { name: 'DestinationRegion', value: 'eu-west-1' },
        ],
        values: [3, 4],
        counts: [2, 1],
      },
    ]);
  });

  it('of counts are added up', () => {
    expect(toSeries([verified, verified, { ...verified, value: 5 }])).toMatchObject([
      { name: 'ReplicasVerified', unit: 'Count', values: [7], counts: [1] },
    ]);
  });

  it('are apart for each metric and each set of dimensions', () => {
    const series = apart([lag(1), lag(1, 'ap-southeast-2'), verified]);
    expect(series.map(({ name, values }) => [name, ...values])).toEqual([
      ['ReplicationLag', 1],
      ['ReplicationLag', 1],
      ['ReplicasVerified', 1],
    ]);
  });

  it('of one destination are one series, whatever came in between', () => {
    expect(apart([lag(1), lag(1, 'ap-southeast-2'), lag(2)]).map(({ values }) => values)).toEqual([
      [1, 2],
      [1],
    ]);
  });

  it('without dimensions have none', () => {
    expect(toSeries([{ name: 'Heartbeat', value: 1, dimensions: {} }])).toMatchObject([{ dimensions: [] }]);
  });

  it('with a reason have it as a dimension', () => {
    const looks: Measurement = {
      name: 'ReplicasUnreadable',
      value: 1,
      dimensions: { ...dimensions, Reason: 'throttled' },
    };
    expect(toSeries([looks])[0]?.dimensions.map(({ name }) => name)).toEqual([
      'SourceRegion',
      'DestinationRegion',
      'Reason',
    ]);
  });

  it('of repositories that the user lists are published under the repository too', () => {
    const api: Measurement = { ...verified, repository: 'prod-api' };
    const tools: Measurement = { ...verified, repository: 'sandbox-tools' };
    const published = toSeries([api, tools, verified], ['prod-']).map(({ dimensions, values }) => [
      dimensions.map(({ value }) => value).join(' '),
      ...values,
    ]);
    expect(published).toEqual([
      ['us-east-1 eu-west-1', 3],
      ['us-east-1 eu-west-1 prod-api', 1],
    ]);
  });

  it('of zero are published: zero is worth knowing', () => {
    const none: Measurement = {
      name: 'OpenIncidents',
      value: 0,
      dimensions: { DestinationRegion: 'eu-west-1' },
    };
    expect(apart([none])).toMatchObject([{ values: [0], counts: [1] }]);
  });

  it('of 151 different durations take two series, since one takes 150 values', () => {
    const series = apart(Array.from({ length: 151 }, (_, seconds) => lag(seconds)));
    expect(series.map(({ values }) => values.length)).toEqual([150, 1]);
  });
});

describe('a total', () => {
  it('is published over all destinations: an alarm cannot search for them', () => {
    const totals = toSeries([lag(1), lag(1, 'ap-southeast-2'), lag(7), verified]).filter(
      ({ dimensions }) => dimensions.length === 0,
    );
    expect(totals).toEqual([
      { name: 'ReplicationLag', unit: 'Seconds', dimensions: [], values: [1, 7], counts: [2, 1] },
    ]);
  });

  it('of what is open adds up the destinations', () => {
    const open = (value: number, DestinationRegion: string): Measurement => ({
      name: 'OpenIncidents',
      value,
      dimensions: { DestinationRegion },
    });
    expect(toSeries([open(2, 'eu-west-1'), open(0, 'ap-southeast-2')])).toMatchObject([
      { dimensions: [{ value: 'eu-west-1' }], values: [2] },
      { dimensions: [], values: [2] },
      { dimensions: [{ value: 'ap-southeast-2' }], values: [0] },
    ]);
  });
});

describe('measurements of a repository', () => {
  const api: Measurement = { ...verified, repository: 'prod-api' };
  const web: Measurement = { ...verified, repository: 'prod-web' };
  const own = (name: string) => expect.objectContaining({ dimensions: [...pair, repositoryIs(name)] });
  const pair = [
    { name: 'SourceRegion', value: 'us-east-1' },
    { name: 'DestinationRegion', value: 'eu-west-1' },
  ];
  const repositoryIs = (value: string) => ({ name: 'Repository', value });

  it('that nobody listed are published without its name', () => {
    expect(toSeries([api, web])).toMatchObject([{ dimensions: pair, values: [2] }]);
    expect(toSeries([api, web], ['sandbox', 'rod'])).toHaveLength(1);
  });

  it('with a listed prefix are published under its name as well', () => {
    expect(toSeries([api, web, api], ['prod-a'])).toEqual([
      expect.objectContaining({ dimensions: pair, values: [3] }),
      { ...toSeries([api, api])[0], dimensions: [...pair, repositoryIs('prod-api')] },
    ]);
  });

  it('are apart for each of the repositories that one prefix lists', () => {
    expect(toSeries([api, web], ['prod-'])).toEqual([
      expect.objectContaining({ dimensions: pair }),
      own('prod-api'),
      own('prod-web'),
    ]);
  });

  it('count once, however many of the prefixes match', () => {
    expect(toSeries([api], ['prod-', 'prod-api', 'p']).map(({ values }) => values)).toEqual([[1], [1]]);
  });

  it('that belong to none have no name to be published under', () => {
    expect(toSeries([verified], ['prod-'])).toHaveLength(1);
  });
});

describe('series', () => {
  const names = Object.keys(metricCatalogue) as MetricName[];
  const measurement = fc
    .record({
      name: fc.constantFrom(...names),
      value: fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 10_000 })),
      region: fc.constantFrom('eu-west-1', 'ap-southeast-2'),
      repository: fc.constantFrom('prod-api', 'prod-web', 'sandbox'),
    })
    .map(
      ({ name, value, region, repository }) =>
        ({
          name,
          value,
          repository,
          dimensions: Object.fromEntries(metricCatalogue[name].dimensions.map((key) => [key, region])),
        }) as Measurement,
    );
  const many = fc.array(measurement, { maxLength: 2_000, size: 'max' });
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

  it('hold at most 150 values each, with a count for each, above zero', () => {
    fc.assert(
      fc.property(many, (given) => {
        for (const { values, counts } of toSeries(given)) {
          expect(values.length).toBeGreaterThan(0);
          expect(values.length).toBeLessThanOrEqual(valuesPerSeries);
          expect(counts.length).toBe(values.length);
          expect(counts.every((count) => Number.isInteger(count) && count > 0)).toBe(true);
          expect(new Set(values).size).toBe(values.length);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('of durations count every measurement, and every series adds up to what was measured', () => {
    fc.assert(
      fc.property(many, (given) => {
        const series = apart(given);
        for (const name of names) {
          const measured = given.filter((one) => one.name === name).map(({ value }) => value);
          const own = series.filter((one) => one.name === name);
          const total = own.map(({ values, counts }) =>
            sum(values.map((value, index) => value * (counts[index] ?? 0))),
          );
          expect(sum(total)).toBe(sum(measured));
          if (metricCatalogue[name].unit === 'Seconds')
            expect(sum(own.flatMap(({ counts }) => counts))).toBe(measured.length);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('under the names of repositories add up to what was measured of those, beside the others', () => {
    fc.assert(
      fc.property(many, (given) => {
        const plain = toSeries(given);
        const series = toSeries(given, ['prod-']);
        const isNamed = ({ dimensions }: Series): boolean =>
          dimensions.some((one) => one.name === 'Repository');
        expect(series.filter((one) => !isNamed(one))).toEqual(plain);
        const total = series
          .filter(isNamed)
          .map(({ values, counts }) => sum(values.map((value, index) => value * (counts[index] ?? 0))));
        const listed = given.filter(({ repository }) => repository?.startsWith('prod-'));
        expect(sum(total)).toBe(sum(listed.map(({ value }) => value)));
      }),
      { numRuns: 30 },
    );
  });
});
