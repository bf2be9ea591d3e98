/** The lag of a replica: whole seconds from push to arrival, or nothing where it would be a guess. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lagSeconds } from '../../lib/replication/lag.ts';

const pushedAt = Date.UTC(2026, 10, 24, 3, 12, 9);

describe('the lag', () => {
  it.each([
    ['is the time from push to arrival', 3_000, 3],
    ['is in whole seconds, rounded', 3_499, 3],
    ['is in whole seconds, rounded up from a half', 3_500, 4],
    ['is 0 when it arrived at once', 0, 0],
    ['is 0 when the clock of the destination is a little behind', -1_000, 0],
    ['is 0 when that clock is 5 s behind', -5_000, 0],
    ['is not known when it had arrived before: only a tag was pushed', -5_001, undefined],
    ['is not known of an image that had been there for a day', -86_400_000, undefined],
    ['has no upper limit', 86_400_000, 86_400],
  ])('%s', (_, later, lag) => {
    expect(lagSeconds(pushedAt, pushedAt + later)).toBe(lag);
  });

  it('is not known when the destination does not tell the time of arrival', () => {
    expect(lagSeconds(pushedAt, undefined)).toBeUndefined();
  });

  it('is never negative, and never less for what arrived later', () => {
    const times = fc.integer({ min: -100_000, max: 10_000_000 });
    fc.assert(
      fc.property(times, times, (one, other) => {
        const [earlier, later] = [Math.min(one, other), Math.max(one, other)].map((after) =>
          lagSeconds(pushedAt, pushedAt + after),
        );
        expect(earlier ?? 0).toBeGreaterThanOrEqual(0);
        if (earlier !== undefined) expect(later).toBeGreaterThanOrEqual(earlier);
      }),
    );
  });
});
