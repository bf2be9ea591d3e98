/** Names of repositories, tags, images and registries. */

import { describe, expect, it } from 'vitest';
import { imageName, isRepositoryName, isTag } from '../../lib/image/reference.ts';
import { parseRegistry, partitionOf, registryKey, sameRegistry } from '../../lib/image/registry.ts';
import { digestOf, ireland, sydney } from '../samples.ts';

describe('a repository name', () => {
  it.each(['prod-api', 'team/prod/api', 'a.b_c-d', '0', 'a'.repeat(256)])('can be %s', (name) => {
    expect(isRepositoryName(name)).toBe(true);
  });

  it.each(['', 'Prod', '-prod', '/prod', 'prod api', 'prod:api', 'prod\n', 'a'.repeat(257), 42, null])(
    'cannot be %j',
    (name) => {
      expect(isRepositoryName(name)).toBe(false);
    },
  );
});

describe('a tag', () => {
  it.each(['latest', '1.4.2', '_x', 'V1', 'a'.repeat(128)])('can be %s', (tag) => {
    expect(isTag(tag)).toBe(true);
  });

  it.each(['', '.1', '-1', 'a b', 'a/b', 'a:b', 'latest\n', 'a'.repeat(129), 1, undefined])(
    'cannot be %j',
    (tag) => {
      expect(isTag(tag)).toBe(false);
    },
  );
});

describe('an image', () => {
  const image = { repository: 'prod-api', digest: digestOf('an image') };

  it('goes by its tag if it has one', () => {
    expect(imageName({ ...image, tag: '1.4.2' })).toBe('prod-api:1.4.2');
  });

  it('goes by its digest if it has no tag', () => {
    expect(imageName(image)).toBe(`prod-api@${digestOf('an image')}`);
  });
});

describe('a registry', () => {
  it('is written ACCOUNT/REGION, and read back', () => {
    expect(registryKey(ireland)).toBe('111122223333/eu-west-1');
    expect(parseRegistry(registryKey(ireland))).toEqual({ ok: true, value: ireland });
  });

  it.each(['', 'eu-west-1', '1111/eu-west-1', '111122223333/Ireland', '111122223333/eu-west-1/x', '/'])(
    'is not %j, and the fault says how to write one',
    (text) => {
      expect(parseRegistry(text)).toEqual({
        ok: false,
        fault: `${JSON.stringify(text)} is not a registry; write ACCOUNT/REGION, such as 111122223333/us-east-1`,
      });
    },
  );

  it('is the same only in the same account and Region', () => {
    expect(sameRegistry(ireland, { ...ireland })).toBe(true);
    expect(sameRegistry(ireland, sydney)).toBe(false);
    expect(sameRegistry(ireland, { ...ireland, account: '444455556666' })).toBe(false);
  });

  it.each([
    ['us-east-1', 'aws'],
    ['mx-central-1', 'aws'],
    ['eu-west-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eu-isoe-west-1', 'aws-iso-e'],
    ['us-isof-south-1', 'aws-iso-f'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('in %s can be written, and is of the partition %s', (region, partition) => {
    expect(partitionOf(region)).toBe(partition);
    expect(parseRegistry(`111122223333/${region}`)).toEqual({
      ok: true,
      value: { account: '111122223333', region },
    });
  });
});
