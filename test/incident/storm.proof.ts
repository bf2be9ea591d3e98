/** Ten thousand images at once, and more changes than a notice can name: all are told, each once, and then there is quiet. */

import { describe, expect, it } from 'vitest';
import type { Incident } from '../../lib/incident/incident.ts';
import { defaultNoticePolicy, type Notice, planNotice } from '../../lib/incident/notice.ts';
import { toldAllUntil } from '../../lib/incident/told.ts';
import { open, resolve } from '../../lib/incident/transition.ts';
import { digestOf, finding, overdueGroup } from '../samples.ts';

const policy = defaultNoticePolicy;
const minute = 60_000;
const hour = 60 * minute;
const noon = 12 * hour;

function openedAt(at: number, name: string): Incident {
  return open(finding({ digest: digestOf(name) }), undefined, at);
}

describe('a Region that fails with 10,000 images', () => {
  const images = Array.from({ length: 10_000 }, (_, n) => openedAt(noon + n * 10, `image ${n}`));
  const over = images.map((incident) => resolve(incident, undefined, noon + hour));

  /** A notice a minute if one is due, from a time on and for a while. */
  function talk(incidents: readonly Incident[], from: number, latest?: Notice): readonly Notice[] {
    const notices: Notice[] = [];
    for (let now = from; now < from + hour; now += minute) {
      const changes = incidents.filter(({ changedAt }) => changedAt <= now);
      const standing = changes.filter(({ state }) => state === 'open');
      const shown = { count: standing.length, oldest: standing.slice(0, policy.mostListed) };
      const last = notices.at(-1) ?? latest;
      const step = planNotice({ group: overdueGroup, latest: last, open: shown, changes, now }, policy);
      if (step.do === 'tell') notices.push({ ...step.notice, confirmedAt: now });
    }
    return notices;
  }

  const hourOfTrouble = talk(images, noon);

  it('is told of in at most 13 notices in the first hour, with every image counted once', () => {
    expect(hourOfTrouble.length).toBeLessThanOrEqual(13);
    expect(hourOfTrouble.reduce((sum, { news }) => sum + news.open, 0)).toBe(10_000);
    expect(hourOfTrouble.at(-1)?.openCount).toBe(10_000);
  });

  it('ends with one all-clear, with every image counted once', () => {
    const end = talk(over, noon + hour, hourOfTrouble.at(-1));
    expect(end.reduce((sum, { news }) => sum + news.resolved, 0)).toBe(10_000);
    expect(end.map(({ type }) => type)).toEqual(['clear']);
  });

  it('never makes a notice too large for an item of the table', () => {
    for (const notice of hourOfTrouble)
      expect(Buffer.byteLength(JSON.stringify(notice))).toBeLessThan(400_000);
  });
});

describe('30,000 images that fail within a minute', () => {
  it('are told of in notices of their spacing, and then no more', () => {
    const count = 30_000;
    const incidents = Array.from({ length: count }, (_, n) => openedAt(1_000_000 + n * 2, `storm ${n}`));
    let now = 2_000_000;
    let latest: Notice | undefined;
    const notices: Notice[] = [];
    for (let look = 0; look < 60; look += 1) {
      const after = toldAllUntil(latest, policy);
      const changes = incidents.filter(({ changedAt }) => changedAt > after);
      const oldest = incidents.slice(0, policy.mostListed);
      const step = planNotice({ group: overdueGroup, latest, open: { count, oldest }, changes, now }, policy);
      if (step.do === 'tell') {
        expect(step.notice.told.length).toBeLessThanOrEqual(policy.mostTold);
        latest = { ...step.notice, confirmedAt: now };
        notices.push(latest);
      }
      now += minute;
    }
    expect(notices.map(({ news }) => news.open)).toEqual(
      Array(count / policy.mostChanges).fill(policy.mostChanges),
    );
  });
});
