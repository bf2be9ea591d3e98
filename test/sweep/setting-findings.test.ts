import { describe, expect, test } from 'vitest';
import { parseLifecyclePolicy } from '../../lib/aws/lifecycle-policy.ts';
import { parseRegistryPolicy } from '../../lib/aws/registry-policy.ts';
import type { Registry } from '../../lib/image/registry.ts';
import type { ReplicationRule } from '../../lib/replication/rules.ts';
import type { TagSettings } from '../../lib/replication/tag-mutability.ts';
import { type CreationTemplate, templateFindings } from '../../lib/sweep/creation-template.ts';
import { lifecycleFindings } from '../../lib/sweep/lifecycle.ts';
import { admissionOf } from '../../lib/sweep/registry-policy.ts';
import { compareSettings, type RepositorySettings } from '../../lib/sweep/repository-settings.ts';
import { chainFindings, prefixFindings, uncoveredFindings } from '../../lib/sweep/rule-findings.ts';
import type { RegistryScanning } from '../../lib/sweep/scanning.ts';
import { ireland, source, sydney } from '../samples.ts';

const other: Registry = { account: '444455556666', region: 'eu-west-1' };

const usual: RepositorySettings = {
  tags: { mutability: 'MUTABLE', exceptions: [] },
  encryption: 'AES256',
  scanOnPush: false,
};
const unscanned: RegistryScanning = { type: 'BASIC', rules: [] };

function kindsOf(
  here: Partial<RepositorySettings>,
  there: Partial<RepositorySettings>,
  scanning: { here?: RegistryScanning; there?: RegistryScanning } = { here: unscanned, there: unscanned },
): readonly string[] {
  const registry = (at: Registry, settings: Partial<RepositorySettings>, how?: RegistryScanning) => ({
    registry: at,
    repositories: new Map([['prod/api', { ...usual, ...settings }]]),
    ...(how === undefined ? {} : { scanning: how }),
  });
  return compareSettings(
    registry(source, here, scanning.here),
    registry(ireland, there, scanning.there),
    'prod/api',
  ).map(({ kind }) => kind);
}

const tags = (
  mutability: TagSettings['mutability'],
  ...exceptions: string[]
): Partial<RepositorySettings> => ({
  tags: { mutability, exceptions },
});
const rule = (
  frequency: RegistryScanning['rules'][number]['frequency'],
  filter: string,
  type: RegistryScanning['type'] = 'BASIC',
): RegistryScanning => ({ type, rules: [{ frequency, filters: [filter] }] });

describe('the settings of a repository at both sides', () => {
  test.each([
    ['the same at both', {}, {}, []],
    ['immutable there', {}, tags('IMMUTABLE'), ['tag-settings-differ']],
    ['mutable there', tags('IMMUTABLE'), {}, ['tag-settings-differ']],
    [
      'the same filters in another order',
      tags('IMMUTABLE_WITH_EXCLUSION', 'latest', 'dev-*'),
      tags('IMMUTABLE_WITH_EXCLUSION', 'dev-*', 'latest'),
      [],
    ],
    [
      'one filter more there',
      tags('MUTABLE_WITH_EXCLUSION', 'v*'),
      tags('MUTABLE_WITH_EXCLUSION', 'v*', 'release-*'),
      ['tag-settings-differ'],
    ],
    ['an exclusion without filters', tags('MUTABLE_WITH_EXCLUSION'), tags('MUTABLE'), []],
    ['filters of a setting that reads none', tags('MUTABLE', 'x'), tags('MUTABLE'), []],
    ['a key of KMS there', {}, { encryption: 'KMS' }, ['encryption-differs']],
    ['scanned at the source only', { scanOnPush: true }, {}, ['scanning-differs']],
    [
      'everything different',
      { ...tags('IMMUTABLE'), encryption: 'KMS', scanOnPush: true },
      {},
      ['tag-settings-differ', 'encryption-differs', 'scanning-differs'],
    ],
  ])('%s', (_, here, there, kinds) => {
    expect(kindsOf(here, there)).toEqual(kinds);
  });

  test.each([
    ['a rule of the registry stands for the switch', { scanOnPush: true }, {}, rule('SCAN_ON_PUSH', '*'), []],
    ['a filter without * matches within the name', { scanOnPush: true }, {}, rule('SCAN_ON_PUSH', 'api'), []],
    [
      'a filter for others matches nothing',
      { scanOnPush: true },
      {},
      rule('SCAN_ON_PUSH', 'web*'),
      ['scanning-differs'],
    ],
    [
      'another type of scan',
      { scanOnPush: true },
      {},
      rule('SCAN_ON_PUSH', '*', 'ENHANCED'),
      ['scanning-differs'],
    ],
    [
      'another frequency',
      { scanOnPush: true },
      {},
      rule('CONTINUOUS_SCAN', '*', 'ENHANCED'),
      ['scanning-differs'],
    ],
    [
      'the switch of an enhanced registry scans nothing',
      {},
      { scanOnPush: true },
      { type: 'ENHANCED', rules: [] } as const,
      [],
    ],
  ])('scanning: %s', (_, here, there, scanningThere, kinds) => {
    expect(kindsOf(here, there, { here: unscanned, there: scanningThere })).toEqual(kinds);
  });

  test('nothing is said of scanning where it could not be read', () => {
    expect(kindsOf({ scanOnPush: true }, {}, { here: unscanned })).toEqual([]);
  });

  test('a repository that is not there has no settings that could differ', () => {
    const here = { registry: source, repositories: new Map([['a', usual]]) };
    expect(compareSettings(here, { registry: ireland, repositories: new Map() }, 'a')).toEqual([]);
  });
});

const policyOf = (...rules: object[]): string => JSON.stringify({ rules });
const ruleOf = (selection: object, type = 'expire', rulePriority = 1): object => ({
  rulePriority,
  selection,
  action: { type },
});
const untagged = { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 };
const unpulled = { tagStatus: 'any', countType: 'sinceImagePulled', countUnit: 'days', countNumber: 90 };

describe('a lifecycle policy at a destination', () => {
  test.each([
    ['untagged images by age', policyOf(ruleOf(untagged)), undefined, ['lifecycle-expires-untagged']],
    [
      'the same at the source: they go there as well',
      policyOf(ruleOf(untagged)),
      policyOf(ruleOf(untagged)),
      [],
    ],
    [
      'later at the source',
      policyOf(ruleOf(untagged)),
      policyOf(ruleOf({ ...untagged, countNumber: 30 })),
      ['lifecycle-expires-untagged'],
    ],
    [
      'all images by number',
      policyOf(ruleOf({ tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 50 })),
      undefined,
      ['lifecycle-expires-untagged'],
    ],
    [
      'tagged images by number: what people ask for',
      policyOf(
        ruleOf({
          tagStatus: 'tagged',
          tagPatternList: ['*'],
          countType: 'imageCountMoreThan',
          countNumber: 50,
        }),
      ),
      undefined,
      [],
    ],
    ['unpulled images', policyOf(ruleOf(unpulled)), undefined, ['lifecycle-expires-unpulled']],
    [
      'unpulled images, as at the source: they are pulled only there',
      policyOf(ruleOf(unpulled)),
      policyOf(ruleOf(unpulled)),
      ['lifecycle-expires-unpulled'],
    ],
    [
      'unpulled images into the archive',
      policyOf(ruleOf(unpulled, 'transition')),
      undefined,
      ['lifecycle-archives'],
    ],
    [
      'what is in the archive already',
      policyOf(ruleOf({ ...unpulled, countType: 'sinceImageTransitioned', storageClass: 'archive' })),
      undefined,
      [],
    ],
    [
      'a count type of tomorrow',
      policyOf(ruleOf({ ...untagged, countType: 'sinceScanned' })),
      undefined,
      ['lifecycle-unknown'],
    ],
    ['an action of tomorrow', policyOf(ruleOf(untagged, 'move')), undefined, ['lifecycle-unknown']],
    ['no JSON', '{', undefined, ['lifecycle-unknown']],
    [
      'one rule that is known and one that is not',
      policyOf(ruleOf(untagged), ruleOf({}, 'expire', 2)),
      undefined,
      ['lifecycle-expires-untagged', 'lifecycle-unknown'],
    ],
  ])('%s', (_, there, here, kinds) => {
    const replica = { source, destination: ireland, repository: 'prod/api' };
    const atSource = here === undefined ? undefined : parseLifecyclePolicy(here);
    const findings = lifecycleFindings(replica, parseLifecyclePolicy(there), atSource);
    expect(findings.map(({ kind }) => kind)).toEqual(kinds);
  });

  test('what is not known of a policy is named', () => {
    const policy = parseLifecyclePolicy(policyOf(ruleOf({ ...untagged, countType: 'sinceScanned' })));
    expect(policy.unknown).toEqual(['rule 1: selection.countType is "sinceScanned"']);
  });
});

const template = (change: Partial<CreationTemplate>): CreationTemplate => ({
  prefix: 'ROOT',
  forReplication: true,
  encryption: 'AES256',
  tags: 0,
  ...change,
});
const role = 'arn:aws:iam::111122223333:role/templates';

describe('repository creation templates at a destination', () => {
  test.each([
    ['one for all', [template({})], []],
    ['none', [], ['no-creation-template prod/api production-x']],
    [
      'one for another purpose',
      [template({ forReplication: false })],
      ['no-creation-template prod/api production-x'],
    ],
    [
      'one for a path, which is no string prefix',
      [template({ prefix: 'prod' })],
      ['no-creation-template production-x'],
    ],
    [
      'a key without a role',
      [template({ encryption: 'KMS' })],
      ['template-without-role prod/api production-x'],
    ],
    ['tags without a role', [template({ tags: 2 })], ['template-without-role prod/api production-x']],
    ['a key with its role', [template({ encryption: 'KMS', tags: 1, customRoleArn: role })], []],
    [
      'the longest prefix wins',
      [template({ encryption: 'KMS' }), template({ prefix: 'prod' })],
      ['template-without-role production-x'],
    ],
  ])('%s', (_, templates, expected) => {
    const findings = templateFindings(source, ireland, templates, ['prod/api', 'production-x']);
    const told = findings.map((one) =>
      'repositories' in one ? `${one.kind} ${one.repositories.join(' ')}` : one.kind,
    );
    expect(told).toEqual(expected);
  });
});

const rules = (
  ...those: readonly [prefixes: readonly string[], to: readonly Registry[]][]
): ReplicationRule[] => those.map(([prefixes, destinations]) => ({ prefixes, destinations }));

describe('what rules do other than their author thinks', () => {
  test.each([
    ['a chain', rules([['prod'], [ireland]]), rules([[], [sydney]]), ['ap-southeast-2 prod/api prod/web']],
    [
      'for some repositories only',
      rules([['prod'], [ireland]]),
      rules([['prod/api'], [sydney]]),
      ['ap-southeast-2 prod/api'],
    ],
    ['the source sends there by itself', rules([['prod'], [ireland, sydney]]), rules([[], [sydney]]), []],
    ['for other repositories', rules([['prod'], [ireland]]), rules([['web'], [sydney]]), []],
    ['back to the source', rules([['prod'], [ireland]]), rules([[], [source]]), []],
    ['nothing goes to the one in the middle', rules([['prod'], [sydney]]), rules([[], [sydney]]), []],
  ])('chains: %s', (_, own, via, expected) => {
    const findings = chainFindings(
      { registry: source, rules: own },
      [{ registry: ireland, rules: via }],
      ['prod/api', 'prod/web', 'web'],
    );
    const told = findings.map((one) =>
      one.kind === 'rule-chain' ? `${one.destination.region} ${one.repositories.join(' ')}` : one.kind,
    );
    expect(told).toEqual(expected);
  });

  const names = ['prod', 'prod/api', 'prod-web', 'production-x', 'product'];
  test.each([
    ['a path and names beside it', ['prod'], names, ['prod: prod-web production-x product']],
    ['a prefix that ends where the path does', ['prod/'], names, []],
    ['a prefix that ends in a hyphen', ['prod-'], names, []],
    ['another prefix asks for one of the others', ['prod', 'production'], names, ['prod: prod-web product']],
    [
      'names by hyphens, and one in the middle of a word',
      ['prod'],
      ['prod-a', 'prod-b', 'product'],
      ['prod: product'],
    ],
    ['names by hyphens only', ['prod'], ['prod-a', 'prod-b'], []],
    ['no name of its own: a string on purpose', ['pro'], ['prod', 'probe'], []],
  ])('prefixes: %s', (_, prefixes, repositories, expected) => {
    const findings = prefixFindings({ registry: source, rules: rules([prefixes, [ireland]]) }, repositories);
    const told = findings.map((one) =>
      one.kind === 'prefix-too-wide' ? `${one.prefix}: ${one.repositories.join(' ')}` : one.kind,
    );
    expect(told).toEqual(expected);
  });

  test('repositories that no rule covers are one finding, but for those that came from elsewhere by a rule', () => {
    const own = { registry: source, rules: rules([['prod'], [ireland]]) };
    const elsewhere = { registry: sydney, rules: rules([['shared'], [source]]) };
    const findings = uncoveredFindings(own, [elsewhere], ['prod/api', 'shared/base', 'web', 'batch']);
    expect(findings).toEqual([{ kind: 'uncovered', source, repositories: ['web', 'batch'] }]);
    expect(uncoveredFindings(own, [], ['prod/api'])).toEqual([]);
  });
});

describe('the registry policy of another account', () => {
  const grant = (change: object = {}): object => ({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${source.account}:root` },
    Action: ['ecr:CreateRepository', 'ecr:ReplicateImage'],
    Resource: `arn:aws:ecr:eu-west-1:${other.account}:repository/*`,
    ...change,
  });
  const both = ['ecr:ReplicateImage', 'ecr:CreateRepository'];

  test.each<[string, object[], string, readonly string[]]>([
    ['grants both', [grant()], 'admitted', []],
    ['grants all of ECR', [grant({ Action: 'ecr:*', Principal: { AWS: source.account } })], 'admitted', []],
    ['grants nothing', [], 'not-admitted', both],
    ['grants one', [grant({ Action: 'ecr:ReplicateImage' })], 'not-admitted', ['ecr:CreateRepository']],
    ['grants them to another account', [grant({ Principal: { AWS: '777788889999' } })], 'not-admitted', both],
    [
      'grants them for another path',
      [grant({ Resource: `arn:aws:ecr:eu-west-1:${other.account}:repository/web/*` })],
      'not-admitted',
      both,
    ],
    [
      'denies what it grants',
      [grant(), grant({ Effect: 'Deny', Action: 'ecr:Rep*' })],
      'not-admitted',
      ['ecr:ReplicateImage'],
    ],
    [
      'grants them under a condition',
      [grant({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } })],
      'depends',
      [],
    ],
  ])('%s', (_, statements, is, missing) => {
    const parsed =
      parseRegistryPolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements })) ?? [];
    const admission = admissionOf(source, other, parsed, ['prod/api']);
    expect(admission.is).toBe(is);
    expect(admission.is === 'not-admitted' ? admission.missing : []).toEqual(missing);
  });

  test('within one account none is needed, and what is no policy is not read as one', () => {
    expect(admissionOf(source, ireland, [], ['prod/api'])).toEqual({ is: 'admitted' });
    expect(parseRegistryPolicy('[]')).toBeUndefined();
  });
});
