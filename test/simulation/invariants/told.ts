/** 1. A replica that is not at its destination by its deadline comes on record, and what is on record is told. */

import type { Invariant } from '../watch.ts';
import { watchNotices } from './heard.ts';
import { watchRecord } from './recorded.ts';
import { watchSweeps } from './swept.ts';

export const told: Invariant = {
  name: 'told by the deadline',
  watch: (seen) => {
    const record = watchRecord(seen);
    const swept = watchSweeps(seen);
    const notices = watchNotices(seen);
    const checked = (): void => {
      record();
      swept();
      notices.checked?.();
    };
    return { ...notices, checked, atRest: checked, atEnd: checked };
  },
};
