/** The agenda of the local ECR. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAgenda } from '../../lib/local/agenda.ts';

describe('the agenda', () => {
  it('gives what is due, earliest first, equal times in order of entry', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 })), fc.nat({ max: 20 }), (times, now) => {
        const agenda = createAgenda<number>();
        for (const [at, time] of times.entries()) agenda.add(time, at);
        const taken: number[] = [];
        for (let due = agenda.takeDue(now); due !== undefined; due = agenda.takeDue(now))
          taken.push(due.item);
        const expected = [...times.entries()]
          .filter(([, time]) => time <= now)
          .toSorted(([, a], [, b]) => a - b);
        expect(taken).toEqual(expected.map(([at]) => at));
        const later = times.filter((time) => time > now);
        expect(agenda.nextDueAt()).toBe(later.length === 0 ? undefined : Math.min(...later));
      }),
    );
  });
});
