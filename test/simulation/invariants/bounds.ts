/** How long things take at most, in seconds: what follows from the queues, the schedule and the policies as deployed. */

import { defaultNoticePolicy } from '../../../lib/incident/notice.ts';
import { incidentGapSeconds } from '../../../lib/incident/transition.ts';
import { defaultPolicy } from '../../../lib/replication/policy.ts';
import { visibilitySeconds } from '../queue.ts';

/** A message that a run died with comes again after this. */
export const inHandSeconds = visibilitySeconds;
/** The longest pause between two looks of a push, its spread included. */
export const longestGapSeconds = defaultPolicy.longestGapSeconds * 1.15;
/** A batch is collected, and a run lasts, no longer than this. */
const runSeconds = 5 + 60;
/** Clocks of a registry and of a function together are this far apart at most, and event times are whole seconds. */
export const clockSeconds = 3 + 2 + 1;
/** The rules that a function keeps may be this old. */
export const rulesKeptSeconds = 60;

/** From the deadline, or a late event, to the incident, when nothing has gone wrong for `calmSeconds`. */
export const reportSeconds = 15 + runSeconds + clockSeconds;
/** So long after a fault a message may still wait for the end of it. */
export const calmSeconds = inHandSeconds + longestGapSeconds + runSeconds;
/** From the last fault to the incident. */
export const recoverySeconds = calmSeconds + reportSeconds;

/** From the begin of a sweep to the incident of what is missing, when nothing goes wrong: its runs, one after the other. */
export const sweepSeconds = 4 * 60;
/** ECR dates images, not tags: what is astray is looked at once more after its deadline. */
export const sweepTagsSeconds = (deadlineSeconds: number): number => deadlineSeconds + sweepSeconds;

/** From a change on record, or the last fault, to the notice that tells it. */
export const tellSeconds =
  defaultNoticePolicy.claimSeconds + defaultNoticePolicy.spacingSeconds + 3 * 60 + 50 + clockSeconds;

/** A claim holds for this long; nobody else sends the same notice meanwhile, whoever was slow. */
export const leastBetweenCopies = defaultNoticePolicy.claimSeconds - 60 - clockSeconds;

/** From the moment that an incident is over to its end on record: its next look, and the run that does it. */
export function closeSeconds(ageSeconds: number): number {
  return incidentGapSeconds(ageSeconds) + 60 + 50 + clockSeconds;
}
