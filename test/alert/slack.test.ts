/** A notice as a Slack message: read from the document for machines, within Slack's limits, the rest in a line. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slackBlocksLimit, slackHeaderLimit, slackTextLimit } from '../../lib/alert/limits.ts';
import { publicationOf } from '../../lib/alert/publication.ts';
import { type SlackMessage, slackMessage } from '../../lib/alert/slack.ts';
import { noticeRecords } from '../../lib/event/machine-notice.ts';
import type { Notice } from '../../lib/incident/notice.ts';
import { closed, resolve } from '../../lib/incident/transition.ts';
import { notice as anyNotice, strangeText } from '../arbitraries.ts';
import { digestOf, ireland, noticeFor, source } from '../samples.ts';
import { deadlineAt, firing, noticeOf, opened } from './examples.ts';

const minute = 60_000;

/** As the function gets it: published as JSON, delivered by SNS, read again. */
function messageOf(notice: Notice): SlackMessage {
  const Sns = { MessageId: '1', Message: publicationOf(notice).texts.default };
  const [record] = noticeRecords({ Records: [{ Sns }] });
  if (record?.notice.is !== 'ours') throw new Error(JSON.stringify(record));
  return slackMessage(record.notice.value);
}

function textsOf({ blocks }: SlackMessage): readonly string[] {
  return blocks.map((block) => (block.type === 'context' ? block.elements[0].text : block.text.text));
}

const overdue = opened('overdue', { seen: 'missing', ecrSays: 'IN_PROGRESS' });
const images = (many: number) =>
  Array.from({ length: many }, (_, n) =>
    opened('failed', { ecrSays: 'FAILED' }, { tag: `1.4.${n}`, digest: digestOf(`${n}`) }),
  );

describe('the first notice of a conversation', () => {
  it('says of a destination that is not allowed whose rules name it, and what to do', () => {
    const about = ['111122223333/us-east-1 replicates every repository to it'];
    const group = { destination: ireland, kind: 'not-allowed' } as const;
    const texts = textsOf(messageOf(noticeFor(group, { about, sources: [source] })));
    expect(texts[1]).toContain('replicates every repository to it');
    expect(texts.at(-1)).toContain('aws ecr describe-registry --region us-east-1');
  });

  it('has no link where half of it would not fit', () => {
    const image = opened('overdue', { seen: 'missing' }, { repository: 'a'.repeat(slackTextLimit) });
    const message = messageOf(firing(image));
    expect(message.blocks.map(({ type }) => type)).not.toContain('context');
    expect(textsOf(message).join('')).not.toContain('<');
  });

  it.each([
    ['tag-mismatch', '; 1 resolved'],
    ['overdue', '; 1 arrived'],
  ] as const)('is followed by what came right, in words of its kind: %s', (kind, words) => {
    const [one, two] = ['1', '2'].map((tag) =>
      opened(kind, { seen: 'missing' }, { tag, digest: digestOf(tag) }),
    );
    if (one === undefined || two === undefined) throw new Error('two images');
    const over = resolve(one, deadlineAt + minute, deadlineAt + 2 * minute);
    expect(
      messageOf(noticeOf([over, two], deadlineAt + 6 * minute, firing(one, two))).blocks[0],
    ).toMatchObject({
      text: { text: expect.stringContaining(words) },
    });
  });

  it('says all of one image, and what to do, with commands that can be copied', () => {
    const message = messageOf(firing(overdue));
    const [header, facts, steps, link] = textsOf(message);
    expect(message.blocks.map(({ type }) => type)).toEqual(['header', 'section', 'section', 'context']);
    expect(header).toMatch(/^🔴 prod-api:1\.4\.2 .*overdue in eu-west-1 \(111122223333\)$/);
    expect(message.text).toBe(header);
    expect(facts?.split('\n')).toEqual([
      '*Image:* `prod-api:1.4.2`',
      '*Pushed:* 2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)',
      '*Looked:* 2026-11-24 03:10:00 UTC: not there',
      '*ECR says:* `IN_PROGRESS`',
      expect.stringMatching(/^\*Why:\* ECR says that it is still copying/),
      '*From:* us-east-1 to eu-west-1, account 111122223333',
    ]);
    expect(steps).toMatch(/^\*What to do next\*\n1\. See .*:\n```\naws ecr .*\n```\n2\. /);
    expect(link).toMatch(/^<https:\/\/eu-west-1\.console\.aws\.amazon\.com\/ecr\/.*\|Open in the console>$/);
  });

  it('of many images names 20, and says how many more there are, and where', () => {
    const texts = textsOf(messageOf(firing(...images(500))));
    expect(texts[0]).toContain('500 images');
    expect(texts[1]).toMatch(/^\*Such as:\* `prod-api:1\.4\.0`\n/);
    expect(texts[2]?.match(/^• `prod-api/gm)).toHaveLength(19);
    expect(texts[2]?.split('\n').at(-1)).toBe(
      '• … and 480 more images; all are in the table of incidents: index `open`, key `111122223333/eu-west-1 failed`',
    );
  });

  it('whose headline is too long for a header has the whole of it below', () => {
    const summary = `${'a'.repeat(200)}:1 overdue`;
    const [record] = noticeRecords({
      Records: [{ Sns: { MessageId: '1', Message: publicationOf(firing(overdue)).texts.default } }],
    });
    if (record?.notice.is !== 'ours' || record.notice.value.type !== 'ecr-replication-notice')
      throw new Error();
    const [header = '', whole] = textsOf(slackMessage({ ...record.notice.value, summary }));
    expect(header).toMatch(/…$/);
    expect(header.length).toBeLessThanOrEqual(slackHeaderLimit);
    expect(whole).toBe(`🔴 \`${'a'.repeat(200)}:1\` overdue`);
  });
});

describe('the blocks of a first notice', () => {
  const group = { destination: ireland, kind: 'failed' } as const;
  const sent = { since: deadlineAt, claimedAt: deadlineAt + 10 * minute };
  const rest = 'all are in the table of incidents: index `open`, key `111122223333/eu-west-1';

  function blocksOf(change: Partial<Notice>, kind: Notice['group']['kind'] = 'failed'): readonly string[] {
    return textsOf(messageOf(noticeFor({ ...group, kind }, { ...sent, ...change })));
  }

  it('are its lines alone where there is nothing to do', () => {
    expect(blocksOf({ about: ['a line', '  a step', 'another'], openCount: 2 }, 'settings').slice(1)).toEqual(
      ['• a line\n• another'],
    );
  });

  it('count its lines where there are too many', () => {
    const about = Array.from({ length: 100 }, (_, n) => `line ${n} ${'x'.repeat(50)}`);
    const [, text = ''] = blocksOf({ about }, 'settings');
    const lines = text.split('\n');
    expect(lines.at(-1)).toBe(`• … and ${100 - (lines.length - 1)} more lines; the e-mail has them`);
    expect(lines.length).toBeGreaterThan(40);
  });

  it('say where the images are when it names none', () => {
    expect(blocksOf({ openCount: 3 }).slice(1)).toEqual([`… and 3 more images; ${rest} failed\``]);
  });

  it('name the others, and count none where there are no more', () => {
    expect(blocksOf({ openCount: 2, listed: images(2) })[2]).toBe(
      '*Also*\n• `prod-api:1.4.1` from us-east-1, pushed 40 min ago',
    );
  });

  it('count the others where it names none of them', () => {
    expect(blocksOf({ openCount: 3, listed: images(1) })[2]).toBe(
      `*Also*\n• … and 2 more images; ${rest} failed\``,
    );
  });

  it('have no list where there is one image', () => {
    expect(blocksOf({ openCount: 1, listed: images(1) }).filter((text) => text.startsWith('*Also*'))).toEqual(
      [],
    );
  });

  it('fill their room to the last character, and are never cut', () => {
    const twenty = images(20);
    const lists: number[] = [];
    for (let length = 105; length < 108; length += 1) {
      for (let more = 0; more < 20; more += 1) {
        const listed = twenty.map((incident, n) => ({
          ...incident,
          replica: { ...incident.replica, repository: 'r'.repeat(n === 1 ? length + more : length) },
        }));
        const [, , list = ''] = blocksOf({ openCount: 99, listed });
        expect(list).not.toContain('(cut;');
        expect(list.match(/^• … and \d\d more images; /gm)).toHaveLength(1);
        lists.push(list.length);
      }
    }
    expect(Math.max(...lists)).toBe(slackTextLimit);
  });

  it('have as many whole steps as there is room for, and a link if it fits, to the last character', () => {
    const links: number[] = [];
    for (let length = 100; length < 2_950; length += length < 2_850 ? 50 : 1) {
      const texts = textsOf(messageOf(firing(opened('overdue', {}, { repository: 'r'.repeat(length) }))));
      const steps = texts.find((text) => text.startsWith('*What to do next*'));
      expect(steps).not.toContain('(cut;');
      links.push(texts.at(-1)?.startsWith('<https:') ? (texts.at(-1)?.length ?? 0) : 0);
    }
    expect(Math.max(...links)).toBe(slackTextLimit);
    expect(links.at(-1)).toBe(0);
  });

  it('are shown as they are: Slack makes no links of its own', () => {
    const { blocks } = messageOf(firing(overdue));
    const texts = blocks.flatMap((block) =>
      block.type === 'section' ? [block.text] : block.type === 'context' ? block.elements : [],
    );
    expect(texts.map(({ type, verbatim }) => [type, verbatim])).toEqual(texts.map(() => ['mrkdwn', true]));
  });
});

describe('what follows', () => {
  const first = firing(overdue);
  const more = opened('overdue', {}, { tag: '2', digest: digestOf('2') }, deadlineAt + 6 * minute);
  const update = noticeOf([overdue, more], deadlineAt + 7 * minute, first);

  it('is a line of news with the names of what is new', () => {
    const [line, names, ...others] = textsOf(messageOf(update)).join('\n').split('\n');
    expect(line).toMatch(/^🔴 2 images .*overdue in eu-west-1 \(111122223333\), for 7 min\.$/);
    expect(names).toBe('New: `prod-api:2`');
    expect(others).toEqual([]);
  });

  it('counts what is new beyond three names, and how others ended', () => {
    const many = Array.from({ length: 9 }, (_, n) =>
      opened('overdue', {}, { tag: `${n}`, digest: digestOf(`new ${n}`) }, deadlineAt + 6 * minute),
    );
    const over = resolve(overdue, undefined, deadlineAt + 6 * minute);
    const gone = closed(opened('overdue', {}, { tag: 'gone' }), 'given-up', deadlineAt + 6 * minute);
    const texts = textsOf(messageOf(noticeOf([over, gone, ...many], deadlineAt + 7 * minute, first)));
    expect(texts.join('\n')).toMatch(
      /for 7 min; 1 arrived; 1 given up\.\nNew: (`\S+`,? ){3}and 6 more; the e-mail/,
    );
  });

  it('names of the new ones only those that are open', () => {
    const over = resolve(overdue, undefined, deadlineAt + 6 * minute);
    const news = { open: 2, resolved: 1, withdrawn: 0, 'given-up': 0 };
    const [text] = textsOf(messageOf({ ...update, openCount: 2, news, listed: [over, more] }));
    expect(text?.split('\n')[1]).toBe('New: `prod-api:2` and 1 more; the e-mail names up to 20');
  });

  it('is a line alone when nothing is new', () => {
    const over = resolve(more, undefined, deadlineAt + 12 * minute);
    const [text] = textsOf(messageOf(noticeOf([overdue, over], deadlineAt + 13 * minute, update)));
    expect(text).toMatch(/^🔴 Still open: [^\n]*, for 13 min; 1 arrived\.$/);
  });

  it('is the headline alone when it reminds of what no image shows', () => {
    const group = { destination: ireland, kind: 'settings' } as const;
    const reminder = noticeFor(group, { type: 'reminder', about: ['a line'], openCount: 2 });
    expect(textsOf(messageOf(reminder))).toEqual([
      '🟢 Still: 2 settings of eu-west-1 (111122223333) or its destinations may harm replication later.',
    ]);
  });

  it('is a line a day while nothing changes', () => {
    const message = messageOf(noticeOf([overdue], deadlineAt + 25 * 60 * minute, first));
    expect(message.blocks).toHaveLength(1);
    expect(textsOf(message)[0]).toMatch(/^🔴 Still .*25 h.* ECR says that it is still copying.*\.$/);
  });

  it('ends in a short green line', () => {
    const over = resolve(overdue, deadlineAt + 50 * minute, deadlineAt + 60 * minute);
    const message = messageOf(noticeOf([over], deadlineAt + 60 * minute, first));
    expect(message.blocks).toHaveLength(1);
    expect(textsOf(message)[0]).toMatch(/^🟢 `prod-api:1\.4\.2` .*arrived .*\. It lasted 60 min\.$/);
  });
});

describe('a change of the configuration', () => {
  it('says what it means, who made it and when', () => {
    const message = slackMessage({
      version: '1',
      type: 'ecr-configuration-change',
      call: 'PutReplicationConfiguration',
      changedAt: deadlineAt,
      by: 'arn:aws:sts::111122223333:assumed-role/admin/jo',
      summary: ['eu-west-1 (111122223333) is no longer a destination of 41 repositories.'],
    });
    expect(textsOf(message)).toEqual([
      '⚙️ eu-west-1 (111122223333) is no longer a destination of 41 repositories.',
      'PutReplicationConfiguration by `arn:aws:sts::111122223333:assumed-role/admin/jo`, 2026-11-24 03:10:00 UTC',
    ]);
  });
});

describe('an alarm', () => {
  const alarm = {
    type: 'alarm',
    name: 'monitor-heartbeat',
    description: 'Nobody looks. Run: aws logs tail',
    reason: 'no data',
  } as const;

  it('says what its description says, and why', () => {
    expect(textsOf(slackMessage({ ...alarm, state: 'ALARM' }))).toEqual([
      '🔴 Alarm monitor-heartbeat: Nobody looks. Run: aws logs tail',
      'no data',
    ]);
  });

  it('without a description says why at once', () => {
    expect(slackMessage({ ...alarm, state: 'ALARM', description: '' }).text).toBe(
      '🔴 Alarm monitor-heartbeat: no data',
    );
  });

  it('says when it is over', () => {
    expect(textsOf(slackMessage({ ...alarm, state: 'OK' }))).toEqual(['🟢 `monitor-heartbeat` is over']);
  });
});

describe('every message', () => {
  const strange: fc.Arbitrary<Notice> = fc
    .tuple(anyNotice, strangeText, strangeText)
    .map(([notice, repository, line]) => ({
      ...notice,
      ...(line === '' ? {} : { about: [line, line] }),
      listed: notice.listed.map((incident) => ({
        ...incident,
        replica: { ...incident.replica, repository },
      })),
    }));

  it.each([
    ['names as ECR allows them', anyNotice],
    ['names as nobody allows them', strange],
  ])('keeps within the limits of Slack, and escapes what it has to, with %s', (_, notices) => {
    fc.assert(
      fc.property(notices, (notice) => {
        const message = messageOf(notice);
        expect(message.blocks.length).toBeGreaterThan(0);
        expect(message.blocks.length).toBeLessThanOrEqual(slackBlocksLimit);
        for (const [index, text] of textsOf(message).entries()) {
          const isHeader = message.blocks[index]?.type === 'header';
          expect(text.length).toBeGreaterThan(0);
          expect(text.length).toBeLessThanOrEqual(isHeader ? slackHeaderLimit : slackTextLimit);
        }
        // Its own link is the only one.
        const outside = [message.text, ...textsOf(message)].map((text) =>
          text.replace(/^<https:[^<>|]*\|[\w ]+>$/, ''),
        );
        expect(outside.join('')).not.toMatch(/[<>]/);
      }),
      { numRuns: 60 },
    );
  });
});
