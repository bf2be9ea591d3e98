/** Reading on when a Region does not answer. */

import { expect, it, vi } from 'vitest';
import type { Registry } from '../../lib/image/registry.ts';
import { skippingSilent } from '../../lib/monitor/silent-regions.ts';
import type { InventoryReading } from '../../lib/ports.ts';
import { ireland, sydney } from '../samples.ts';

const silence: InventoryReading = { is: 'unreadable', why: 'region-unavailable' };
const nothing: InventoryReading = { is: 'read', images: [] };

it('stops asking a Region that left three calls in a row unanswered, and goes on with the others', async () => {
  const read = vi.fn(async ({ region }: Registry) => (region === sydney.region ? silence : nothing));
  const skipping = skippingSilent(read);
  for (let n = 0; n < 10; n += 1) {
    expect(await skipping(sydney, 'prod-api')).toEqual(silence);
    expect(await skipping(ireland, 'prod-api')).toEqual(nothing);
  }
  expect(read.mock.calls.filter(([{ region }]) => region === sydney.region)).toHaveLength(3);
  expect(read.mock.calls.filter(([{ region }]) => region === ireland.region)).toHaveLength(10);
});

it('goes on asking one that answers now and then, or that only denies', async () => {
  const answers = [
    silence,
    silence,
    nothing,
    silence,
    silence,
    { is: 'unreadable', why: 'access-denied' },
  ] as const;
  let calls = 0;
  const skipping = skippingSilent(async () => answers[calls++ % answers.length] ?? nothing);
  for (let n = 0; n < 30; n += 1) await skipping(sydney, 'prod-api');
  expect(calls).toBe(30);
});
