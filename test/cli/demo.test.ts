/** The command that `npm start` runs, as people run it: what it prints, and how it ends. */

import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Binary, buildBinary } from './binary.ts';

const root = join(import.meta.dirname, '../..');
const long = { timeout: 180_000 };

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in the project's folder, with no credentials and no settings of the user's. */
function run(...words: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: root, env: { PATH: process.env['PATH'] ?? '' }, maxBuffer: 1e8 };
    execFile(process.execPath, [binary.path, ...words], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

type Line = { readonly type: string; readonly [field: string]: unknown };

function linesOf({ stdout }: Ended): readonly Line[] {
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]));
}

let folder: string;
let binary: Binary;
beforeAll(async () => {
  binary = await buildBinary();
  folder = await mkdtemp(join(tmpdir(), 'ecr-replication-monitor-demo-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe.concurrent('the story', () => {
  it('ends well and tells exactly what it should, in JSON lines', long, async () => {
    const ended = await run('demo', '--json');
    expect(ended.stderr).toBe('');
    expect(ended.code).toBe(0);
    const lines = linesOf(ended);
    const inShort = ({ status, kind, destinationRegion, images }: Line): string =>
      `${status} ${kind} ${destinationRegion} ${images}`;
    const of = (type: string) =>
      lines
        .filter((line) => line.type === type)
        .map(inShort)
        .toSorted();
    expect(of('alert')).toEqual([
      'firing failed ap-southeast-2 prod-api:1.4.2',
      'firing overdue eu-west-1 prod-worker:7',
      'firing tag-mismatch eu-west-1 prod-billing:2.0',
      'resolved overdue eu-west-1 prod-worker:7',
    ]);
    expect(of('reminder')).toEqual([
      'firing failed ap-southeast-2 prod-api:1.4.2',
      'firing tag-mismatch eu-west-1 prod-billing:2.0',
    ]);
    expect(of('all-clear')).toEqual([
      'resolved failed ap-southeast-2 prod-api:1.4.2',
      'resolved tag-mismatch eu-west-1 prod-billing:2.0',
    ]);
    for (const line of lines.filter(({ type }) => type === 'alert')) {
      expect(line).toMatchObject({ repository: expect.stringMatching(/^prod-/), text: expect.any(String) });
    }
    expect(lines.filter(({ type }) => type === 'expected' || type === 'end').every(({ ok }) => ok)).toBe(
      true,
    );
    expect(lines.filter(({ type }) => type === 'exempt')).toMatchObject([{ image: 'sandbox-tools:latest' }]);
    expect(lines.filter(({ type }) => type === 'log')).toEqual([]);
    expect(lines.at(-1)).toMatchObject({ type: 'end', ok: true });
    const lag = lines.find(({ type, name }) => type === 'metric' && name === 'ReplicationLag');
    expect(lag).toMatchObject({ count: expect.any(Number) });
  });

  it(
    'is a timeline for people, with the e-mails as subscribers get them and a table of metrics',
    long,
    async () => {
      const { code, stdout, stderr } = await run('demo');
      expect([code, stderr]).toEqual([0, '']);
      for (const text of [
        'push       prod-api:1.4.2 to us-east-1',
        'verified   prod-web:1.0.0 in eu-west-1',
        'What to do next',
        'aws ecr describe-image-replication-status',
        'Metrics published',
        'Everything came out as it should.',
      ]) {
        expect(stdout).toContain(text);
      }
      expect(stdout).not.toContain('\u001b');
    },
  );
});

describe.concurrent('events of the user', () => {
  it('are verified when they have arrived', async () => {
    const ended = await run('demo', 'events/image-action-push.json', '--json');
    expect(ended.code).toBe(0);
    const verified = linesOf(ended).filter(({ type }) => type === 'verified');
    expect(verified.map(({ destinationRegion }) => destinationRegion).toSorted()).toEqual([
      'ap-southeast-2',
      'eu-west-1',
    ]);
  });

  it.each([
    ['chat', { version: '1.0', source: 'custom', content: { textType: 'client-markdown' } }],
    ['json', { version: '1', status: 'firing', kind: 'failed' }],
  ])('are told in the form asked for: %s', async (form, shape) => {
    const ended = await run('demo', 'events/replication-action-failed.json', '--form', form, '--json');
    expect(ended.code).toBe(0);
    const [alert, ...others] = linesOf(ended).filter(({ type }) => type === 'alert');
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ status: 'firing', kind: 'failed', repository: 'prod-api' });
    expect(JSON.parse(String(alert?.['text']))).toMatchObject(shape);
  });

  it('are told as e-mail, as long as no other form is asked for', async () => {
    const ended = await run('demo', 'events/replication-action-failed.json', '--json');
    const [alert] = linesOf(ended).filter(({ type }) => type === 'alert');
    expect(String(alert?.['text'])).toMatch(/^prod-api:1\.4\.2 failed to replicate to ap-southeast-2/);
  });

  it('may be of a time to come, by the clock of the machine', async () => {
    const time = new Date(Date.now() + 90 * 86_400_000).toISOString();
    const detail = {
      'action-type': 'PUSH',
      result: 'SUCCESS',
      'repository-name': 'prod-a',
      'image-digest': 'a:1',
    };
    const head = { source: 'aws.ecr', 'detail-type': 'ECR Image Action', account: '444455556666' };
    const ended = await run(
      'demo',
      await file('future.json', { ...head, region: 'eu-west-3', time, detail }),
      '--json',
    );
    expect(ended.code).toBe(0);
    expect(linesOf(ended).filter(({ type }) => type === 'verified')).toHaveLength(2);
  });

  it('may be in a file of an editor that marks its UTF-8', async () => {
    const event = await readFile(join(root, 'events/image-action-delete.json'), 'utf8');
    const { code } = await run('demo', await file('marked.json', `\ufeff${event}`), '--json');
    expect(code).toBe(0);
  });

  it('may be a list, several files, and of any kind that ECR sends', async () => {
    const push = { source: 'aws.ecr', 'detail-type': 'ECR Image Action', account: '444455556666' };
    const detail = { 'action-type': 'PUSH', result: 'SUCCESS', 'image-tag': '1' };
    const event = (repository: string, n: number) => ({
      ...push,
      region: 'eu-central-1',
      time: new Date(Date.now() - 60_000).toISOString(),
      detail: { ...detail, 'repository-name': repository, 'image-digest': `sha256:${n}` },
    });
    const list = await file('list.json', [event('prod-a', 1), event('sandbox', 2)]);
    const ended = await run(
      'demo',
      list,
      'events/image-action-delete.json',
      'events/image-scan.json',
      '--json',
    );
    expect(ended.code).toBe(0);
    const types = linesOf(ended).map(({ type }) => type);
    expect(types.filter((type) => type === 'verified')).toHaveLength(2);
    expect(types.filter((type) => type === 'exempt')).toHaveLength(1);
    expect(types).not.toContain('alert');
    expect(linesOf(ended).at(-1)).toMatchObject({ ok: true, text: 'Settled: 4 events.' });
  });
});

describe.concurrent('bad input', () => {
  async function expectOneLine(ended: Ended, ...words: readonly string[]): Promise<void> {
    expect(ended.code).toBe(2);
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toMatch(/^error: [^\n]+\n$/);
    for (const word of words) expect(ended.stderr).toContain(word);
  }

  it.each([
    ['a file that is not there', 'no-such-file.json', 'no such file'],
    ['a folder', 'events', 'is a folder'],
    ['a file that is not JSON', 'README.md', 'is not valid JSON)'],
    ['JSON that is no event', 'package.json', 'not an EventBridge event'],
  ])('gets one clear line and exit code 2: %s', async (_, path, says) => {
    await expectOneLine(await run('demo', path), path, says);
  });

  const ecr = { source: 'aws.ecr', 'detail-type': 'ECR Image Action' };
  const push = {
    ...ecr,
    account: '111122223333',
    region: 'us-east-1',
    time: '2026-11-24T03:12:09Z',
    detail: {
      'action-type': 'PUSH',
      result: 'SUCCESS',
      'repository-name': 'prod-api',
      'image-digest': 'sha256:0123',
    },
  };

  it.each([
    ['an event of another service', { source: 'aws.ec2', 'detail-type': 'Anything' }, 'not an ECR event'],
    ['an ECR event without a detail', ecr, 'detail is missing'],
    [
      'a push without a digest',
      { ...push, detail: { ...push.detail, 'image-digest': 'latest' } },
      'is not a digest',
    ],
    ['a push without a Region', { ...push, region: 'nowhere' }, 'region is not an AWS Region'],
    ['a push without a time', { ...push, time: 'yesterday' }, 'time is not an ISO 8601 time'],
    ['an empty list', [], 'holds no event'],
    ['a list without end', Array(10_001).fill({ ...ecr }), '10001 events are more than the 10000'],
    [
      'a list with one bad event',
      [push, { ...push, account: 'mine' }],
      'event 2: account is not a 12-digit account',
    ],
    ['a number', 42, 'not an EventBridge event'],
    ['nothing', '', 'not JSON'],
    ['lines of words', 'not json\nat all', 'is not valid JSON)'],
  ])('gets one clear line and exit code 2: %s', async (name, content, says) => {
    const path = await file(`${name.replaceAll(' ', '-')}.json`, content);
    await expectOneLine(await run('demo', path), path, says);
  });

  it.each([
    ['an unknown option', ['demo', '--nope'], "unknown option '--nope'"],
    ['an unknown form', ['demo', '--form', 'fax'], 'Allowed choices are email, chat, json'],
    ['an unknown command', ['nope'], "unknown command 'nope'"],
  ])('gets one clear line and exit code 2: %s', async (_, words, says) => {
    await expectOneLine(await run(...words), says);
  });
});

describe.concurrent('output that nobody reads on', () => {
  it.each([
    ['timeline', []],
    ['JSON lines', ['--json']],
  ])('ends the demo without a word: %s', async (_, words) => {
    const main = join(root, 'lib/cli/main.ts');
    const child = spawn(process.execPath, [main, 'demo', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, stderr]).toEqual([3, '']);
  });
});

describe.concurrent('help', () => {
  it('explains the command, its types of lines and its options', async () => {
    const { code, stdout, stderr } = await run('demo', '--help');
    expect([code, stderr]).toEqual([0, '']);
    for (const word of ['--json', '--form', 'alert', 'end', 'npm start -- events/image-action-push.json']) {
      expect(stdout).toContain(word);
    }
  });

  it('names the commands', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('demo');
  });
});
