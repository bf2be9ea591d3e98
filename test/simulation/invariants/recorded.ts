/** 1. A replica that is not at its destination by its deadline comes on record: pushes whose events came. */

import { defaultPolicy } from '../../../lib/replication/policy.ts';
import type { Replica } from '../../../lib/replication/rules.ts';
import type { Need } from '../truth.ts';
import type { Expectation, Seen } from '../watch.ts';
import { calmSeconds, longestGapSeconds, recoverySeconds, reportSeconds } from './bounds.ts';
import { inWords, isAbout } from './words.ts';

const isWrong = (need: Need): boolean => need !== 'met' && need !== 'void';

/** Pushes whose events came: each replica that has been missing all the time has an incident. */
export function watchRecord({ now, faults, truth, expectations, incidents, queues, fail }: Seen): () => void {
  const settled = new Set<Expectation>();

  return () => {
    const time = now();
    for (const expected of expectations) {
      const { replica, pushedAt, deadlineAt, deliveredAt } = expected;
      if (settled.has(expected) || deliveredAt === undefined || deadlineAt > time) continue;
      // What was there for a moment may have been seen: later is not the push's business any more.
      // What waited a day for a destination that could not be read has been let go, and is the sweep's.
      const isLetGo = time - pushedAt > (defaultPolicy.letGoSeconds + calmSeconds) * 1000;
      if (isLetGo || truth.since(replica, isWrong, pushedAt, time) !== pushedAt) {
        settled.add(expected);
        continue;
      }
      if ([...incidents.keys()].some((id) => isAbout(incidents.get(id), replica))) {
        settled.add(expected);
        continue;
      }
      const due = Math.max(deadlineAt, deliveredAt);
      if (time <= byWhen(due) || isDeadLetter(replica)) continue;
      // What was on record, and has ended with another tag's arrival, is looked at again after a gap.
      const lookedAt = (lastEndOf(replica, deadlineAt) ?? 0) + longestGapSeconds * 1000;
      if (time > byWhen(Math.max(due, lookedAt)))
        fail(`${inWords(replica)} is ${truth.need(replica, time)} since its push, and nobody reported it`);
    }
  };

  /** The latest time at which something due must be on record. */
  function byWhen(due: number): number {
    const isCalm = faults.lastAt() < due - calmSeconds * 1000;
    return isCalm ? due + reportSeconds * 1000 : Math.max(due, faults.lastAt()) + recoverySeconds * 1000;
  }

  /** When the last incident about it ended, if that was since its deadline. */
  function lastEndOf(replica: Replica, deadlineAt: number): number | undefined {
    const ends = [...incidents.keys()].flatMap((id) => {
      const was = incidents.during(id, deadlineAt, now()).some((one) => isAbout(one, replica));
      return was && incidents.get(id)?.state !== 'open' ? incidents.changes(id, deadlineAt, now()) : [];
    });
    return ends.length === 0 ? undefined : Math.max(...ends);
  }

  /** An alarm speaks of dead letters; they are somebody's to move back. */
  function isDeadLetter({ digest }: Replica): boolean {
    return queues.some(({ deadLetters }) => deadLetters.some(({ body }) => body.includes(digest)));
  }
}
