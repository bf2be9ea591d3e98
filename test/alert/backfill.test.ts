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
    [
      'complete: 40 of 40 copied, 1 not, 1 unreadable, 2 not looked at',
      end({}, { verification: { ...nothingLookedAt, notSeen: 1, unreadable: 1, notLookedAt: 2 } }),
    ],
    [
      'complete: 40 of 40 copied, 1 not, 1 unreadable',
      end({}, { verification: { ...nothingLookedAt, notSeen: 1, unreadable: 1 } }),
    ],
    [
      'complete: 40 of 40 copied, 2 not looked at',
      end({}, { verification: { ...nothingLookedAt, notLookedAt: 2 } }),
    ],
    [
      'failed: 0 of 40 copied, 40 failed',
      end({ status: 'FAILED', progress: { total: 40, completed: 0, failed: 40, failureCodes: [] } }),
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

  it('says all of what went well, and no more', () => {
    expect(
      backfillPublication(end()).texts.email,
    ).toBe(`Backfill to eu-west-1 (111122223333) complete: 40 of 40 copied, all seen there.

From      us-east-1 (111122223333)
To        eu-west-1 (111122223333)
Started   2026-11-24 03:45:00 UTC, by the monitor, for images that were missing
Ended     2026-11-24 03:49:12 UTC, after 4 min
ECR says  COMPLETE
Backfill  ${id}

Nothing is left to do.
`);
  });

  it('says what is not known: who started it, when it ended, what became of images', () => {
    const { endedAt: _, ...stopped } = end({ status: 'STOPPED', failureCode: 'A\r\nB' }).backfill;
    const verification = { ...nothingLookedAt, seen: 1_000, unreadable: 2, notLookedAt: 3 };
    expect(
      backfillPublication({ ...end({}, { by: 'somebody else', verification }), backfill: stopped }).texts
        .email,
    ).toBe(`Backfill to eu-west-1 (111122223333) was stopped: 40 of 40 copied, 1,000 seen there, 2 unreadable, 3 not looked at.

From      us-east-1 (111122223333)
To        eu-west-1 (111122223333)
Started   2026-11-24 03:45:00 UTC, by somebody else
ECR says  STOPPED, A B
Backfill  ${id}

What is unreadable may be there, or not: the destination could not be read.

There were more than one run can look at: the next sweep looks at the rest.

What to do next
1. Copy again what is still missing, when the cause is gone:
   aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333
`);
  });

  it('names twenty of each, and counts the others', () => {
    const many = Array.from({ length: 20 }, (_, n) => result(n));
    const examples = many.map((one) => ({ result: one, verdict: 'archived' as const }));
    const texts = (failures: readonly BackfillResult[], n: number): string =>
      backfillPublication(
        end(
          { progress: { total: 1, completed: 1, failed: n, failureCodes: [] } },
          { failures, verification: { ...nothingLookedAt, notSeen: n, examples } },
        ),
      ).texts.email;
    expect(texts(many, 20)).toContain('prod-api:1.19: ImageTooLarge\n\nCalled copied');
    expect(texts(many, 20)).toContain('prod-api:1.19: archived\n\nWhat to do next');
    expect(texts(many, 20).match(/^- prod-api:1\.\d+: ImageTooLarge$/gm)).toHaveLength(20);
    expect(texts(many, 20).match(/^- prod-api:1\.\d+: archived$/gm)).toHaveLength(20);
    const more = texts([...many, result(20)], 1_021);
    expect(more.match(/^… and 1,001 more$/gm)).toHaveLength(2);
    expect(more).not.toContain('prod-api:1.20');
  });

  it.each<[string, BackfillEnd, readonly string[]]>([
    ['that failed as a whole', end({ status: 'FAILED' }), ['See every failure', 'Copy again']],
    [
      'of which something is not there',
      end({}, { verification: { ...nothingLookedAt, notSeen: 1 } }),
      ['Copy again'],
    ],
    ['that was stopped', end({ status: 'STOPPED' }), ['Copy again']],
    ['before it began to copy', end({ progress: undefined as never }), []],
    ['that could not be read', end({}, { verification: { ...nothingLookedAt, unreadable: 1 } }), []],
  ])('says what to do about one %s', (_, one, says) => {
    const { nextSteps } = JSON.parse(backfillPublication(one).texts.default);
    expect(nextSteps.map(({ say }: { say: string }) => say)).toEqual(
      says.map((text) => expect.stringContaining(text)),
    );
    const { content } = JSON.parse(backfillPublication(one).texts.https ?? '');
    expect(content.nextSteps ?? []).toHaveLength(says.length);
  });

  it('says that nothing is left to do only when all was copied and seen', () => {
    expect(backfillPublication(end()).texts.email).toContain('Nothing is left to do.');
    const unread = end({}, { verification: { ...nothingLookedAt, unreadable: 40 } });
    expect(backfillPublication(unread).texts.email).toMatch(
      /\n\nWhat is unreadable may be there, or not: the destination could not be read\.\n$/,
    );
    expect(backfillPublication(unread).attributes['severity']).toBe('warning');
  });
});

describe('the chat message', () => {
  it('names what failed and what was not seen, and what to do', () => {
    const { content, metadata } = JSON.parse(backfillPublication(failing).texts.https ?? '');
    const title = `🟠 Backfill to eu-west-1 (111122223333) complete: 31 of 40 copied, 9 failed, 29 seen there, 2 not`;
    expect(content).toEqual({
      textType: 'client-markdown',
      title,
      description: [
        '- *From:* us-east-1 (111122223333)',
        '- *Started:* 2026-11-24 03:45:00 UTC, by the monitor',
        '- `prod-api:1.1`: ImageTooLarge',
        '- `prod-api:1.2`: ReferencedImageFailed; its children: LayerTooLarge, Throttled',
        '- `prod-api:1.7`: called copied, missing',
      ].join('\n'),
      nextSteps: [
        expect.stringMatching(/^See every failure: `aws ecr describe-replication-backfill-results .*`$/),
        expect.stringMatching(/^Copy again .*: `aws ecr start-replication-backfill .*`$/),
      ],
      keywords: ['ecr-replication', 'backfill', 'eu-west-1'],
    });
    expect(metadata).toEqual({
      threadId: expect.stringMatching(/^[0-9a-f]{32}$/),
      summary: title,
      eventType: 'ecr-replication-backfill',
      additionalContext: { backfill: id, status: 'COMPLETE', severity: 'warning' },
    });
  });

  it('says when nobody knows who started it, and asks for nothing when all went well', () => {
    const { content } = JSON.parse(backfillPublication(end({}, { by: 'somebody else' })).texts.https ?? '');
    expect(content.description).toContain('- *Started:* 2026-11-24 03:45:00 UTC, by somebody else');
    expect(content).not.toHaveProperty('nextSteps');
  });

  it('names twenty that failed, and says how many lines it has no room for', () => {
    const many = Array.from({ length: 30 }, (_, n) => result(n, { failureCode: 'x'.repeat(300) }));
    const short = many.map((one) => ({ ...one, failureCode: 'x' }));
    const lines = (failures: readonly BackfillResult[], repository = 'prod-api'): readonly string[] =>
      JSON.parse(
        backfillPublication(end({}, { failures: failures.map((one) => ({ ...one, repository })) })).texts
          .https ?? '',
      ).content.description.split('\n');
    expect(lines(short).filter((line) => line.endsWith(': x'))).toHaveLength(20);
    const long = lines(many, 'r'.repeat(250));
    expect(long.at(-1)).toBe(`- … and ${2 + 20 - (long.length - 1)} more lines; the e-mail has them`);
  });
});

describe('the document for machines', () => {
  it('has all in numbers, and names what failed and what was not seen', () => {
    const { nextSteps, ...document } = JSON.parse(backfillPublication(failing).texts.default);
    expect(document).toEqual({
      version: '1',
      type: 'ecr-replication-backfill',
      summary:
        'Backfill to eu-west-1 (111122223333) complete: 31 of 40 copied, 9 failed, 29 seen there, 2 not',
      severity: 'warning',
      backfill: id,
      source,
      destination: ireland,
      status: 'COMPLETE',
      startedBy: 'monitor',
      startedAt: '2026-11-24T03:45:00.000Z',
      endedAt: '2026-11-24T03:49:12.000Z',
      progress: { total: 40, completed: 31, failed: 9, failureCodes: ['ImageTooLarge'] },
      verification: { seen: 29, notSeen: 2, unreadable: 0, notLookedAt: 0 },
      failures: [
        result(1),
        {
          ...result(2),
          failureCode: 'ReferencedImageFailed; its children: LayerTooLarge, Throttled',
          childFailureCodes: ['LayerTooLarge', 'Throttled'],
        },
      ],
      notSeen: [{ ...result(7), verdict: 'missing' }],
    });
    expect(nextSteps).toHaveLength(2);
  });

  it('has no end where there was none', () => {
    const { endedAt: _, ...backfill } = end().backfill;
    expect(JSON.parse(backfillPublication({ ...end(), backfill }).texts.default)).not.toHaveProperty(
      'endedAt',
    );
  });
});

describe('whom it concerns', () => {
  it('is whoever has a repository that it names, or anybody where it names none', () => {
    expect(backfillPublication(end()).reach).toEqual({ severity: 'info', repositories: 'any' });
    const web = end(
      {},
      {
        failures: [result(1), result(2), result(3, { repository: 'web' })],
        verification: {
          ...nothingLookedAt,
          notSeen: 1,
          examples: [{ result: result(4, { repository: 'api' }), verdict: 'missing' }],
        },
      },
    );
    expect(backfillPublication(web).reach).toEqual({
      severity: 'warning',
      repositories: ['prod-api', 'web', 'api'],
    });
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

  it('asks for nothing when all went well', () => {
    const Sns = { MessageId: '1', Message: backfillPublication(end()).texts.default };
    const [record] = noticeRecords({ Records: [{ Sns }] });
    if (record?.notice.is !== 'ours') throw new Error(JSON.stringify(record));
    expect(slackMessage(record.notice.value).blocks.map(({ type }) => type)).toEqual(['section', 'context']);
  });
});
