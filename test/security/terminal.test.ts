/** The command line shows what is in the table, and no terminal obeys it. */

import { execFile } from 'node:child_process';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, it, onTestFinished } from 'vitest';
import { noticeTable } from '../../lib/aws/notice-table.ts';
import { tableDefinition } from '../../lib/aws/table-definition.ts';
import { startLocalAws } from '../../lib/local/local-aws.ts';

const main = new URL('../../lib/cli/main.ts', import.meta.url).pathname;

it('a silence whose words move cursors, ring and reverse is listed letter for letter', async () => {
  const aws = await startLocalAws();
  const client = new DynamoDBClient({
    endpoint: aws.endpoints.dynamodb,
    region: 'us-east-1',
    credentials: { accessKeyId: '111122223333', secretAccessKey: 'local' },
  });
  onTestFinished(async () => {
    client.destroy();
    await aws.stop();
  });
  await aws.createTable(tableDefinition('incidents'));
  await noticeTable({ client, name: 'incidents' }).saveSilence({
    id: '4f2a9c10\u001b[1A',
    repositoryPrefix: 'batch/\u0007',
    from: 0,
    until: Date.now() + 3_600_000,
    author: 'ann\u001b]0;title\u0007\u009b2J',
    reason: 'x\r\nNothing is silent.\n\u202egpj.exe\u2028',
  });
  const list = (...words: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const env = { ...process.env, ...aws.environment(), INCIDENTS_TABLE: 'incidents' };
      execFile(process.execPath, [main, 'silence', 'list', ...words], { env }, (error, out) =>
        error === null ? resolve(out) : reject(error),
      );
    });
  for (const shown of [await list(), await list('--json')]) {
    expect(shown.trimEnd().split('\n')).toHaveLength(1);
    expect(shown.trimEnd()).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
    expect(shown).toContain('4f2a9c10');
    expect(shown).toContain('gpj.exe');
  }
});
