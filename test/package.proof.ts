/** The packed tarball as a stranger gets it: installed in an empty folder without a network, and run there. */

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalAws, startLocalAws } from '../lib/local/local-aws.ts';
import { advisoriesOn } from '../scripts/vulnerabilities.ts';
import { digestOf, ireland, source } from './samples.ts';

const root = join(import.meta.dirname, '..');
const slow = { timeout: 180_000 };
let work: string;
let empty: string;
let aws: LocalAws;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(
  cwd: string,
  command: string,
  words: readonly string[],
  more: Record<string, string> = {},
): Promise<Ended> {
  const env = {
    // The Node of the tests goes before the one that started npm.
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    HOME: work,
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
    ...more,
  };
  return new Promise((resolve) => {
    execFile(command, words, { cwd, env, maxBuffer: 1e8 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err });
    });
  });
}

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'ecr-replication-monitor-package-'));
  empty = join(work, 'empty');
  await mkdir(empty);
  const packed = await run(root, 'npm', ['pack', '--json', '--pack-destination', work]);
  expect(packed.code, packed.err).toBe(0);
  const [tarball = ''] = (await readdir(work)).filter((name) => name.endsWith('.tgz'));
  const installed = await run(empty, 'npm', ['install', '--no-audit', '--no-fund', join(work, tarball)]);
  expect(installed.code, installed.err).toBe(0);

  aws = await startLocalAws();
  aws.ecr.call(source, 'PutReplicationConfiguration', {
    replicationConfiguration: {
      rules: [{ destinations: [{ region: ireland.region, registryId: ireland.account }] }],
    },
  });
  const image = { digest: digestOf('prod-api'), tags: ['1'], pushedAt: Date.now() - 3_600_000 };
  for (const registry of [source, ireland]) aws.ecr.seed(registry, 'prod-api', [image]);
}, 180_000);
afterAll(async () => {
  await aws?.stop();
  await rm(work, { recursive: true, force: true });
});

describe('the tarball', slow, () => {
  const installed = () => join(empty, 'node_modules/ecr-replication-monitor');
  const binary = (words: readonly string[], more: Record<string, string> = {}) =>
    run(empty, join(empty, 'node_modules/.bin/ecr-replication-monitor'), words, more);

  it('brings nothing but itself, and the licenses of what is in it', async () => {
    const packages = (await readdir(join(empty, 'node_modules'))).filter((name) => !name.startsWith('.'));
    expect(packages).toEqual(['ecr-replication-monitor']);
    const files = await readdir(installed());
    expect(files.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'docs', 'package.json']);
    const licenses = await readFile(join(installed(), 'dist/cli/THIRD-PARTY-LICENSES.txt'), 'utf8');
    for (const name of ['commander', '@aws-sdk/client-ecr', 'cli-table3', 'log-update']) {
      expect(licenses).toContain(`${name} `);
    }
  });

  it('runs audit and wait there', async () => {
    const audit = await binary(['audit', '--json'], aws.environment());
    expect(audit.code, audit.err).toBe(0);
    expect(JSON.parse(audit.out)).toMatchObject({ outcome: 'clean', routes: [{ inSync: 1 }] });
    const wait = await binary(['wait', 'prod-api:1'], aws.environment());
    expect(wait).toMatchObject({ code: 0 });
    expect(wait.err).toContain('prod-api:1 is verified at 1 of 1 destinations');
  });

  it('writes the report there', async () => {
    const audit = await binary(['audit', '--html', 'report.html'], aws.environment());
    expect(audit.code, audit.err).toBe(0);
    expect(await readFile(join(empty, 'report.html'), 'utf8')).toContain('prod-api');
  });

  it('runs the demo there, without credentials', async () => {
    const demo = await binary(['demo']);
    expect(demo).toMatchObject({ code: 0, err: '' });
    expect(demo.out).toContain('Everything came out as it should.');
  });

  it('runs by npx, there and in the checkout that it was packed from', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    for (const folder of [empty, root]) {
      const ended = await run(folder, 'npx', ['--', 'ecr-replication-monitor', '--version']);
      expect([ended.code, ended.out], ended.err).toEqual([0, `${version}\n`]);
    }
  });
});

describe('known vulnerabilities', () => {
  const report = JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: {
      shipped: { name: 'shipped', severity: 'high' },
      tool: { name: 'tool', severity: 'critical' },
    },
  });

  it('count when the package is in a bundle', () => {
    expect(advisoriesOn(report, new Set(['shipped', 'other']))).toEqual([
      { name: 'shipped', severity: 'high' },
    ]);
    expect(advisoriesOn(report, new Set(['other']))).toEqual([]);
  });

  it.each([
    ['no answer at all', ''],
    ['an error', '{"error":{}}'],
    ['something else', '[]'],
  ])('are not known from %s', (_, text) => {
    expect(advisoriesOn(text, new Set(['shipped']))).toBeUndefined();
  });
});
