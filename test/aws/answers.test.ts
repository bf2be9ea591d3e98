/** Answers of ECR that are not as documented: a fault of the service, never an empty list, never success. */

import { describe, expect, it } from 'vitest';
import { readImages, readTags } from '../../lib/aws/ecr-images.ts';
import { readClaims, readRepositories, readTagSettings, rulesReader } from '../../lib/aws/ecr-registry.ts';
import { digestOf, ireland, source } from '../samples.ts';
import { answering } from './answering.ts';

const digest = digestOf('prod-api');
const read = { registry: ireland, repository: 'prod-api', batches: [[digest]] };
const unreadable = { is: 'unreadable', why: 'service-error' };

describe('DescribeImages', () => {
  it.each([
    ['nothing at all', {}],
    ['no list', { imageDetails: null }],
    ['an object for a list', { imageDetails: { 0: { imageDigest: digest } } }],
    ['a digest that is none', { imageDetails: [{ imageDigest: 'latest' }] }],
    ['tags in one text', { imageDetails: [{ imageDigest: digest, imageTags: '1.4.2' }] }],
    ['a tag that is a number', { imageDetails: [{ imageDigest: digest, imageTags: [1] }] }],
    ['a status that is none', { imageDetails: [{ imageDigest: digest, imageStatus: true }] }],
    ['no time', { imageDetails: [{ imageDigest: digest, imagePushedAt: new Date(Number.NaN) }] }],
  ])('that answers %s has told nothing', async (_, answer) => {
    expect((await readImages(answering(answer), read)).get(digest)).toEqual(unreadable);
    expect(await readTags(answering(answer), ireland, 'prod-api', ['1.4.2'])).toEqual(unreadable);
  });

  it('that answers an empty list has told that it is not there', async () => {
    expect((await readImages(answering({ imageDetails: [] }), read)).get(digest)).toEqual({ is: 'absent' });
  });
});

describe('DescribeRegistry', () => {
  const rulesOf = (answer: unknown) => rulesReader(answering(answer), () => 0)(source);
  const withRule = (rule: unknown): object => ({ replicationConfiguration: { rules: [rule] } });
  const to = (region: string, registryId = '111122223333') => ({ destinations: [{ region, registryId }] });

  it.each([
    ['nothing at all', {}],
    ['no rules', { replicationConfiguration: {} }],
    ['a rule without destinations', withRule({})],
    ['a Region that a shell would run', withRule(to('$(reboot)'))],
    ['an account that is none', withRule(to('eu-west-1', '1'))],
    [
      'a prefix that is more than a line',
      withRule({ ...to('eu-west-1'), repositoryFilters: [{ filter: 'a\nb' }] }),
    ],
    [
      'a filter without a prefix',
      withRule({ ...to('eu-west-1'), repositoryFilters: [{ filterType: 'PREFIX_MATCH' }] }),
    ],
  ])('that answers %s has told no rules', async (_, answer) => {
    expect(await rulesOf(answer)).toEqual(unreadable);
  });

  it('may have no rules, and filters of a kind that is new, which may match anything', async () => {
    expect(await rulesOf({ replicationConfiguration: { rules: [] } })).toEqual({ is: 'read', rules: [] });
    const filters = [
      { filter: 'prod-', filterType: 'PREFIX_MATCH' },
      { filter: '^x$', filterType: 'REGEX' },
    ];
    expect(await rulesOf(withRule({ ...to('eu-west-1'), repositoryFilters: filters }))).toEqual({
      is: 'read',
      rules: [{ destinations: [ireland], prefixes: [] }],
    });
  });
});

describe('what ECR says else', () => {
  it('of a type that it has not is not known', async () => {
    const statuses = { replicationStatuses: [{ region: 1, status: 'COMPLETE' }] };
    expect(await readClaims(answering(statuses), source, 'prod-api', digest)).toEqual(unreadable);
    const mutability = { repositories: [{ imageTagMutability: 'SOMETIMES' }] };
    expect(await readTagSettings(answering(mutability), ireland, 'prod-api')).toBeUndefined();
  });

  it('is no list of repositories when a name is none: there is no half of it', async () => {
    const names = { repositories: [{ repositoryName: 'prod-api' }, { repositoryName: 'A b' }] };
    await expect(readRepositories(answering(names), source)).rejects.toThrow(
      'DescribeRepositories answered what cannot be read: repositories.1.repositoryName',
    );
  });

  it('is no list of repositories when a page leads back to itself: that would never end', async () => {
    const page = { repositories: [{ repositoryName: 'prod-api' }], nextToken: 'here' };
    await expect(readRepositories(answering(page), source)).rejects.toThrow('the same page twice');
    const [first, last] = [page, { repositories: [{ repositoryName: 'prod-web' }] }];
    expect(await readRepositories(answering(first, last), source)).toEqual(['prod-api', 'prod-web']);
  });
});
