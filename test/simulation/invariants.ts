/** What must hold whatever happens: the ten promises, each in a file of its own. */

import { backfills } from './invariants/backfills.ts';
import { fair } from './invariants/fair.ts';
import { lateness } from './invariants/lateness.ts';
import { messages } from './invariants/messages.ts';
import { metrics } from './invariants/metrics.ts';
import { once } from './invariants/once.ts';
import { passes } from './invariants/passes.ts';
import { silences } from './invariants/silences.ts';
import { slack } from './invariants/slack.ts';
import { told } from './invariants/told.ts';
import type { Invariant } from './watch.ts';

export const invariants: readonly Invariant[] = [
  told,
  fair,
  once,
  lateness,
  messages,
  metrics,
  silences,
  slack,
  backfills,
  passes,
];
