/** What a look counts as. */

import { expect, it } from 'vitest';
import { measureLooks } from '../../lib/monitor/measure.ts';
import type { Outcome } from '../../lib/monitor/settle.ts';
import { replicaOf } from '../samples.ts';

function outcome(change: Partial<Outcome>): Outcome {
  const { destination: _, ...image } = replicaOf();
  return {
    inquiry: { messageId: 'm', body: '{}', image, since: 10_000, askedBy: 'push' },
    replica: replicaOf(),
    verdict: { is: 'verified', arrivedAt: 13_000 },
    decision: { do: 'done', as: 'verified', arrivedAt: 13_000 },
    more: {},
    ...change,
  };
}

it('counts a verified replica, and how long it took', () => {
  const measured = measureLooks([outcome({})]).map(({ name, value }) => [name, value]);
  expect(measured).toEqual([
    ['ReplicasVerified', 1],
    ['ReplicationLag', 3],
  ]);
});

it('does not count as verified what was only superseded', () => {
  const superseded = outcome({
    verdict: { is: 'tag-mismatch' },
    decision: { do: 'done', as: 'superseded' },
  });
  expect(measureLooks([superseded])).toEqual([]);
});

it('counts a look that could not tell, by reason', () => {
  const blind = outcome({
    verdict: { is: 'unreadable', why: 'throttled' },
    decision: { do: 'look-again' },
  });
  expect(measureLooks([blind])).toMatchObject([
    { name: 'ReplicasUnreadable', value: 1, dimensions: { Reason: 'throttled' } },
  ]);
});
