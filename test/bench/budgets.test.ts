/** The guard against growth: what it lets through, and what it does not. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Budgets, overspent } from './kit/budgets.ts';

const budgets: Budgets = {
  bundleBytes: { 'image-action': 400_000 },
  ecrCallsPerReplica: { 'all arrived': 0.0103 },
};
const measured = (bytes: number, calls: number): Budgets => ({
  bundleBytes: { 'image-action': bytes },
  ecrCallsPerReplica: { 'all arrived': calls },
});

it('lets through what is as before, less, or 5 % more', () => {
  expect(overspent(budgets, measured(400_000, 0.0103))).toEqual([]);
  expect(overspent(budgets, measured(300_000, 0.005))).toEqual([]);
  expect(overspent(budgets, measured(420_000, 0.0108))).toEqual([]);
});

it('names what has grown more, and by how much', () => {
  expect(overspent(budgets, measured(420_001, 0.0103))).toEqual([
    'bundleBytes of image-action: 420001 is 5.0 % more than its budget of 400000',
  ]);
  expect(overspent(budgets, measured(400_000, 0.0206))).toEqual([
    'ecrCallsPerReplica of all arrived: 0.0206 is 100.0 % more than its budget of 0.0103',
  ]);
});

it('wants a budget for what is new, and none for what is no more', () => {
  const renamed = { ...measured(0, 0.0103), bundleBytes: { sweep: 300_000 } };
  expect(overspent(budgets, renamed)).toEqual([
    'bundleBytes of image-action: has a budget, and is no more',
    'bundleBytes of sweep: 300000 has no budget',
  ]);
});

it('has committed budgets that are reachable: no more than 1.25 times the least possible calls when all has arrived', () => {
  const committed = JSON.parse(readFileSync(new URL('budgets.json', import.meta.url), 'utf8')) as Budgets;
  expect(committed.ecrCallsPerReplica['all arrived']).toBeLessThanOrEqual(0.0125);
  expect(committed.ecrCallsPerReplica['1 % missing']).toBeLessThanOrEqual(0.05);
});
