/** `audit` by the built binary, against the local AWS: in a pipe, in a terminal, into files. */

import { readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AuditDocument } from '../../lib/audit/document.ts';
import { type LocalAws, startLocalAws } from '../../lib/local/local-aws.ts';
import { digestOf, ireland, source, sydney } from '../samples.ts';
import { type Binary, buildBinary } from './binary.ts';

const slow = { timeout: 90_000 };
const isValid = new Ajv2020({ strict: true }).compile(
  JSON.parse(readFileSync(new URL('../../docs/audit.schema.json', import.meta.url), 'utf8')),
);
const evil = 'Bad\u001b[2JCode';
/** How far the clock of the local AWS is behind. */
let agoMs = 0;
let aws: LocalAws;
let binary: Binary;

/** Twelve repositories of twenty images from two days ago; two are missing in Ireland, one of them by a failure. */
beforeAll(async () => {
  [aws, binary] = await Promise.all([
    startLocalAws({ delayMs: 0, now: () => Date.now() - agoMs }),
    buildBinary(),
  ]);
  const destinations = [ireland, sydney].map(({ account, region }) => ({ registryId: account, region }));
  aws.ecr.call(source, 'PutReplicationConfiguration', {
    replicationConfiguration: {
      rules: [
        {
          destinations,
          repositoryFilters: ['prod-', 'evil-'].map((filter) => ({ filter, filterType: 'PREFIX_MATCH' })),
        },
      ],
    },
  });
  const twoDaysAgo = Date.now() - 2 * 24 * 60 * 60 * 1000;
  for (let repository = 0; repository < 12; repository += 1) {
    const images = Array.from({ length: 20 }, (_, n) => ({
      digest: digestOf(`${repository} ${n}`),
      tags: [`v${n}`],
      pushedAt: twoDaysAgo + n * 1_000,
    }));
    const arrived = images.map((image) => ({ ...image, pushedAt: image.pushedAt + 3_000 }));
    aws.ecr.seed(source, `prod-${repository}`, images);
    aws.ecr.seed(ireland, `prod-${repository}`, repository === 1 ? arrived.slice(2) : arrived);
    aws.ecr.seed(sydney, `prod-${repository}`, arrived);
  }
  aws.ecr.seed(source, 'sandbox', [{ digest: digestOf('sandbox') }]);
});
afterAll(() => aws?.stop());
afterEach(() => aws.ecr.faults.clear());

const run = (...words: string[]) => binary.run(['audit', ...words], aws.environment());

function documentOf(out: string): AuditDocument {
  const document = JSON.parse(out);
  expect(isValid(document), JSON.stringify(isValid.errors)).toBe(true);
  return document;
}

describe('in a pipe', slow, () => {
  it('prints a table by destination, then findings with cause and cure; nothing of a progress display', async () => {
    const ended = await run();
    expect(ended).toMatchObject({ code: 1, err: '' });
    expect(ended.out).toMatch(/eu-west-1 +12 +240 +238 +2 +0 +0 +0 +99\.1 % +3 s +3 s\n/);
    expect(ended.out).toMatch(/ap-southeast-2 +12 +240 +240 +0 +0 +0 +0 +100 % +3 s +3 s\n/);
    expect(ended.out).toContain('missing from 111122223333/us-east-1 to 111122223333/eu-west-1: 2 images');
    expect(ended.out).toContain('  - prod-1:v0\n');
    expect(ended.out).toContain('aws ecr start-replication-backfill');
    expect(ended.out).toContain('Not clean: 2 of 480 replicas are not as they must be.');
    expect(ended.out).not.toContain('\u001b');
  });

  it('writes one document that its schema knows, and counts its calls', async () => {
    aws.ecr.calls.reset();
    const ended = await run('--json');
    expect(ended).toMatchObject({ code: 1, err: '' });
    const document = documentOf(ended.out);
    expect(document).toMatchObject({
      version: '1',
      outcome: 'not-clean',
      sources: [{ registry: '111122223333/us-east-1', repositories: 13, repositoriesCovered: 12 }],
      routes: [
        { destination: '111122223333/eu-west-1', missing: 2, lag: { p50: 3 } },
        { missing: 0, coverage: 1 },
      ],
    });
    expect(document.findings.map(({ kind, tag }) => `${kind} ${tag}`).sort()).toEqual([
      'missing v0',
      'missing v1',
    ]);
    expect(document.calls).toBe(aws.ecr.calls.count());
  });

  it('narrows down by prefix, destination and date', async () => {
    const clean = await run('--prefix', 'prod-2', '--json');
    expect(clean.code).toBe(0);
    expect(documentOf(clean.out).repositories.map(({ repository }) => repository)).toEqual(['prod-2']);
    const there = documentOf((await run('--destination', 'ap-southeast-2', '--json')).out);
    expect(there).toMatchObject({ outcome: 'clean', scope: { destinations: ['ap-southeast-2'] } });
    expect(there.routes).toHaveLength(1);
    const since = await run('--since', new Date().toISOString().slice(0, 10), '--json');
    expect(since.code).toBe(0);
    expect(documentOf(since.out).routes[0]).toMatchObject({ missing: 0, history: 2 });
  });

  it('is not clean when no rule covers what was asked for', async () => {
    const ended = await run('--prefix', 'prdo-');
    expect(ended.code).toBe(1);
    expect(ended.out).toContain('No rule covers any repository within what was asked for');
    documentOf((await run('--prefix', 'prdo-', '--json')).out);
  });

  it('ends with 3 when a destination cannot be read, and says what it knows of the others', async () => {
    aws.ecr.faults.place({ region: sydney.region, effect: { is: 'access-denied' } });
    const ended = await run('--json');
    expect(ended.code).toBe(3);
    const document = documentOf(ended.out);
    expect(document).toMatchObject({
      outcome: 'incomplete',
      interrupted: false,
      routes: [{ missing: 2 }, { repositoriesUnreadable: expect.any(Number), expected: 0 }],
    });
    const text = await run();
    expect(text.out).toContain('unreadable from 111122223333/us-east-1 to 111122223333/ap-southeast-2');
    expect(text.out).toContain('Incomplete:');
  });

  it('ends with 3 when the rules or the names of the repositories cannot be read', async () => {
    for (const operation of ['DescribeRegistry', 'DescribeRepositories']) {
      const over = aws.ecr.faults.place({ operations: [operation], effect: { is: 'access-denied' } });
      const ended = await run('--json');
      over();
      expect(ended.code).toBe(3);
      expect(documentOf(ended.out)).toMatchObject({
        outcome: 'incomplete',
        sources: [{ unreadable: 'access-denied' }],
      });
      expect(ended.err).toBe(
        'error: 111122223333/us-east-1: its rules or repositories could not be read (access-denied)\n',
      );
    }
  });

  it('tells what settings will do later, when asked to, and is clean all the same', async () => {
    const change = { repositoryName: 'prod-2', imageTagMutability: 'IMMUTABLE' };
    aws.ecr.call(ireland, 'PutImageTagMutability', change);
    const ended = await run('--prefix', 'prod-2', '--settings', '--json');
    expect(ended.code).toBe(0);
    const found = documentOf(ended.out).findings.find(({ kind }) => kind === 'tag-settings-differ');
    expect(found).toMatchObject({
      severity: 'warning',
      repository: 'prod-2',
      cures: [{ command: expect.any(String) }],
    });
    const text = await run('--prefix', 'prod-2', '--settings');
    aws.ecr.call(ireland, 'PutImageTagMutability', { ...change, imageTagMutability: 'MUTABLE' });
    expect(text.out).toContain(
      'tag-settings-differ from 111122223333/us-east-1 to 111122223333/eu-west-1: 1 repository',
    );
  });

  it('survives throttling that passes', async () => {
    aws.ecr.faults.place({ effect: { is: 'throttle', everyNth: 3 } });
    const { code, out } = await run('--prefix', 'prod-2', '--json');
    expect(code).toBe(0);
    expect(documentOf(out).outcome).toBe('clean');
  });

  it('writes CSV, a line a finding', async () => {
    const ended = await run('--csv');
    expect(ended).toMatchObject({ code: 1, err: '' });
    const lines = ended.out.trimEnd().split('\r\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^kind,severity,source,/);
  });

  it('writes a page with the same document in it', async () => {
    const file = join(binary.path, '../report.html');
    const ended = await run('--html', file, '--json');
    expect(ended.code).toBe(1);
    expect(ended.err).toBe(`Written: ${file}\n`);
    const page = await readFile(file, 'utf8');
    await rm(file);
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('prod-1');
    expect(page).not.toMatch(/(?:src|href)="https?:/);
  });

  it.each([
    ['two forms at once', ['--json', '--csv'], "option '--json' cannot be used with option '--csv'"],
    ['a folder that is not there', ['--html', '/nowhere/report.html'], 'there is no such folder'],
    ['a folder for a file', ['--html', '.'], 'is a folder'],
    ['a malformed registry', ['--registry', 'us-east-1'], '"us-east-1" is not a registry'],
    ['a malformed date', ['--since', 'yesterday'], 'yesterday is not a date'],
    ['no calls a second', ['--rate', '0'], 'must be more than none'],
  ])('refuses %s in one line', async (_, words, says) => {
    const ended = await run(...words);
    expect(ended).toMatchObject({ code: 2, out: '' });
    expect(ended.err).toMatch(/^error: [^\n]+\n$/);
    expect(ended.err).toContain(says);
  });

  it('ends quietly when nobody reads on', async () => {
    const { execFile } = await import('node:child_process');
    const command = `"${process.execPath}" "${binary.path}" audit --json | head -c 10; echo "\${PIPESTATUS[0]}"`;
    const env = { PATH: process.env['PATH'] ?? '', ...aws.environment() };
    const ended = await new Promise<{ out: string; err: string }>((resolve) => {
      execFile('bash', ['--norc', '-c', command], { env }, (_error, out, err) => resolve({ out, err }));
    });
    expect(ended.err).toBe('');
    expect(ended.out).toMatch(/^\{"version"(?:1|3)\n$/);
  });
});

describe('in a terminal', slow, () => {
  it('shows how far it is, takes that away, and prints the table in colour', async () => {
    aws.ecr.faults.place({ effect: { is: 'latency', ms: 40 } });
    const { code, screen } = await binary.runInTerminal(['audit', '--rate', '40'], aws.environment());
    expect(code).toBe(1);
    expect(screen).toContain('Auditing 111122223333/us-east-1');
    expect(screen).toMatch(/\d+ of 1\d repositories/);
    expect(screen).toMatch(/images read, \d+ calls/);
    expect(screen).toContain('\u001b[31mmissing\u001b[39m');
    expect(screen).toContain('Not clean: 2 of 480 replicas');
  });

  it('stops at once on Ctrl-C, with what it has found so far and exit code 3', async () => {
    const limited = ['audit', '--rate', '20', '--concurrency', '1'];
    const { code, screen } = await binary.runInTerminal(limited, aws.environment(), {
      keys: '\u0003',
      after: /[3-9] of 1\d repositories/,
    });
    expect(code).toBe(3);
    expect(screen).toContain('Incomplete: of what could be read');
    expect(screen).toContain('stopped: what is said here is true, but not all');
    expect(screen).toMatch(/ap-southeast-2 +\d/);
  });
});

it('shows the failure codes of ECR without letting them act', slow, async () => {
  const outcome = { is: 'fail', code: evil } as const;
  aws.ecr.orders.replication({ region: ireland.region, repository: 'evil-api', outcome });
  agoMs = 2 * 60 * 60 * 1000;
  aws.ecr.pushImage(source, { repository: 'evil-api', tag: '1', manifest: '{"evil":1}' });
  aws.ecr.tick();
  agoMs = 0;
  const json = await run('--prefix', 'evil-', '--json');
  const [finding] = documentOf(json.out).findings;
  expect(finding).toMatchObject({ ecrSays: 'FAILED', failureCode: evil, cause: 'repository-not-created' });
  const { screen } = await binary.runInTerminal(
    ['audit', '--prefix', 'evil-', '--no-color'],
    aws.environment(),
  );
  expect(screen).toContain('Failure code: Bad\\u{1b}[2JCode.');
  for (const out of [screen, json.out, (await run('--prefix', 'evil-', '--csv')).out])
    expect(out).not.toContain(evil);
});
