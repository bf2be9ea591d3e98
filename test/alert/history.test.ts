/** What people are told of images from before their rule: how many, how much is there, and what copies them. */

import { describe, expect, it } from 'vitest';
import { emailText } from '../../lib/alert/email.ts';
import { headline } from '../../lib/alert/headline.ts';
import { historyLines } from '../../lib/alert/history.ts';
import { nextStepsOf } from '../../lib/alert/machine.ts';
import { publicationOf } from '../../lib/alert/publication.ts';
import type { Notice } from '../../lib/incident/notice.ts';
import { noCounts } from '../../lib/sweep/run.ts';
import { ireland, noticeFor, source } from '../samples.ts';

const day = 24 * 60 * 60 * 1000;
const at = Date.parse('2026-11-24T03:00:00Z');
const about = historyLines(source, at, {
  destination: ireland,
  repositories: 20,
  repositoriesUnreadable: 0,
  repositoriesWithHistory: 12,
  counts: { ...noCounts, expected: 50_000, inSync: 49_999, history: 1 },
});

function notice(change: Partial<Notice>): Notice {
  const group = { destination: ireland, kind: 'history' } as const;
  return noticeFor(group, {
    openCount: 37_500,
    claimedAt: at,
    since: at,
    about,
    sources: [source],
    ...change,
  });
}

describe('history', () => {
  it.each<[Partial<Notice>, string]>([
    [{}, '37,500 images from before replication are not in eu-west-1 (111122223333)'],
    [{ openCount: 1 }, '1 image from before replication is not in eu-west-1 (111122223333)'],
    [
      { type: 'reminder', claimedAt: at + 7 * day },
      'Still, after 7 d: 37,500 images from before replication are not in eu-west-1 (111122223333)',
    ],
    [
      { type: 'clear', openCount: 0 },
      'All images from before replication are in eu-west-1 (111122223333) now',
    ],
  ])('with %j is headed by %j', (change, line) => {
    expect(headline(notice(change))).toBe(line);
  });

  it('is told with its coverage, which is whole only when all is there, and with what copies it', () => {
    expect(
      emailText(notice({})),
    ).toBe(`37,500 images from before replication are not in eu-west-1 (111122223333).

From 111122223333/us-east-1: 1 image in 12 repositories, pushed before the rule was seen, or before 2026-11-24 03:00:00 UTC, when this monitor began to watch.
Coverage: 99.9 % of the 50,000 images that must be there are in sync.

What to do next
1. Copy what us-east-1 of account 111122223333 has and this does not (needs a recent AWS CLI):
   aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333
2. Or leave them, if nobody will pull them there: this is told once a week.
`);
    expect(nextStepsOf(notice({ type: 'clear' }))).toEqual([]);
  });

  it('is a warning, for whoever is to know of any repository', () => {
    const { attributes, reach } = publicationOf(notice({}));
    expect(attributes).toMatchObject({ severity: 'warning', kind: 'history', repository: '*' });
    expect(reach).toEqual({ severity: 'warning', repositories: 'any' });
  });
});
