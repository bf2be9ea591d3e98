/** More changes at once than a notice can name: all are told, each once, and then there is quiet. */

import { expect, it } from 'vitest';
import { mostTold } from '../../lib/incident/change-key.ts';
import type { Incident } from '../../lib/incident/incident.ts';
import { defaultNoticePolicy, type Notice, planNotice, toldAllUntil } from '../../lib/incident/notice.ts';
import { open } from '../../lib/incident/transition.ts';
import { digestOf, finding, overdueGroup } from '../samples.ts';

const policy = defaultNoticePolicy;

it('that open within a minute are told in notices of their spacing, and then no more', () => {
  const count = 30_000;
  const incidents = Array.from({ length: count }, (_, n): Incident => {
    return open(finding({ digest: digestOf(`storm ${n}`) }), undefined, 1_000_000 + n * 2);
  });
  let now = 2_000_000;
  let latest: Notice | undefined;
  const notices: Notice[] = [];
  for (let look = 0; look < 60; look += 1) {
    const after = toldAllUntil(latest, policy);
    const changes = incidents.filter(({ changedAt }) => changedAt > after);
    const oldest = incidents.slice(0, policy.mostListed);
    const step = planNotice({ group: overdueGroup, latest, open: { count, oldest }, changes, now }, policy);
    if (step.do === 'tell') {
      expect(step.notice.told.length).toBeLessThanOrEqual(mostTold);
      latest = { ...step.notice, confirmedAt: now };
      notices.push(latest);
    }
    now += 60_000;
  }
  expect(notices.map(({ news }) => news.open)).toEqual(
    Array(count / policy.mostChanges).fill(policy.mostChanges),
  );
});
