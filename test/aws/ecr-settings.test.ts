import { beforeAll, beforeEach, expect, test } from 'vitest';
import { ecrClients } from '../../lib/aws/clients.ts';
import { settingPorts } from '../../lib/aws/ecr-settings.ts';
import { type LocalAws, startLocalAws } from '../../lib/local/local-aws.ts';
import type { SettingPorts } from '../../lib/sweep/setting-ports.ts';
import { ireland, source } from '../samples.ts';

let aws: LocalAws;
let ports: SettingPorts;

beforeAll(async () => {
  aws = await startLocalAws(source);
  Object.assign(process.env, aws.environment());
  return () => aws.stop();
});

beforeEach(() => {
  aws.ecr.faults.clear();
  ports = settingPorts(ecrClients(source, undefined));
});

function call(operation: string, input: object): void {
  const answer = aws.ecr.call(ireland, operation, input);
  if (answer.is !== 'ok') throw new Error(`${operation}: ${JSON.stringify(answer)}`);
}

test('the settings of every repository come a thousand a call', async () => {
  for (let n = 0; n < 1_001; n += 1) call('CreateRepository', { repositoryName: `many/${n}` });
  call('CreateRepository', {
    repositoryName: 'prod/api',
    imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
    imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'latest' }],
    encryptionConfiguration: { encryptionType: 'KMS' },
    imageScanningConfiguration: { scanOnPush: true },
  });
  aws.ecr.calls.reset();
  const reading = await ports.readRepositorySettings(ireland);
  expect(reading.is === 'read' && reading.value.size).toBe(1_002);
  expect(reading.is === 'read' && reading.value.get('prod/api')).toEqual({
    tags: { mutability: 'IMMUTABLE_WITH_EXCLUSION', exceptions: ['latest'] },
    encryption: 'KMS',
    scanOnPush: true,
  });
  expect(reading.is === 'read' && reading.value.get('many/0')).toEqual({
    tags: { mutability: 'MUTABLE', exceptions: [] },
    encryption: 'AES256',
    scanOnPush: false,
  });
  expect(aws.ecr.calls.count()).toBe(2);
});

test('a repository without a lifecycle policy, and one that is not there, have none', async () => {
  call('CreateRepository', { repositoryName: 'web' });
  expect(await ports.readLifecyclePolicy(ireland, 'web')).toEqual({ is: 'read', value: 'none' });
  expect(await ports.readLifecyclePolicy(ireland, 'nowhere')).toEqual({ is: 'read', value: 'none' });
  const rule = {
    rulePriority: 1,
    selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 },
    action: { type: 'expire' },
  };
  call('PutLifecyclePolicy', {
    repositoryName: 'web',
    lifecyclePolicyText: JSON.stringify({ rules: [rule] }),
  });
  expect(await ports.readLifecyclePolicy(ireland, 'web')).toEqual({
    is: 'read',
    value: {
      rules: [
        {
          priority: 1,
          tagStatus: 'untagged',
          countType: 'sinceImagePushed',
          countNumber: 14,
          action: 'expire',
        },
      ],
      unknown: [],
    },
  });
});

test('templates, scanning rules and the policy of a registry are read as they are', async () => {
  expect(await ports.readCreationTemplates(ireland)).toEqual({ is: 'read', value: [] });
  expect(await ports.readRegistryPolicy(ireland)).toEqual({ is: 'read', value: [] });
  expect(await ports.readScanning(ireland)).toEqual({ is: 'read', value: { type: 'BASIC', rules: [] } });
  call('CreateRepositoryCreationTemplate', {
    prefix: 'prod',
    appliedFor: ['REPLICATION'],
    encryptionConfiguration: { encryptionType: 'KMS' },
    resourceTags: [{ Key: 'team', Value: 'platform' }],
  });
  call('PutRegistryPolicy', {
    policyText: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'ecr:*', Resource: '*' }],
    }),
  });
  call('PutRegistryScanningConfiguration', {
    scanType: 'ENHANCED',
    rules: [
      { scanFrequency: 'CONTINUOUS_SCAN', repositoryFilters: [{ filter: '*', filterType: 'WILDCARD' }] },
    ],
  });
  expect(await ports.readCreationTemplates(ireland)).toEqual({
    is: 'read',
    value: [{ prefix: 'prod', forReplication: true, encryption: 'KMS', tags: 1 }],
  });
  expect(await ports.readRegistryPolicy(ireland)).toMatchObject({
    is: 'read',
    value: [{ effect: 'Allow', principals: ['*'], actions: ['ecr:*'], resources: ['*'], conditional: false }],
  });
  expect(await ports.readScanning(ireland)).toEqual({
    is: 'read',
    value: { type: 'ENHANCED', rules: [{ frequency: 'CONTINUOUS_SCAN', filters: ['*'] }] },
  });
});

test('what cannot be read says why, and is never taken for nothing', async () => {
  aws.ecr.faults.place({ region: ireland.region, effect: { is: 'access-denied' } });
  const denied = { is: 'unreadable', why: 'access-denied' };
  expect(await ports.readRepositorySettings(ireland)).toEqual(denied);
  expect(await ports.readLifecyclePolicy(ireland, 'web')).toEqual(denied);
  expect(await ports.readCreationTemplates(ireland)).toEqual(denied);
  expect(await ports.readScanning(ireland)).toEqual(denied);
  expect(await ports.readRegistryPolicy(ireland)).toEqual(denied);
});

test('the settings of the own registry are not taken for those of another account', async () => {
  const other = { account: '444455556666', region: ireland.region };
  const denied = { is: 'unreadable', why: 'access-denied' };
  expect(await ports.readCreationTemplates(other)).toEqual(denied);
  expect(await ports.readScanning(other)).toEqual(denied);
  expect(await ports.readRegistryPolicy(other)).toEqual(denied);
});

test('a registry policy that is none cannot be judged', async () => {
  call('PutRegistryPolicy', { policyText: 'everybody' });
  expect(await ports.readRegistryPolicy(ireland)).toEqual({ is: 'unreadable', why: 'service-error' });
});
