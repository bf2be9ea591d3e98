/** What stands indented below a matter: in the e-mail, with space between one and the next; in no chat. */

import { expect, it } from 'vitest';
import { publicationOf } from '../../lib/alert/publication.ts';
import { slackMessage } from '../../lib/alert/slack.ts';
import { noticeRecords } from '../../lib/event/machine-notice.ts';
import { noticeFor, source } from '../samples.ts';

const about = [
  'web is not covered.',
  '  See the rules:',
  '    aws ecr describe-registry',
  'api is too wide.',
];
const { texts } = publicationOf(
  noticeFor({ destination: source, kind: 'settings' }, { about, openCount: 2 }),
);

it('is whole in the e-mail, each command on a line of its own', () => {
  expect(texts.email).toContain(
    'web is not covered.\n  See the rules:\n    aws ecr describe-registry\n\napi is too wide.',
  );
});

it('is left out of chats, which have no room for it', () => {
  const { content } = JSON.parse(texts.https ?? '');
  expect(content.description).toContain('- web is not covered.\n- api is too wide.');
  const [record] = noticeRecords({ Records: [{ Sns: { MessageId: '1', Message: texts.default } }] });
  if (record?.notice.is !== 'ours') throw new Error(JSON.stringify(record));
  expect(JSON.stringify(slackMessage(record.notice.value))).toContain(
    '• web is not covered.\\n• api is too wide.',
  );
});

it('is whole for machines', () => {
  expect(JSON.parse(texts.default).about).toEqual(about);
});
