/** `wait`, `status IMAGE` and `explain` by the built binary, against the local AWS: in a pipe and in a terminal. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Registry } from '../../lib/image/registry.ts';
import { type LocalAws, startLocalAws } from '../../lib/local/local-aws.ts';
import { ireland, source, sydney } from '../samples.ts';
import { type Binary, buildBinary } from './binary.ts';

const far: Registry = { account: '444455556666', region: 'eu-central-1' };
const slow = { timeout: 90_000 };
let aws: LocalAws;
let binary: Binary;

beforeAll(async () => {
  [aws, binary] = await Promise.all([
    startLocalAws({ delayMs: 0, disabledRegions: ['me-south-1'] }),
    buildBinary(),
  ]);
  const rules = [
    { to: [ireland, sydney], prefixes: ['prod-'] },
    { to: [far], prefixes: ['base-'] },
  ];
  aws.ecr.call(source, 'PutReplicationConfiguration', {
    replicationConfiguration: {
      rules: rules.map(({ to, prefixes }) => ({
        destinations: to.map(({ account, region }) => ({ registryId: account, region })),
        repositoryFilters: prefixes.map((filter) => ({ filter, filterType: 'PREFIX_MATCH' })),
      })),
    },
  });
});
afterAll(() => aws?.stop());

let builds = 0;
function push(repository: string, tag: string): string {
  builds += 1;
  return aws.ecr.pushImage(source, { repository, tag, manifest: JSON.stringify({ build: builds }) });
}

const run = (...words: string[]) => binary.run(words, aws.environment());

describe('wait', slow, () => {
  it('ends with 0 when the image is everywhere, with the table on stdout and the progress on stderr', async () => {
    const digest = push('prod-api', '1');
    const ended = await run('wait', 'prod-api:1');
    expect(ended.code).toBe(0);
    expect(ended.out).toMatch(
      /^destination +verdict +ECR says +lag\neu-west-1 +verified .*\nap-southeast-2 +verified/,
    );
    expect(ended.err).toContain('prod-api:1 is verified at 2 of 2 destinations\n');
    const json = await run('wait', `prod-api:1@${digest}`, '--json', '--destination', 'eu-west-1');
    expect(json.out.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(json.out)).toMatchObject({
      version: '1',
      outcome: 'verified',
      image: { name: 'prod-api:1', registry: '111122223333/us-east-1', digest },
      destinations: [{ destination: '111122223333/eu-west-1', verdict: 'verified', lagSeconds: 0 }],
    });
  });

  it('takes account and Region from a full image URI, and says so when --region says otherwise', async () => {
    push('prod-uri', '1');
    const uri = '111122223333.dkr.ecr.us-east-1.amazonaws.com/prod-uri:1';
    const ended = await run('wait', uri, '--region', 'eu-west-1');
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.err).toContain('The registry is 111122223333/us-east-1: --region eu-west-1 is left aside.');
  });

  it('ends with 1 when ECR reports a failure, with cause and cure, and its code cannot reach the terminal', async () => {
    aws.ecr.orders.replication({
      region: sydney.region,
      repository: 'prod-bad',
      outcome: { is: 'fail', code: 'Bad\u001b[31m\u009b1mCode' },
    });
    push('prod-bad', '1');
    const ended = await run('wait', 'prod-bad:1');
    expect(ended.code).toBe(1);
    expect(ended.out).toContain('FAILED (Bad\\u{1b}[31m\\u{9b}1mCode)');
    expect(ended.out).toContain('aws ecr describe-repository-creation-templates --region ap-southeast-2');
    expect(ended.err).toContain(
      'error: ECR reports that prod-bad:1 failed to replicate: 1 of 2 destinations have it.',
    );
    const json = await run('wait', 'prod-bad:1', '--json');
    for (const control of ['\u001b', '\u009b']) {
      expect(`${ended.out}${ended.err}${json.out}`).not.toContain(control);
    }
    expect(JSON.parse(json.out).destinations[1]).toMatchObject({ failureCode: 'Bad\u001b[31m\u009b1mCode' });
  });

  it('ends with 4 at its time-out, also when a destination hangs', async () => {
    push('prod-slow', '1');
    const end = aws.ecr.faults.place({ region: sydney.region, effect: { is: 'unreachable', how: 'hang' } });
    const ended = await run('wait', 'prod-slow:1', '--timeout', '4s');
    end();
    expect(ended.code).toBe(4);
    expect(ended.err).toContain('error: timed out: prod-slow:1 was not seen');
  });

  it('survives throttling that passes, and shows what it waits for', async () => {
    push('prod-throttled', '1');
    aws.ecr.faults.place({ region: sydney.region, effect: { is: 'throttle' } }, 5);
    const ended = await run('wait', 'prod-throttled:1', '--timeout', '60s', '--interval', '1s');
    expect(ended.code).toBe(0);
    expect(ended.err).toContain('111122223333/ap-southeast-2: could not be read (throttled); trying again');
  });

  it.each([
    [
      'was never pushed',
      ['prod-api:9'],
      1,
      'there is no prod-api:9 in 111122223333/us-east-1; push it first',
    ],
    ['has no repository', [`prod-nope@sha256:${'0'.repeat(64)}`], 1, 'nor is the repository; push it first'],
    ['no rule covers', ['sandbox:1'], 1, 'no rule covers sandbox in 111122223333/us-east-1'],
    ['no rule covers, if that is allowed', ['sandbox:1', '--allow-uncovered'], 0, 'it is not replicated'],
    [
      'no rule sends there',
      ['prod-api:1', '--destination', 'eu-west-1,eu-north-1'],
      1,
      'no rule replicates prod-api to eu-north-1',
    ],
    [
      'is in another account',
      ['444455556666.dkr.ecr.us-east-1.amazonaws.com/prod-api:1'],
      3,
      'the credentials are of account 111122223333, and the registry is in account 444455556666',
    ],
  ])('says of an image that %s what is the matter, in one line', async (_, words, code, says) => {
    const ended = await run('wait', ...words);
    expect(ended).toMatchObject({ code, out: '' });
    expect(ended.err.trimEnd().split('\n').at(-1)).toContain(says);
    expect(ended.err).not.toContain('    at ');
  });

  it('moves a display in a terminal, takes it away, and ends at once on Ctrl-C with what it has seen', async () => {
    aws.ecr.orders.replication({ region: sydney.region, repository: 'prod-wait', delayMs: 3_600_000 });
    push('prod-wait', '1');
    const stopped = await binary.runInTerminal(['wait', 'prod-wait:1'], aws.environment(), {
      keys: '\u0003',
      after: /ap-southeast-2.*ECR says: IN_PROGRESS/,
    });
    expect(stopped.code).toBe(3);
    expect(stopped.screen).toContain('Waiting for prod-wait:1, 30 min at most');
    expect(stopped.screen).toContain('stopped: 1 of 2 destinations were seen to have prod-wait:1');
    expect(stopped.screen).toContain('\u001b[32mverified\u001b[39m');
    // Hidden while it draws, and shown again.
    expect(stopped.screen.lastIndexOf('\u001b[?25h')).toBeGreaterThan(
      stopped.screen.lastIndexOf('\u001b[?25l'),
    );
  });
});

describe('status IMAGE', slow, () => {
  it('shows verdict, claim and lag of every destination, for people and for machines', async () => {
    push('prod-status', '1');
    const ended = await run('status', 'prod-status:1');
    expect(ended).toMatchObject({ code: 0, err: '' });
    expect(ended.out).toMatch(/eu-west-1 +verified +COMPLETE +0 s\n/);
    const json = await run('status', 'prod-status:1', '--json');
    expect(JSON.parse(json.out)).toMatchObject({
      outcome: 'verified',
      destinations: [{ ecrSays: 'COMPLETE' }, { verdict: 'verified' }],
    });
  });

  it('ends with 1 when the image is missing somewhere, and with 3 when a destination cannot be read', async () => {
    aws.ecr.orders.replication({
      region: sydney.region,
      repository: 'prod-lost',
      outcome: { is: 'lose', claim: 'COMPLETE' },
    });
    push('prod-lost', '1');
    const ended = await run('status', 'prod-lost:1');
    expect(ended.code).toBe(1);
    expect(ended.out).toContain('ap-southeast-2: ECR says that it copied the image, and it is not there');

    push('prod-dark', '1');
    const end = aws.ecr.faults.place({ region: sydney.region, effect: { is: 'access-denied' } });
    const dark = await run('status', 'prod-dark:1');
    end();
    expect(dark.code).toBe(3);
    expect(dark.out).toMatch(/ap-southeast-2 +could not tell \(access-denied\)/);
  });

  it('has colours in a terminal, and none with --no-color or NO_COLOR', async () => {
    push('prod-color', '1');
    const screenOf = async (words: readonly string[], more = {}) =>
      (await binary.runInTerminal(['status', 'prod-color:1', ...words], { ...aws.environment(), ...more }))
        .screen;
    expect(await screenOf([])).toContain('\u001b[32mverified');
    expect(await screenOf(['--no-color'])).not.toContain('\u001b[32m');
    expect(await screenOf([], { NO_COLOR: '1' })).not.toContain('\u001b[32m');
    const { out } = await binary.run(['status', 'prod-color:1'], { ...aws.environment(), FORCE_COLOR: '1' });
    expect(out).toContain('\u001b[32mverified');
  });
});

describe('explain', slow, () => {
  it('says which rules match, what follows, and why not the others', async () => {
    const covered = await run('explain', 'prod-api');
    expect(covered).toMatchObject({ code: 0, err: '' });
    expect(covered.out).toContain('is replicated to eu-west-1, ap-southeast-2\n');
    expect(covered.out).toContain(
      'Not to 444455556666/eu-central-1: it is named only by rule 2, which does not match',
    );
    const uncovered = await run('explain', 'base/image');
    expect(uncovered.code).toBe(1);
    expect(uncovered.out).toContain('without its last character, it would match');
    const json = JSON.parse((await run('explain', 'prod-api', '--json')).out);
    expect(json).toMatchObject({
      version: '1',
      replicated: true,
      rules: [{ matches: true }, { matches: false }],
    });
    const { code, screen } = await binary.runInTerminal(['explain', 'prod-api'], aws.environment());
    expect(code).toBe(0);
    expect(screen).toContain('\u001b[32mmatches\u001b[39m');
  });
});

describe('credentials', slow, () => {
  it.each([
    ['keys', 'aws_access_key_id = 111122223333\naws_secret_access_key = local'],
    [
      'a process',
      `credential_process = echo '{"Version":1,"AccessKeyId":"111122223333","SecretAccessKey":"local"}'`,
    ],
  ])(
    'come from a profile with %s, and its Region with them, before what the environment has',
    async (_, by) => {
      const file = join(binary.path, '../aws-config');
      await writeFile(file, `[profile mine]\nregion = us-east-1\n${by}\n`);
      const { AWS_REGION: _region, ...endpoints } = aws.environment();
      const environment = { ...endpoints, AWS_CONFIG_FILE: file, AWS_ACCESS_KEY_ID: '999999999999' };
      const ended = await binary.run(['explain', 'prod-api', '--profile', 'mine', '--json'], environment);
      expect(ended).toMatchObject({ code: 0, err: '' });
      expect(JSON.parse(ended.out)).toMatchObject({ registry: '111122223333/us-east-1' });
    },
  );

  it('have their Region from AWS_DEFAULT_REGION, as with the AWS CLI', async () => {
    const { AWS_REGION: region = '', ...rest } = aws.environment();
    const ended = await binary.run(['explain', 'prod-api', '--json'], {
      ...rest,
      AWS_DEFAULT_REGION: region,
    });
    expect(ended).toMatchObject({ code: 0, err: '' });
  });

  it('of another account are had by a role there', async () => {
    const role = ['--read-role', 'monitor-read', '--registry', '444455556666/eu-central-1'];
    const ended = await run('explain', 'prod-api', ...role);
    expect(ended.code).toBe(1);
    expect(ended.out).toContain('prod-api in 444455556666/eu-central-1');
    expect(ended.err).toBe('The registry is in account 444455556666: read by its role monitor-read.\n');
  });
});

describe('what stands in the way is said in one line', slow, () => {
  it.each<[string, string[], Record<string, string>, number, string]>([
    ['an unknown flag', ['wait', 'a:1', '--nope'], {}, 2, "unknown option '--nope'"],
    ['an unknown command', ['wiat'], {}, 2, "unknown command 'wiat'"],
    ['no image', ['wait'], {}, 2, "missing required argument 'image'"],
    ['a malformed reference', ['wait', 'prod-api'], {}, 2, 'add :tag or @digest'],
    ['a malformed duration', ['wait', 'a:1', '--timeout', '5'], {}, 2, '"5" is not a duration'],
    [
      'a malformed destination',
      ['wait', 'a:1', '--destination', 'mars'],
      {},
      2,
      '"mars" is neither a Region nor',
    ],
    ['a malformed Region', ['explain', 'a', '--region', 'mars'], {}, 2, 'mars is not an AWS Region'],
    ['a malformed repository', ['explain', 'a:1'], {}, 2, 'leave out tag, digest and registry'],
    [
      'a malformed role',
      ['explain', 'a', '--read-role', 'arn:aws:iam::1:role/x'],
      {},
      2,
      'is not the name of a role',
    ],
    [
      'no credentials',
      ['explain', 'a'],
      { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
      3,
      'no AWS credentials',
    ],
    [
      'an unknown profile',
      ['explain', 'a', '--profile', 'nope'],
      {},
      3,
      'no AWS credentials by the profile nope',
    ],
    ['no Region', ['explain', 'a'], { AWS_REGION: '' }, 3, 'no Region: set AWS_REGION'],
    [
      'a Region that is not enabled',
      ['explain', 'a', '--region', 'me-south-1'],
      {},
      3,
      'is the Region enabled',
    ],
    ['no table', ['status'], {}, 2, 'no table: give --table NAME or set INCIDENTS_TABLE'],
    ['a table that is not there', ['status', '--table', 'nope'], {}, 3, 'no such table'],
    [
      'an AWS that does not answer',
      ['explain', 'a'],
      { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:9' },
      3,
      'AWS cannot be reached',
    ],
  ])('%s', async (_, words, more, code, says) => {
    const ended = await binary.run(words, { ...aws.environment(), ...more });
    expect(ended.code).toBe(code);
    expect(ended.out).toBe('');
    expect(ended.err).toMatch(/^error: [^\n]+\n$/);
    expect(ended.err).toContain(says);
  });

  it('rules that cannot be read', async () => {
    const end = aws.ecr.faults.place({ operations: ['DescribeRegistry'], effect: { is: 'access-denied' } });
    const ended = await run('explain', 'prod-api');
    end();
    expect(ended.code).toBe(3);
    expect(ended.err).toContain(
      'error: the replication rules of 111122223333/us-east-1 could not be read: AWS denied it.',
    );
  });
});
