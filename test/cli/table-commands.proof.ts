/** `status` without an image, `silence` and `demo` by the built binary: in a pipe and in a terminal. */

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { incidentTable } from '../../lib/aws/incident-table.ts';
import { noticeTable } from '../../lib/aws/notice-table.ts';
import { tableDefinition } from '../../lib/aws/table-definition.ts';
import { groupsOf } from '../../lib/incident/notice.ts';
import { open } from '../../lib/incident/transition.ts';
import { type LocalAws, startLocalAws } from '../../lib/local/local-aws.ts';
import { digestOf, finding } from '../samples.ts';
import { type Binary, buildBinary } from './binary.ts';

const slow = { timeout: 90_000 };
let aws: LocalAws;
let binary: Binary;
let environment: Record<string, string>;

beforeAll(async () => {
  [aws, binary] = await Promise.all([startLocalAws(), buildBinary()]);
  await aws.createTable(tableDefinition('incidents'));
  await aws.createTable(tableDefinition('quiet'));
  environment = { ...aws.environment(), INCIDENTS_TABLE: 'incidents' };
  const credentials = { accessKeyId: '111122223333', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: aws.endpoints.dynamodb, region: 'us-east-1', credentials });
  const table = { client, name: 'incidents' };
  const threeHoursAgo = Date.now() - 3 * 60 * 60 * 1000;
  const incidents = ['a', 'b', 'c'].map((name, index) =>
    open(
      finding({ digest: digestOf(name), pushedAt: threeHoursAgo }),
      undefined,
      threeHoursAgo + index * 60_000,
    ),
  );
  await noticeTable(table).noteGroups(groupsOf(incidents));
  for (const incident of incidents) await incidentTable(table).saveIncident(incident);
  client.destroy();
});
afterAll(() => aws?.stop());

describe('status', slow, () => {
  it('shows what is open and since when, the oldest first, with exit code 1', async () => {
    const ended = await binary.run(['status', '--most', '2'], environment);
    expect(ended).toMatchObject({ code: 1, err: '' });
    expect(ended.out).toContain('overdue in 111122223333/eu-west-1: 3 incidents\n');
    expect(ended.out).toMatch(
      /prod-api:1\.4\.2 +20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC +3 h 00 min +still-in-progress\n/,
    );
    expect(ended.out).toContain('… and 1 more; --most shows more');
    const { screen } = await binary.runInTerminal(['status'], environment);
    expect(screen).toContain('\u001b[31moverdue\u001b[39m');
  });

  it('is one document for machines', async () => {
    const { code, out } = await binary.run(['status', '--json', '--most', '1'], environment);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      version: '1',
      open: 3,
      groups: [
        {
          destination: '111122223333/eu-west-1',
          kind: 'overdue',
          open: 3,
          notListed: 2,
          incidents: [
            { image: 'prod-api:1.4.2', cause: 'still-in-progress', source: '111122223333/us-east-1' },
          ],
        },
      ],
    });
  });

  it('ends with 0 when nothing is open', async () => {
    const ended = await binary.run(['status', '--table', 'quiet'], environment);
    expect(ended).toEqual({ code: 0, out: 'Nothing is open.\n', err: '' });
  });
});

describe('silence', slow, () => {
  it('adds, lists and ends one', async () => {
    const words = [
      'silence',
      'add',
      '--prefix',
      'batch/',
      '--for',
      '2h',
      '--reason',
      'a\u001b[2J b',
      '--author',
      'ann',
    ];
    const added = await binary.run(words, environment);
    expect(added).toMatchObject({ code: 0, err: '' });
    // Somebody else's words are shown, and do nothing.
    expect(added.out).toContain('ann: a\\u{1b}[2J b');
    const id = added.out.slice(0, 8);
    const { code, screen } = await binary.runInTerminal(['silence', 'list'], environment);
    expect(code).toBe(0);
    expect(screen).toContain(id);
    expect(await binary.run(['silence', 'end', id], environment)).toEqual({
      code: 0,
      out: '',
      err: `Ended: ${id}\n`,
    });
  });
});

describe('demo', slow, () => {
  it('tells its story in a terminal, in colour', async () => {
    const { code, screen } = await binary.runInTerminal(['demo']);
    expect(code).toBe(0);
    expect(screen).toContain('\u001b[32mverified');
    expect(screen).toContain('Everything came out as it should.');
  });

  it('stops at once on Ctrl-C', async () => {
    const { code, screen } = await binary.runInTerminal(['demo'], {}, { keys: '\u0003', after: /verified/ });
    expect(code).toBe(3);
    expect(screen).toMatch(/stopped\r?\n$/);
  });
});

describe('the program', slow, () => {
  it('explains itself and each command with an example', async () => {
    const help = await binary.run(['--help']);
    expect(help).toMatchObject({ code: 0, err: '' });
    const commands = ['audit', 'wait', 'status', 'explain', 'doctor', 'silence', 'demo', 'completion'];
    for (const command of commands) {
      expect(help.out).toMatch(new RegExp(`^  ${command} `, 'm'));
      const own = command === 'silence' ? ['silence', 'add', '--help'] : [command, '--help'];
      expect((await binary.run(own)).out).toMatch(/^Examples?:\n {2}\S/m);
    }
  });

  it('says its version', async () => {
    expect(await binary.run(['--version'])).toEqual({ code: 0, out: '0.1.0\n', err: '' });
  });

  it('loads no AWS client to say what it can do', async () => {
    const { readFile } = await import('node:fs/promises');
    // What is loaded at the start is the entry and what it imports without waiting to be asked.
    const entry = await readFile(binary.path, 'utf8');
    expect(entry).not.toContain('AmazonEC2ContainerRegistry');
    expect(entry).not.toContain('DynamoDB_20120810');
  });
});
