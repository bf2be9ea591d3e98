/** When a destination with missing images gets a backfill: row by row. */

import { expect, test } from 'vitest';
import type { Registry } from '../../lib/image/registry.ts';
import { type Backfill, percentDone } from '../../lib/sweep/backfill.ts';
import { type Destination, repairStep } from '../../lib/sweep/repair.ts';
import { ireland, source, sydney } from '../samples.ts';

const hour = 3_600_000;
const now = 100 * hour;
const theirs: Registry = { account: '444455556666', region: ireland.region };

function backfill(change: Partial<Backfill> = {}): Backfill {
  return {
    id: 'b',
    source,
    destination: ireland,
    status: 'COMPLETE',
    startedAt: now - 30 * hour,
    endedAt: now - 29 * hour,
    ...change,
  };
}

const running = { startedAt: now - 48 * hour };

test.each<[string, Partial<Destination>, readonly Backfill[], string]>([
  ['missing images, and no backfill ever', { missing: 1 }, [], 'start'],
  ['nothing missing', {}, [], 'nothing is missing'],
  ['one of yesterday', { missing: 1 }, [backfill()], 'start'],
  [
    'one of today, whatever came of it',
    { missing: 1 },
    [backfill({ status: 'FAILED', startedAt: now - hour })],
    'one a day',
  ],
  [
    'one of today to somewhere else',
    { missing: 1 },
    [backfill({ destination: sydney, startedAt: now - hour })],
    'start',
  ],
  ['one that runs', { missing: 1 }, [backfill({ ...running, status: 'IN_PROGRESS' })], 'one is running'],
  [
    'one that is being prepared',
    { missing: 1 },
    [backfill({ ...running, status: 'PREPARING' })],
    'one is running',
  ],
  [
    'one that is being stopped',
    { missing: 1 },
    [backfill({ ...running, status: 'STOPPING' })],
    'one is running',
  ],
  ['one that was stopped', { missing: 1 }, [backfill({ status: 'STOPPED' })], 'start'],
  [
    'one that runs to another account in that Region',
    { missing: 1 },
    [backfill({ ...running, status: 'IN_PROGRESS', destination: theirs })],
    'one is running',
  ],
  [
    'one of today to another account in that Region',
    { missing: 1 },
    [backfill({ startedAt: now - hour, destination: theirs })],
    'start',
  ],
  ['a source of another account', { missing: 1, source: theirs }, [], 'another account'],
  ['a destination that is not allowed', { missing: 1, destination: sydney }, [], 'not allowed'],
  ['a registry that is allowed by its account', { missing: 1, destination: theirs }, [], 'start'],
  ['what a sweep found', { swept: { missing: 5, at: now - hour } }, [backfill()], 'start'],
  ['a sweep that found nothing', { swept: { missing: 0, at: now - hour } }, [], 'nothing is missing'],
  [
    'a sweep from before the last backfill',
    { swept: { missing: 5, at: now - 31 * hour } },
    [backfill()],
    'nothing is missing',
  ],
])('%s', (_, change, backfills, expected) => {
  const wanted = { source, destination: ireland, missing: 0, ...change };
  const allowed = [ireland.region, `${theirs.account}/${theirs.region}`];
  const step = repairStep(wanted, backfills, { home: source, allowed, now });
  expect(step.do === 'nothing' ? step.because : step.do).toBe(expected);
});

test.each<[number, Partial<Backfill>]>([
  [0, { status: 'PREPARING' }],
  [100, { status: 'COMPLETE' }],
  [0, { status: 'STOPPED' }],
  [100, { progress: { total: 0, completed: 0, failed: 0, failureCodes: [] } }],
  [33, { progress: { total: 3, completed: 1, failed: 0, failureCodes: [] } }],
  [99, { progress: { total: 1_000, completed: 500, failed: 499, failureCodes: [] } }],
])('%i percent are done: %o', (percent, change) => {
  expect(percentDone(backfill(change))).toBe(percent);
});
