// docs/cost.md against what it counts: a metric, an alarm or an endpoint more is a price that it must name.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MetricDescription, metricCatalogue } from '../lib/metric/catalogue.ts';
import { everyOption } from './template/options.ts';
import { type Packaged, packageCopy } from './template/package.ts';
import { resourcesOf, withParameters } from './template/template.ts';

const text = readFileSync(join(import.meta.dirname, '../docs/cost.md'), 'utf8');

/** The cells of a table's row, by the text of its first cell. */
function row(first: string): readonly string[] {
  const line = text.split('\n').find((one) => one.startsWith(`| ${first} |`));
  if (line === undefined) throw new Error(`docs/cost.md has no row "${first}"`);
  return line.split('|').map((cell) => cell.trim());
}

let packaged: Packaged;

beforeAll(async () => {
  packaged = await packageCopy();
});
afterAll(() => packaged?.remove());

describe('docs/cost.md', () => {
  it('counts the alarms that the stack has by default', () => {
    const { size } = resourcesOf(packaged.template, 'AWS::CloudWatch::Alarm');
    expect(row('alarms')[3]).toBe(`${size} × 0.10`);
  });

  it('knows every metric of the catalogue: what is always published, and what only when something is wrong', () => {
    const steady = [...(row('metrics')[3] ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    const rare = /What happens only when something is wrong[\s\S]*?at most (\d+) metrics more/.exec(
      text,
    )?.[1];
    const destinations = 3;
    const reasons = 5;
    const series = ([name, { dimensions }]: [string, { readonly dimensions: readonly string[] }]) => {
      const ofDestination = dimensions.includes('DestinationRegion') ? destinations : 1;
      return name === 'ReplicasUnreadable' ? ofDestination * reasons : ofDestination;
    };
    const sum = (metrics: [string, { readonly dimensions: readonly string[] }][]) =>
      metrics.map(series).reduce((total, one) => total + one, 0);
    const metrics = Object.entries<MetricDescription>(metricCatalogue);
    const kept = metrics.filter(([name]) => steady.includes(name));
    const totals = kept.filter(([, { total }]) => total).length;
    expect(row('metrics')[3]).toContain(`+ ${totals} totals = ${sum(kept) + totals} × 0.30`);
    expect(sum(metrics.filter(([name]) => !steady.includes(name)))).toBe(Number(rare));
  });

  it('counts the endpoints that are billed', () => {
    const { VpcSubnetIds, VpcSecurityGroupIds, VpcEndpointsIn, VpcRouteTableIds } = everyOption;
    const closed = { VpcSubnetIds, VpcSecurityGroupIds, VpcEndpointsIn, VpcRouteTableIds };
    const made = resourcesOf<{ VpcEndpointType: string }>(
      withParameters(packaged.template, closed),
      'AWS::EC2::VPCEndpoint',
    );
    const billed = [...made.values()].filter(({ VpcEndpointType }) => VpcEndpointType === 'Interface').length;
    expect(row('`vpcEndpointsIn`')[3]).toContain(`${billed} × 2 zones`);
  });

  it('adds up', () => {
    const table = /\| part \|[\s\S]*?\| \*\*sum\*\*[^\n]*/.exec(text)?.[0] ?? '';
    const rows = table
      .split('\n')
      .slice(2)
      .map((line) => line.split('|').map((cell) => cell.replaceAll('*', '').trim()));
    for (const column of [4, 6]) {
      const numbers = rows.map((cells) => Number(cells[column]) || 0);
      const sum = numbers.pop();
      expect(numbers.reduce((total, one) => total + one, 0)).toBeCloseTo(sum ?? 0, 2);
    }
  });
});
