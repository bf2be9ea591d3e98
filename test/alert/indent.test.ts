/** What stands indented below a matter: in the e-mail, with space between one and the next; in no chat. */

import { expect, it } from 'vitest';
import { indented, spaced } from '../../lib/alert/indent.ts';
import { publicationOf } from '../../lib/alert/publication.ts';
import { slackMessage } from '../../lib/alert/slack.ts';
import { noticeRecords } from '../../lib/event/machine-notice.ts';
import type { Publication } from '../../lib/ports.ts';
import { noticeFor, source } from '../samples.ts';

const about = [
  'web is not covered.',
  '  See the rules:',
  '    aws ecr describe-registry',
  'api is too wide.',
];
const textsOf = (): Publication['texts'] =>
  publicationOf(noticeFor({ destination: source, kind: 'settings' }, { about, openCount: 2 })).texts;

it('is whole in the e-mail, each command on a line of its own', () => {
  expect(textsOf().email).toContain(
    'web is not covered.\n  See the rules:\n    aws ecr describe-registry\n\napi is too wide.',
  );
});

it('is left out of chats, which have no room for it', () => {
  const { content } = JSON.parse(textsOf().https ?? '');
  expect(content.description).toContain('- web is not covered.\n- api is too wide.');
  const [record] = noticeRecords({ Records: [{ Sns: { MessageId: '1', Message: textsOf().default } }] });
  if (record?.notice.is !== 'ours') throw new Error(JSON.stringify(record));
  expect(JSON.stringify(slackMessage(record.notice.value))).toContain(
    '• web is not covered.\\n• api is too wide.',
  );
});

it('is whole for machines', () => {
  expect(JSON.parse(textsOf().default).about).toEqual(about);
});

it('is a step, with its command below it if it has one', () => {
  expect(indented({ say: 'See it:', command: 'aws ecr x' })).toEqual(['  See it:', '    aws ecr x']);
  expect(indented({ say: 'Wait.' })).toEqual(['  Wait.']);
});

it('has space after it only where another matter begins', () => {
  expect(spaced(['a', 'b', '  step of b', '  another', 'c', 'd'])).toBe(
    'a\nb\n  step of b\n  another\n\nc\nd',
  );
});
