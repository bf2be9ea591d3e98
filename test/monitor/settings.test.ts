/** Settings that will bite later: a table of registries, each with what is found in it, once, and nothing else. */

import { beforeAll, beforeEach, expect, test } from 'vitest';
import { digestLines, keptLines } from '../../lib/alert/setting-digest.ts';
import { ecrClients } from '../../lib/aws/clients.ts';
import { rulesReader } from '../../lib/aws/ecr-registry.ts';
import { settingPorts } from '../../lib/aws/ecr-settings.ts';
import type { Registry } from '../../lib/image/registry.ts';
import { type LocalAws, startLocalAws } from '../../lib/local/local-aws.ts';
import { lifecycleOf } from '../../lib/monitor/lifecycle-settings.ts';
import { registryFindings } from '../../lib/monitor/registry-settings.ts';
import { destinationsOf } from '../../lib/replication/rules.ts';
import { withLines } from '../../lib/sweep/cycle.ts';
import type { SettingFinding } from '../../lib/sweep/setting-finding.ts';
import { ireland, source, sydney } from '../samples.ts';

const other: Registry = { account: '444455556666', region: 'eu-central-1' };
let aws: LocalAws;

beforeAll(() => () => aws?.stop());
beforeEach(async () => {
  await aws?.stop();
  aws = await startLocalAws(source);
  Object.assign(process.env, aws.environment());
});

function call(registry: Registry, operation: string, input: object): void {
  const answer = aws.ecr.call(registry, operation, input);
  if (answer.is !== 'ok') throw new Error(`${operation}: ${JSON.stringify(answer)}`);
}

function repository(name: string, settings: object = {}, at: readonly Registry[] = [source, ireland]): void {
  for (const registry of at) call(registry, 'CreateRepository', { repositoryName: name, ...settings });
}

function rule(prefixes: readonly string[], to: readonly Registry[]): object {
  return {
    destinations: to.map(({ account, region }) => ({ registryId: account, region })),
    repositoryFilters: prefixes.map((filter) => ({ filter, filterType: 'PREFIX_MATCH' })),
  };
}

function rules(from: Registry, ...those: readonly object[]): void {
  call(from, 'PutReplicationConfiguration', { replicationConfiguration: { rules: those } });
}

/** Everything as it must be: two repositories, one destination, a template for it. */
function wellSet(): void {
  rules(source, rule(['prod/'], [ireland]));
  repository('prod/api');
  repository('prod/web');
  call(ireland, 'CreateRepositoryCreationTemplate', { prefix: 'ROOT', appliedFor: ['REPLICATION'] });
}

async function found(): Promise<readonly SettingFinding[]> {
  const ecr = ecrClients(source, undefined);
  const ports = { ...settingPorts(ecr), readRules: rulesReader(ecr, Date.now) };
  const reading = await ports.readRules(source);
  const listed = await ports.readRepositorySettings(source);
  if (reading.is !== 'read' || listed.is !== 'read') throw new Error('the source cannot be read');
  const names = [...listed.value.keys()];
  const ruled = { registry: source, rules: reading.rules };
  const findings = [...(await registryFindings(ports, ruled, names, []))];
  for (const name of names) {
    findings.push(...(await lifecycleOf(ports, source, name, destinationsOf(reading.rules, source, name))));
  }
  return findings;
}

function inShort(finding: SettingFinding): string {
  const where = 'destination' in finding ? ` ${finding.destination.region}` : '';
  if ('repositories' in finding) return `${finding.kind}${where}: ${finding.repositories.join(' ')}`;
  if (finding.kind === 'settings-unreadable')
    return `${finding.kind} ${finding.registry.region} ${finding.what}`;
  return 'repository' in finding
    ? `${finding.kind}${where}: ${finding.repository}`
    : `${finding.kind}${where}`;
}

const expiry = (selection: object, type = 'expire'): string =>
  JSON.stringify({
    rules: [
      { rulePriority: 1, selection: { countUnit: 'days', countNumber: 30, ...selection }, action: { type } },
    ],
  });

test.each<[string, () => void, readonly string[]]>([
  ['as it must be', () => {}, []],
  [
    'tags that cannot move there',
    () =>
      call(ireland, 'PutImageTagMutability', { repositoryName: 'prod/api', imageTagMutability: 'IMMUTABLE' }),
    ['tag-settings-differ eu-west-1: prod/api'],
  ],
  [
    'another encryption there',
    () => {
      repository('prod/db', { encryptionConfiguration: { encryptionType: 'KMS' } }, [source]);
      repository('prod/db', {}, [ireland]);
    },
    ['encryption-differs eu-west-1: prod/db'],
  ],
  [
    'no scan there',
    () =>
      call(source, 'PutRegistryScanningConfiguration', {
        scanType: 'BASIC',
        rules: [
          {
            scanFrequency: 'SCAN_ON_PUSH',
            repositoryFilters: [{ filter: 'prod/api', filterType: 'WILDCARD' }],
          },
        ],
      }),
    ['scanning-differs eu-west-1: prod/api'],
  ],
  [
    'untagged images deleted there',
    () =>
      call(ireland, 'PutLifecyclePolicy', {
        repositoryName: 'prod/api',
        lifecyclePolicyText: expiry({ tagStatus: 'untagged', countType: 'sinceImagePushed' }),
      }),
    ['lifecycle-expires-untagged eu-west-1: prod/api'],
  ],
  [
    'untagged images deleted at both',
    () => {
      const lifecyclePolicyText = expiry({ tagStatus: 'untagged', countType: 'sinceImagePushed' });
      for (const at of [source, ireland])
        call(at, 'PutLifecyclePolicy', { repositoryName: 'prod/api', lifecyclePolicyText });
    },
    [],
  ],
  [
    'unpulled images deleted there',
    () =>
      call(ireland, 'PutLifecyclePolicy', {
        repositoryName: 'prod/web',
        lifecyclePolicyText: expiry({ tagStatus: 'any', countType: 'sinceImagePulled' }),
      }),
    ['lifecycle-expires-unpulled eu-west-1: prod/web'],
  ],
  [
    'unpulled images archived there',
    () =>
      call(ireland, 'PutLifecyclePolicy', {
        repositoryName: 'prod/web',
        lifecyclePolicyText: expiry({ tagStatus: 'any', countType: 'sinceImagePulled' }, 'transition'),
      }),
    ['lifecycle-archives eu-west-1: prod/web'],
  ],
  [
    'a lifecycle policy of a kind that is not known',
    () =>
      call(ireland, 'PutLifecyclePolicy', {
        repositoryName: 'prod/web',
        lifecyclePolicyText: expiry({ tagStatus: 'any', countType: 'sinceTheFlood' }),
      }),
    ['lifecycle-unknown eu-west-1: prod/web'],
  ],
  [
    'a second destination without a template, and without the repositories',
    () => rules(source, rule(['prod/'], [ireland, sydney])),
    ['no-creation-template ap-southeast-2: prod/api prod/web'],
  ],
  [
    'a template that asks for a key and has no role',
    () =>
      call(ireland, 'CreateRepositoryCreationTemplate', {
        prefix: 'prod',
        appliedFor: ['REPLICATION'],
        encryptionConfiguration: { encryptionType: 'KMS' },
      }),
    ['template-without-role eu-west-1: prod/api prod/web'],
  ],
  ['a repository that no rule covers', () => repository('web'), ['uncovered: web']],
  ['a chain', () => rules(ireland, rule(['prod/api'], [sydney])), ['rule-chain ap-southeast-2: prod/api']],
  ['two registries that replicate to each other', () => rules(ireland, rule([], [source])), []],
  [
    'a prefix that matches names outside its path',
    () => {
      rules(source, rule(['prod'], [ireland]));
      repository('production-x');
    },
    ['prefix-too-wide: production-x'],
  ],
  [
    'a destination that may not be read',
    () => void aws.ecr.faults.place({ region: ireland.region, effect: { is: 'access-denied' } }),
    [
      'settings-unreadable eu-west-1 scanning',
      'settings-unreadable eu-west-1 repositories',
      'settings-unreadable eu-west-1 creation templates',
      'settings-unreadable eu-west-1 rules',
      'settings-unreadable eu-west-1 lifecycle policy',
      'settings-unreadable eu-west-1 lifecycle policy',
    ],
  ],
  [
    'a registry of another account, whose settings only it may read',
    () => rules(source, rule(['prod/'], [ireland, other])),
    [
      'settings-unreadable eu-central-1 scanning',
      'settings-unreadable eu-central-1 creation templates',
      'settings-unreadable eu-central-1 registry policy',
      'settings-unreadable eu-central-1 rules',
    ],
  ],
])('%s', async (_, change, expected) => {
  wellSet();
  change();
  expect((await found()).map(inShort)).toEqual(expected);
});

test('what many repositories have in common is one line, with their number', async () => {
  wellSet();
  for (let n = 0; n < 40; n += 1) {
    repository(`prod/${n}x`, { imageTagMutability: 'IMMUTABLE' }, [source]);
    repository(`prod/${n}x`, {}, [ireland]);
  }
  const begun = { startedAt: 0, cursor: {}, isComplete: false, lines: [], notKept: 0 };
  const { lines } = withLines(begun, keptLines(source, await found()), {});
  expect(lines.map(digestLines)).toEqual([
    [
      'prod/0x: tags are mutable in eu-west-1 (111122223333), and immutable at the source. So it is with 39 more.',
      `  ${Array.from({ length: 40 }, (_, n) => `prod/${n}x`).join(', ')}`,
      '  Set the tags there as they are at the source:',
      '    aws ecr put-image-tag-mutability --registry-id 111122223333 --region eu-west-1 --repository-name prod/0x --image-tag-mutability IMMUTABLE',
    ],
  ]);
});

test('a registry of a thousand repositories costs a handful of calls, but for lifecycle policies', async () => {
  wellSet();
  for (let n = 0; n < 1_000; n += 1) repository(`prod/many-${n}`);
  const ecr = ecrClients(source, undefined);
  const ports = { ...settingPorts(ecr), readRules: rulesReader(ecr, Date.now) };
  const reading = await ports.readRules(source);
  const listed = await ports.readRepositorySettings(source);
  if (reading.is !== 'read' || listed.is !== 'read') throw new Error('the source cannot be read');
  aws.ecr.calls.reset();
  await registryFindings(ports, { registry: source, rules: reading.rules }, [...listed.value.keys()], []);
  // Two pages of repositories and the scanning at each side, templates and rules at the destination.
  expect(aws.ecr.calls.count()).toBe(8);
});
