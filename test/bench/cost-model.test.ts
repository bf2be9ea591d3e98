/** The cost model against docs/cost.md, which was worked out by hand, and against what has to hold of any price. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { byPart, deployed, messagesPerRun, monthlyCost, sumOf } from './kit/cost-model.ts';
import { batchingWindowOf, batchSizeOf } from './kit/deployed.ts';
import { prices } from './kit/prices.ts';

const text = readFileSync(new URL('../../docs/cost.md', import.meta.url), 'utf8');

/** The USD of a row of the table "The default set-up". */
function inDocument(part: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`| ${part} |`));
  const [, , , , usd] = (line ?? '').split('|').map((cell) => cell.replaceAll('*', '').trim());
  return Number(usd);
}

describe('a month of 10,000 pushes a day to 3 destinations', () => {
  const lines = monthlyCost({ pushesADay: 10_000, destinations: 3 });

  it.each([
    ['metrics', 'metrics'],
    ['PutMetricData', '`PutMetricData`'],
    ['alarms', 'alarms'],
    ['dashboard', 'dashboard'],
    ['image-action', '`image-action`'],
    ['follow-up', '`follow-up`'],
    ['sweep-repository', '`sweep-repository`'],
    ['backfill', '`backfill`'],
    ['settings', '`settings`'],
    ['queues', 'queues'],
    ['table', 'table'],
    ['logs', 'logs'],
    ['key', 'key'],
    ['notices', 'notices'],
    ['schedule', 'schedule'],
  ])('costs for %s what docs/cost.md says', (part, row) => {
    expect(byPart(lines).get(part)).toBeCloseTo(inDocument(row), 2);
  });

  it('costs as a whole what docs/cost.md says', () => {
    expect(Math.abs(sumOf(lines) - inDocument('**sum**'))).toBeLessThan(0.05);
  });

  it('costs with spokes what docs/cost.md adds for them', () => {
    const more = sumOf(monthlyCost({ pushesADay: 10_000, destinations: 3, spokes: true })) - sumOf(lines);
    const [, documented] = /\| `spoke\.yml` in 3 Regions \|.*\| ([\d.]+) \|/.exec(text) ?? [];
    expect(Math.abs(more - Number(documented))).toBeLessThan(0.05);
  });
});

describe('the cost', () => {
  const sums = [1_000, 100_000, 10_000_000].map((pushesADay) =>
    sumOf(monthlyCost({ pushesADay, destinations: 3 })),
  );

  it('is mostly what costs the same without any push, where little is pushed', () => {
    const idle = sumOf(monthlyCost({ pushesADay: 0, destinations: 3 }));
    expect(sums[0]).toBeLessThan(idle * 1.1);
  });

  it('grows with the pushes, and less than they do: batches fill', () => {
    const [small = 0, middle = 0, large = 0] = sums;
    expect(middle).toBeGreaterThan(small);
    expect(large).toBeGreaterThan(middle);
    expect(large / middle).toBeLessThan(100);
    expect(large / 10_000_000).toBeLessThan(middle / 100_000);
  });

  it('grows with each destination by its metrics at least', () => {
    const with4 = sumOf(monthlyCost({ pushesADay: 1_000, destinations: 4 }));
    expect(with4 - (sums[0] ?? 0)).toBeGreaterThanOrEqual(
      deployed.metrics.perDestination * prices.metric.usd,
    );
  });
});

describe('what the model takes to be deployed', () => {
  it('is what serverless.yml deploys', () => {
    expect(deployed.imageAction.batch).toBe(batchSizeOf('image-action'));
    expect(deployed.imageAction.windowSeconds).toBe(batchingWindowOf('image-action'));
    expect(deployed.replicationAction.batch).toBe(batchSizeOf('replication-action'));
    expect(deployed.replicationAction.windowSeconds).toBe(batchingWindowOf('replication-action'));
  });

  it('gives a run one message at least and a batch at most', () => {
    expect(messagesPerRun(0.01, deployed.imageAction)).toBe(1);
    expect(messagesPerRun(100, deployed.imageAction)).toBe(100);
    expect(messagesPerRun(1e6, deployed.imageAction)).toBe(deployed.imageAction.batch);
  });
});

it('every price has a source, and a date where the source tells one', () => {
  for (const price of Object.values(prices)) {
    expect(price.source, price.of).not.toBe('');
    if ('date' in price) expect(price.date, price.of).toMatch(/^20\d\d(-\d\d-\d\d)?$/);
  }
});
