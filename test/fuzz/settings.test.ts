/** Settings in a registry where all is wrong, by an ECR that answers garbage: what is wrong is said, or that nobody could tell. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ecrClients } from '../../lib/aws/clients.ts';
import { rulesReader } from '../../lib/aws/ecr-registry.ts';
import { settingPorts } from '../../lib/aws/ecr-settings.ts';
import { type Registry, registryKey } from '../../lib/image/registry.ts';
import { settingChecks } from '../../lib/monitor/doctor-settings.ts';
import { lifecycleOf } from '../../lib/monitor/lifecycle-settings.ts';
import { registryFindings } from '../../lib/monitor/registry-settings.ts';
import type { SettingFinding, SettingKind, SettingRead } from '../../lib/sweep/setting-finding.ts';
import { ireland, source } from '../samples.ts';
import { fewMishapsOf, mishapsOf, useGarbageAws } from './against-garbage.ts';
import { documented } from './documented.ts';
import type { WellFormed } from './garbage-aws.ts';
import { runs, timeFor } from './runs.ts';

const garbageAws = useGarbageAws();

const foreign: Registry = { account: '444455556666', region: 'eu-central-1' };
const destinations = [ireland, foreign];
const repository = 'prod-api';

const expiring = (days: number): string =>
  JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        selection: {
          tagStatus: 'untagged',
          countType: 'sinceImagePushed',
          countUnit: 'days',
          countNumber: days,
        },
        action: { type: 'expire' },
      },
    ],
  });

/** Everything at the destinations is other than at the source, and in the way. */
const allIsWrong: WellFormed = ({ operation, region }) => {
  const isSource = region === source.region;
  const registryId = region === foreign.region ? foreign.account : source.account;
  switch (operation) {
    case 'DescribeRegistry': {
      // What is replicated to Ireland is to go on from there, which it does not.
      const onward = [{ region: 'sa-east-1', registryId: source.account }];
      const rules = region === ireland.region ? [{ destinations: onward, repositoryFilters: [] }] : [];
      return { registryId, replicationConfiguration: { rules } };
    }
    case 'DescribeRepositories':
      return {
        repositories: [
          {
            repositoryName: repository,
            imageTagMutability: isSource ? 'MUTABLE' : 'IMMUTABLE_WITH_EXCLUSION',
            imageTagMutabilityExclusionFilters: isSource
              ? []
              : [{ filterType: 'WILDCARD', filter: 'latest*' }],
            encryptionConfiguration: { encryptionType: isSource ? 'KMS' : 'AES256' },
            imageScanningConfiguration: { scanOnPush: false },
          },
        ],
      };
    case 'GetRegistryScanningConfiguration': {
      const repositoryFilters = [{ filterType: 'WILDCARD', filter: '*' }];
      const rules = isSource ? [{ scanFrequency: 'SCAN_ON_PUSH', repositoryFilters }] : [];
      return { registryId, scanningConfiguration: { scanType: 'BASIC', rules } };
    }
    case 'DescribeRepositoryCreationTemplates': {
      const encryptionConfiguration = { encryptionType: 'KMS' };
      const appliedFor = ['REPLICATION'];
      return {
        registryId,
        repositoryCreationTemplates: [{ prefix: 'ROOT', appliedFor, encryptionConfiguration }],
      };
    }
    case 'GetRegistryPolicy': {
      const Principal = { AWS: 'arn:aws:iam::777788889999:root' };
      const Statement = [{ Effect: 'Allow', Principal, Action: 'ecr:ReplicateImage', Resource: '*' }];
      return { registryId, policyText: JSON.stringify({ Version: '2012-10-17', Statement }) };
    }
    case 'GetLifecyclePolicy':
      return { registryId, lifecyclePolicyText: expiring(isSource ? 90 : 14) };
    default:
      return {};
  }
};

/** What is found of a destination, by which reading it is found, and on whose answers it rests. */
const found: readonly {
  readonly kinds: readonly SettingKind[];
  readonly what: SettingRead;
  readonly operation: string;
  readonly alsoAtSource?: true;
  readonly at?: Registry;
}[] = [
  {
    kinds: ['tag-settings-differ', 'encryption-differs'],
    what: 'repositories',
    operation: 'DescribeRepositories',
    alsoAtSource: true,
  },
  {
    kinds: ['scanning-differs'],
    what: 'scanning',
    operation: 'GetRegistryScanningConfiguration',
    alsoAtSource: true,
  },
  {
    kinds: ['template-without-role'],
    what: 'creation templates',
    operation: 'DescribeRepositoryCreationTemplates',
  },
  { kinds: ['not-admitted'], what: 'registry policy', operation: 'GetRegistryPolicy', at: foreign },
  { kinds: ['rule-chain'], what: 'rules', operation: 'DescribeRegistry', at: ireland },
  {
    kinds: ['lifecycle-expires-untagged'],
    // The source's own is an excuse, and one that cannot be read excuses nothing.
    what: 'lifecycle policy',
    operation: 'GetLifecyclePolicy',
  },
];
const operations = found.map(({ operation }) => `ecr.${operation}`);

async function findingsNow(): Promise<readonly SettingFinding[]> {
  const ecr = ecrClients(source, undefined);
  const ports = { ...settingPorts(ecr), readRules: rulesReader(ecr, () => 0) };
  const ruled = { registry: source, rules: [{ destinations, prefixes: [] }] };
  return [
    ...(await registryFindings(ports, ruled, [repository], [])),
    ...(await lifecycleOf(ports, source, repository, destinations)),
  ];
}

function isAbout(finding: SettingFinding, registry: Registry): boolean {
  const about =
    finding.kind === 'settings-unreadable'
      ? finding.registry
      : finding.kind === 'rule-chain'
        ? finding.via
        : 'destination' in finding
          ? finding.destination
          : source;
  return registryKey(about) === registryKey(registry);
}

/** Every reading of every destination came to a finding, to "could not be read", or rests on documented answers. */
function expectNothingHidden(findings: readonly SettingFinding[]): void {
  const exchanges = garbageAws().exchanges();
  const isUnread = (registry: Registry, what: SettingRead): boolean =>
    findings.some((one) => one.kind === 'settings-unreadable' && one.what === what && isAbout(one, registry));
  for (const { kinds, what, operation, alsoAtSource, at } of found) {
    for (const destination of at === undefined ? destinations : [at]) {
      const known = findings.filter((one) => isAbout(one, destination)).map(({ kind }) => kind);
      if (kinds.every((kind) => known.includes(kind)) || isUnread(destination, what)) continue;
      if (alsoAtSource === true && isUnread(source, what)) continue;
      // An archived kind of a policy, or a part of one that is new, is said to be unknown.
      if (what === 'lifecycle policy' && known.includes('lifecycle-unknown')) continue;
      const asked = [destination, ...(alsoAtSource === true ? [source] : [])];
      for (const { region } of asked) {
        const isSaid =
          documented(exchanges, operation, region).length > 0 || isSaidToBeNone(operation, region);
        expect(isSaid, `${what} of ${region}: ${known.join(', ')}`).toBe(true);
      }
    }
  }
}

/** Of what is not there, ECR says so by the name of an error. */
function isSaidToBeNone(operation: string, region: string): boolean {
  const names = /(?:LifecyclePolicy|RegistryPolicy|Repository)NotFoundException/;
  return garbageAws()
    .exchanges()
    .some(
      (one) => one.operation === operation && one.region === region && names.test(one.answer?.body ?? ''),
    );
}

describe('settings that are all wrong, by an ECR that answers garbage,', () => {
  it('are all found when it answers well', async () => {
    garbageAws().begin(new Map(), allIsWrong);
    const findings = await findingsNow();
    for (const { kinds, at } of found) {
      for (const destination of at === undefined ? destinations : [at]) {
        const known = findings.filter((one) => isAbout(one, destination)).map(({ kind }) => kind);
        expect(known).toEqual(expect.arrayContaining([...kinds]));
      }
    }
    expect(findings.filter(({ kind }) => kind === 'settings-unreadable')).toEqual([]);
  });

  it(
    'are told as they are, or as unreadable; and `doctor` does not call them fine',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.oneof(fewMishapsOf(operations), mishapsOf(operations)), async (mishaps) => {
          garbageAws().begin(mishaps, allIsWrong);
          const findings = await findingsNow();
          expectNothingHidden(findings);
          for (const check of settingChecks(source, destinations, findings))
            expect(check.text).not.toMatch(/undefined|NaN|\[object/);
        }),
        runs(120),
      );
    },
    timeFor(120),
  );
});
