/** Answers about settings that are not as documented: unreadable, never a registry in which there is nothing to say. */

import { describe, expect, it } from 'vitest';
import { settingPorts } from '../../lib/aws/ecr-settings.ts';
import { ireland } from '../samples.ts';
import { answering } from './answering.ts';

const unreadable = { is: 'unreadable', why: 'service-error' };
const name = 'prod-api';
const template = { prefix: 'prod', appliedFor: ['REPLICATION'] };
const rule = { scanFrequency: 'SCAN_ON_PUSH', repositoryFilters: [{ filter: '*' }] };

describe('DescribeRepositories', () => {
  it.each([
    ['nothing at all', {}],
    ['no list', { repositories: null }],
    ['a repository without a name', { repositories: [{}] }],
    ['a name that is none', { repositories: [{ repositoryName: '__proto__' }] }],
    ['a mutability that is none', { repositories: [{ repositoryName: name, imageTagMutability: {} }] }],
    [
      'an exclusion that is none',
      { repositories: [{ repositoryName: name, imageTagMutabilityExclusionFilters: [1] }] },
    ],
    [
      'an encryption in more than a word',
      { repositories: [{ repositoryName: name, encryptionConfiguration: { encryptionType: 'a\nb' } }] },
    ],
    [
      'a switch that is no switch',
      { repositories: [{ repositoryName: name, imageScanningConfiguration: { scanOnPush: 'yes' } }] },
    ],
    ['a page that leads to itself', { repositories: [], nextToken: 'here' }],
    ['a token that is none', { repositories: [], nextToken: {} }],
  ])('that answers %s has told no settings', async (_, answer) => {
    expect(await settingPorts(answering(answer)).readRepositorySettings(ireland)).toEqual(unreadable);
  });

  it('may leave out what is at its default', async () => {
    const { is, value } = Object(
      await settingPorts(answering({ repositories: [{ repositoryName: name }] })).readRepositorySettings(
        ireland,
      ),
    );
    expect([is, value.get(name)]).toEqual([
      'read',
      { tags: { mutability: 'MUTABLE', exceptions: [] }, encryption: 'AES256', scanOnPush: false },
    ]);
  });
});

describe('DescribeRepositoryCreationTemplates', () => {
  it.each([
    ['nothing at all', {}],
    ['a template without a prefix', { repositoryCreationTemplates: [{ ...template, prefix: undefined }] }],
    [
      'a prefix that a shell would run',
      { repositoryCreationTemplates: [{ ...template, prefix: '$(reboot)' }] },
    ],
    [
      'what it applies for in one text',
      { repositoryCreationTemplates: [{ ...template, appliedFor: 'REPLICATION' }] },
    ],
    ['a role that is none', { repositoryCreationTemplates: [{ ...template, customRoleArn: {} }] }],
    [
      'tags that are no list',
      { repositoryCreationTemplates: [{ ...template, resourceTags: { length: 0 } }] },
    ],
  ])('that answers %s has told no templates', async (_, answer) => {
    expect(await settingPorts(answering(answer)).readCreationTemplates(ireland)).toEqual(unreadable);
  });

  it.each(['prod', 'prod/', 'ROOT'])('may have the prefix %s', async (prefix) => {
    const answer = { repositoryCreationTemplates: [{ ...template, prefix }] };
    expect(await settingPorts(answering(answer)).readCreationTemplates(ireland)).toMatchObject({
      is: 'read',
      value: [{ prefix, forReplication: true, encryption: 'AES256', tags: 0 }],
    });
  });
});

describe('GetRegistryScanningConfiguration', () => {
  const withRule = (one: unknown): object => ({ scanningConfiguration: { scanType: 'BASIC', rules: [one] } });
  it.each([
    ['nothing at all', {}],
    ['no rules', { scanningConfiguration: { scanType: 'BASIC' } }],
    ['a type that is none', { scanningConfiguration: { scanType: 'NONE', rules: [] } }],
    ['a frequency that is none', withRule({ ...rule, scanFrequency: 'NEVER' })],
    ['a rule without filters', withRule({ ...rule, repositoryFilters: null })],
    ['a filter that is none', withRule({ ...rule, repositoryFilters: [{}] })],
  ])('that answers %s has not told what is scanned', async (_, answer) => {
    expect(await settingPorts(answering(answer)).readScanning(ireland)).toEqual(unreadable);
  });
});

describe('GetRegistryPolicy and GetLifecyclePolicy', () => {
  it.each([
    ['nothing at all', {}],
    ['a text that is none', { policyText: [], lifecyclePolicyText: 1 }],
  ])('that answer %s have told no policy', async (_, answer) => {
    const ports = settingPorts(answering(answer));
    expect(await ports.readRegistryPolicy(ireland)).toEqual(unreadable);
    expect(await ports.readLifecyclePolicy(ireland, name)).toEqual(unreadable);
  });

  it('of a registry that is another account’s are not what was asked for', async () => {
    const theirs = { registryId: '999999999999', policyText: '{"Statement":[]}' };
    const denied = { is: 'unreadable', why: 'access-denied' };
    expect(await settingPorts(answering(theirs)).readRegistryPolicy(ireland)).toEqual(denied);
  });
});
