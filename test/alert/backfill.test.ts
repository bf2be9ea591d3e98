/** The end of a backfill as people, chats and machines get it. */

import { describe, expect, it } from 'vitest';
import { backfillPublication } from '../../lib/alert/backfill.ts';
import {
  chatDescriptionLimit,
  chatTitleLimit,
  publicationLimit,
  subjectLimit,
} from '../../lib/alert/limits.ts';
import { slackMessage } from '../../lib/alert/slack.ts';
import { noticeRecords } from '../../lib/event/machine-notice.ts';
import { type BackfillEnd, type BackfillResult, nothingLookedAt } from '../../lib/sweep/backfill.ts';
import { digestOf, ireland, source } from '../samples.ts';

const at = Date.parse('2026-11-24T03:45:00Z');
const id = '5d1c3f0e-7a41-4c0b-9d2e-0f6a1b2c3d4e';

function result(n: number, change: Partial<BackfillResult> = {}): BackfillResult {
  return {
    repository: 'prod-api',
    digest: digestOf(`${n}`),
    tag: `1.${n}`,
    failureCode: 'ImageTooLarge',
    childFailureCodes: [],
    ...change,
  };
}

function end(change: Partial<BackfillEnd['backfill']> = {}, more: Partial<BackfillEnd> = {}): BackfillEnd {
  return {
    backfill: {
      id,
      source,
      destination: ireland,
      status: 'COMPLETE',
      progress: { total: 40, completed: 40, failed: 0, failureCodes: [] },
      startedAt: at,
      endedAt: at + 252_000,
      ...change,
    },
    by: 'monitor',
    failures: [],
    verification: { ...nothingLookedAt, seen: 40 },
    ...more,
  };
}

const failing = end(
  { progress: { total: 40, completed: 31, failed: 9, failureCodes: ['ImageTooLarge'] } },
  {
    failures: [
      result(1),
      result(2, { failureCode: 'ReferencedImageFailed', childFailureCodes: ['LayerTooLarge', 'Throttled'] }),
    ],
    verification: {
      ...nothingLookedAt,
      seen: 29,
      notSeen: 2,
      examples: [{ result: result(7), verdict: 'missing' }],
    },
  },
);

describe('the first line', () => {
  it.each<[string, BackfillEnd]>([
    ['complete: 40 of 40 copied, all seen there', end()],
    ['complete: 31 of 40 copied, 9 failed, 29 seen there, 2 not', failing],
    [
      'failed: 10 of 40 copied, 20 failed, all seen there',
      end({ status: 'FAILED', progress: { total: 40, completed: 10, failed: 20, failureCodes: [] } }),
    ],
    ['was stopped before it began to copy', end({ status: 'STOPPED', progress: undefined as never })],
    [
      'complete: nothing was left to copy',
      end({ progress: { total: 0, completed: 0, failed: 0, failureCodes: [] } }),
    ],
    [
      'complete: 40 of 40 copied, 10 seen there, 10 unreadable, 20 not looked at',
      end({}, { verification: { ...nothingLookedAt, seen: 10, unreadable: 10, notLookedAt: 20 } }),
    ],
  ])('says how it ended: %s', (words, one) => {
    expect(backfillPublication(one).texts.email.split('\n')[0]).toBe(
      `Backfill to eu-west-1 (111122223333) ${words}.`,
    );
  });
});

describe('the e-mail', () => {
  it('names what failed and why, what was not seen, and what to do', () => {
    expect(
      backfillPublication(failing).texts.email,
    ).toBe(`Backfill to eu-west-1 (111122223333) complete: 31 of 40 copied, 9 failed, 29 seen there, 2 not.

From      us-east-1 (111122223333)
To        eu-west-1 (111122223333)
Started   2026-11-24 03:45:00 UTC, by the monitor, for images that were missing
Ended     2026-11-24 03:49:12 UTC, after 4 min
ECR says  COMPLETE
Backfill  ${id}

Failed
- prod-api:1.1: ImageTooLarge
- prod-api:1.2: ReferencedImageFailed; its children: LayerTooLarge, Throttled
… and 7 more

Called copied, and not as they must be there
- prod-api:1.7: missing
… and 1 more

What to do next
1. See every failure:
   aws ecr describe-replication-backfill-results --registry-id 111122223333 --region us-east-1 --replication-backfill-id ${id} --result-status-filter FAILED
2. Copy again what is still missing, when the cause is gone:
   aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333
`);
  });

  it('says that nothing is left to do only when all was copied and seen', () => {
    expect(backfillPublication(end()).texts.email).toContain('Nothing is left to do.');
    const unread = end({}, { verification: { ...nothingLookedAt, unreadable: 40 } });
    expect(backfillPublication(unread).texts.email).not.toContain('Nothing is left to do.');
    expect(backfillPublication(unread).attributes['severity']).toBe('warning');
  });
});

describe('every publication', () => {
  const long = 'x'.repeat(5_000);
  const huge = end(
    { failureCode: long, progress: { total: 1e6, completed: 1, failed: 999_999, failureCodes: [] } },
    {
      failures: Array.from({ length: 1_000 }, (_, n) =>
        result(n, { repository: `${'r'.repeat(250)}`, failureCode: `${long}\nSent by: root` }),
      ),
    },
  );

  it('keeps within what SNS takes, and lets no failure code begin a line of its own', () => {
    const { subject, texts } = backfillPublication(huge);
    expect(subject.length).toBeLessThanOrEqual(subjectLimit);
    expect(Buffer.byteLength(JSON.stringify(texts))).toBeLessThan(publicationLimit);
    expect(texts.email).not.toMatch(/^Sent by/m);
  });

  it.each([
    ['of what went well', end()],
    ['of what failed', failing],
    ['of very much', huge],
  ])('is a chat message within its limits: %s', (_, one) => {
    const {
      version,
      source: from,
      content,
      metadata,
    } = JSON.parse(backfillPublication(one).texts.https ?? '');
    expect([version, from, content.textType]).toEqual(['1.0', 'custom', 'client-markdown']);
    expect(content.title.length).toBeLessThanOrEqual(chatTitleLimit);
    expect(content.description.length).toBeLessThanOrEqual(chatDescriptionLimit);
    // Amazon Q Developer in chat applications takes texts only.
    for (const value of Object.values(metadata.additionalContext)) expect(value).toBeTypeOf('string');
  });

  it('is the same publication when it is sent again', () => {
    expect(backfillPublication(failing).id).toBe(backfillPublication(end()).id);
  });
});

describe('in Slack', () => {
  it('is a line, what to do, and who started it', () => {
    const Sns = { MessageId: '1', Message: backfillPublication(failing).texts.default };
    const [record] = noticeRecords({ Records: [{ Sns }] });
    if (record?.notice.is !== 'ours') throw new Error(JSON.stringify(record));
    const { text, blocks } = slackMessage(record.notice.value);
    expect(text).toBe(
      '🟠 Backfill to eu-west-1 (111122223333) complete: 31 of 40 copied, 9 failed, 29 seen there, 2 not',
    );
    expect(blocks.map(({ type }) => type)).toEqual(['section', 'section', 'context']);
    expect(JSON.stringify(blocks)).toContain('describe-replication-backfill-results');
    expect(JSON.stringify(blocks.at(-1))).toContain('2026-11-24 03:45:00 UTC by monitor');
  });
});
