/** Bench `cost`: dollars a month for few, many and very many pushes, from calls that are counted here. */

import { byPart, deployed, monthlyCost, sumOf } from './kit/cost-model.ts';
import { callsOfRun } from './kit/counted-run.ts';
import { inDigits } from './kit/numbers.ts';
import { type Price, prices } from './kit/prices.ts';
import type { Bench } from './kit/report.ts';
import { exponentOf, spreadOf } from './kit/statistics.ts';

const sizes = [1_000, 100_000, 10_000_000];
const destinations = 3;

export const bench: Bench = {
  about: 'dollars a month, from counted calls',
  run: async () => {
    const counted = [
      await callsOfRun(1, destinations),
      await callsOfRun(deployed.imageAction.batch, destinations),
    ];
    const months = [
      ...sizes.map((pushesADay) => monthlyCost({ pushesADay, destinations })),
      ...sizes.map((pushesADay) => monthlyCost({ pushesADay, destinations, spokes: true })),
    ];
    const parts = [...new Set(months.flatMap((lines) => [...byPart(lines).keys()]))];
    const curve = sizes.map((size, at) => [size, sumOf(months[at] ?? [])] as const);
    return {
      tables: [
        {
          title: `USD a month × ${destinations} destinations, no free tier taken off`,
          columns: [
            'part',
            ...sizes.map((size) => `${inDigits(size)} a day`),
            ...sizes.map((size) => `${inDigits(size)}, with spokes`),
          ],
          rows: [
            ...parts.map((part) => [part, ...months.map((lines) => inUsd(byPart(lines).get(part) ?? 0))]),
            ['sum', ...months.map((lines) => inUsd(sumOf(lines)))],
          ],
        },
        {
          title: 'Calls of one run of image-action, counted',
          columns: ['messages', 'ECR (free)', 'PutMetricData', 'SQS', 'DynamoDB', 'SNS'],
          rows: counted.map(({ messages, ecr, metrics, queue, table, topic }) =>
            [messages, ecr, metrics, queue, table, topic].map(inDigits),
          ),
        },
        {
          title: 'Prices',
          columns: ['USD', 'for', 'source', 'its date'],
          rows: Object.values<Price>(prices).map(({ usd, per, of, source, date }) => [
            String(usd),
            `${per === 1 ? '' : `${inDigits(per)} `}${of}`,
            source,
            date ?? '–',
          ]),
        },
      ],
      figures: [
        {
          what: 'PutMetricData calls of a run in which all has arrived, whatever its size (the model takes one)',
          must: 'at most',
          limit: 1,
          seen: spreadOf(counted.map(({ metrics }) => metrics)),
        },
        {
          what: 'calls to table, topic and queue of such a run (the model takes none)',
          must: 'at most',
          limit: 0,
          seen: spreadOf(counted.map(({ queue, table, topic }) => queue + table + topic)),
        },
      ],
      growth: [{ what: 'USD a month', over: 'pushes a day', sizes, exponent: exponentOf(curve) }],
      notes: [
        'No price was asked of AWS: each is from the source named, and to be looked at again before anybody budgets by it.',
        'The formulas are those of docs/cost.md; a test holds the two together. Pushes come evenly, 5 % are late and take four more looks, 1 replica in 1,000 becomes an incident.',
        'What grows with spokes is the arrivals that they forward: one event for each replica.',
      ],
    };
  },
};

function inUsd(usd: number): string {
  return usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
