/** 7. Nobody is told of what somebody silenced, as long as the silence lasts. */

import { groupKey } from '../../../lib/incident/incident.ts';
import { covers, scopeIn } from '../../../lib/incident/silence.ts';
import { isStanding } from '../../../lib/replication/decision.ts';
import type { Invariant } from '../watch.ts';
import { clockSeconds } from './bounds.ts';
import { inWords } from './words.ts';

export const silences: Invariant = {
  name: 'silent where silenced',
  watch: ({ now, table, fail }) => {
    const claimed = new Set<string>();
    return {
      claimed: (notice, run) => {
        const { group, sequence, listed } = notice;
        const key = `${groupKey(group)} ${sequence}`;
        // How things stand with a destination is told in any case: no incident is behind it.
        if (isStanding(group.kind)) return;
        // What was written before the silence, and is sent again, is sent word for word.
        if (claimed.has(key)) return;
        claimed.add(key);
        for (const silence of table.readSilences()) {
          const margin = clockSeconds * 1000;
          if (silence.from + margin > run.startedAt || silence.until - margin < now()) continue;
          const scope = scopeIn(silence, group);
          if (scope === 'all') fail(`${key} is told, and ${silence.id} silences it`);
          const named = listed.find((incident) => scope === 'some' && covers(silence, incident));
          if (named !== undefined)
            fail(`${key} names ${inWords(named.replica)}, which ${silence.id} silences`);
        }
      },
    };
  },
};
