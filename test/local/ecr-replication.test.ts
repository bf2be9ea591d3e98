/** Replication as the model does it: rules at the time of the push, due times, tags and repositories. */

import { describe, expect, it } from 'vitest';
import type { EcrEvent } from '../../lib/local/ecr-events.ts';
import { createEcr } from '../../lib/local/ecr-model.ts';
import { destinationsOf } from '../../lib/local/ecr-replication.ts';
import { sampleManifest } from '../../lib/local/manifest.ts';
import { account, ireland, minute, repository, ruleTo, source, tokyo, useEcr } from './ecr-scene.ts';

const scene = useEcr();
const { ask, push, turn, claims, arrivals } = scene;
const other = { account: '444455556666', region: 'us-east-1' };

describe('rules', () => {
  const filtered = (filters: string[] | undefined, ...to: (typeof source)[]) => ({
    ...ruleTo(...to),
    ...(filters && { repositoryFilters: filters.map((filter) => ({ filter, filterType: 'PREFIX_MATCH' })) }),
  });
  const cases = [
    { says: 'without filters replicate everything', rules: [filtered(undefined, ireland)], to: [ireland] },
    { says: 'with an empty list of filters do too', rules: [filtered([], ireland)], to: [ireland] },
    { says: 'filter by plain string prefix', rules: [filtered(['te'], ireland)], to: [ireland] },
    { says: 'do not filter by part of a name', rules: [filtered(['api'], ireland)], to: [] },
    { says: 'have filters as alternatives', rules: [filtered(['x', 'team/'], ireland)], to: [ireland] },
    { says: 'never replicate to the source', rules: [filtered(undefined, source, ireland)], to: [ireland] },
    {
      says: 'add up, each destination once',
      rules: [filtered(['team'], ireland, tokyo), filtered(undefined, ireland, other)],
      to: [ireland, tokyo, other],
    },
    { says: 'may not be there at all', rules: [], to: [] },
  ];
  it.each(cases)('$says', ({ rules, to }) => {
    expect(destinationsOf(source, rules, repository)).toEqual(to);
  });
});

describe('a pushed image', () => {
  it('arrives everywhere 2 s later, in a repository made for it, with its tag and its own push time', () => {
    const digest = push('one', 'v1');
    const pushedAt = scene.now();
    expect(claims(digest)).toMatchObject({
      replicationStatuses: [{ status: 'IN_PROGRESS' }, { status: 'IN_PROGRESS' }],
    });
    expect(scene.ecr.nextDueAt()).toBe(pushedAt + 2_000);
    turn(1_999);
    expect(scene.ecr.imageAt(ireland, repository, digest)).toBeUndefined();
    turn(10 * minute);
    for (const destination of [ireland, tokyo]) {
      // The due time, not the time of the tick.
      expect(scene.ecr.imageAt(destination, repository, digest)).toMatchObject({
        tags: ['v1'],
        pushedAt: pushedAt + 2_000,
      });
    }
    expect(claims(digest)).toMatchObject({
      replicationStatuses: [
        { region: 'eu-west-1', registryId: account, status: 'COMPLETE' },
        { region: 'ap-northeast-1', registryId: account, status: 'COMPLETE' },
      ],
    });
    expect(scene.ecr.nextDueAt()).toBeUndefined();
  });

  it('goes where the rules said at its push, and not where they say later', () => {
    const before = push('one', 'v1');
    ask('PutReplicationConfiguration', { replicationConfiguration: { rules: [ruleTo(other)] } });
    const after = push('two', 'v2');
    turn(minute);
    expect(scene.ecr.imageAt(ireland, repository, before)).toBeDefined();
    expect(scene.ecr.imageAt(other, repository, before)).toBeUndefined();
    expect(scene.ecr.imageAt(ireland, repository, after)).toBeUndefined();
    expect(scene.ecr.imageAt(other, repository, after)).toBeDefined();
  });

  it('is not replicated further by its destination', () => {
    ask('PutReplicationConfiguration', { replicationConfiguration: { rules: [ruleTo(other)] } }, ireland);
    const digest = push('one', 'v1');
    turn(minute);
    expect(scene.ecr.imageAt(ireland, repository, digest)).toBeDefined();
    expect(scene.ecr.imageAt(other, repository, digest)).toBeUndefined();
  });

  it('that is gone before it is due arrives nowhere', () => {
    const digest = push('one', 'v1');
    ask('BatchDeleteImage', { repositoryName: repository, imageIds: [{ imageDigest: digest }] });
    turn(minute);
    expect(scene.ecr.imageAt(ireland, repository, digest)).toBeUndefined();
    expect(arrivals()).toEqual([]);
  });

  it('that was overtaken does not take its tag back', () => {
    scene.ecr.orders.replication({ delayMs: minute }, 2);
    push('old', 'latest');
    const fresh = push('new', 'latest');
    turn(2 * minute);
    expect(scene.ecr.imageAt(ireland, repository, fresh)).toMatchObject({ tags: ['latest'] });
  });

  it('keeps the push time of its replica when it gets another tag', () => {
    const digest = push('one', 'v1');
    turn(minute);
    const first = scene.ecr.imageAt(ireland, repository, digest)?.pushedAt;
    push('one', 'latest');
    turn(minute);
    expect(scene.ecr.imageAt(ireland, repository, digest)).toMatchObject({
      tags: ['v1', 'latest'],
      pushedAt: first,
    });
  });

  it('arrives without its tag where the tag is immutable and taken', () => {
    const old = scene.ecr.pushImage(ireland, { repository, manifest: sampleManifest('old'), tag: 'v1' });
    ask('PutImageTagMutability', { repositoryName: repository, imageTagMutability: 'IMMUTABLE' }, ireland);
    const digest = push('new', 'v1');
    turn(minute);
    expect(scene.ecr.imageAt(ireland, repository, digest)).toMatchObject({ tags: [] });
    expect(scene.ecr.imageAt(ireland, repository, old)).toMatchObject({ tags: ['v1'] });
    expect(scene.ecr.imageAt(tokyo, repository, digest)).toMatchObject({ tags: ['v1'] });
  });

  it('makes an archived replica active, and is replicated again when it is restored', () => {
    const digest = push('one', 'v1');
    turn(minute);
    const store = (targetStorageClass: string, registry = source) =>
      ask(
        'UpdateImageStorageClass',
        { repositoryName: repository, imageId: { imageTag: 'v1' }, targetStorageClass },
        registry,
      );
    store('ARCHIVE', ireland);
    store('ARCHIVE');
    expect(scene.ecr.imageAt(ireland, repository, digest)).toMatchObject({ status: 'ARCHIVED' });
    store('STANDARD');
    turn(minute);
    expect(scene.ecr.imageAt(ireland, repository, digest)).toMatchObject({
      status: 'ACTIVE',
      activatedAt: scene.now() - minute + 2_000,
    });
  });
});

describe('a repository creation template', () => {
  const template = { prefix: 'team', appliedFor: ['REPLICATION'], imageTagMutability: 'IMMUTABLE' };

  it('shapes the repository that replication creates', () => {
    ask('CreateRepositoryCreationTemplate', template, ireland);
    push('one', 'v1');
    turn(minute);
    expect(ask('DescribeRepositories', {}, ireland)).toMatchObject({
      repositories: [{ imageTagMutability: 'IMMUTABLE' }],
    });
    expect(ask('DescribeRepositories', {}, tokyo)).toMatchObject({
      repositories: [{ imageTagMutability: 'MUTABLE' }],
    });
  });

  it('with KMS but without a role makes replication fail', () => {
    ask(
      'CreateRepositoryCreationTemplate',
      { ...template, encryptionConfiguration: { encryptionType: 'KMS' } },
      ireland,
    );
    const digest = push('one', 'v1');
    turn(minute);
    expect(claims(digest)).toMatchObject({
      replicationStatuses: [{ status: 'FAILED' }, { status: 'COMPLETE' }],
    });
    expect(arrivals()).toEqual(['FAILED eu-west-1', 'SUCCESS ap-northeast-1']);
  });
});

describe('a story', () => {
  it('tells the same story for the same orders', () => {
    const tell = (): EcrEvent[] => {
      const told: EcrEvent[] = [];
      let at = 0;
      const model = createEcr({
        now: () => at,
        emit: (event) => told.push(event),
        delayMs: ({ digest }) => Number.parseInt(digest.slice(7, 11), 16),
      });
      model.call(source, 'PutReplicationConfiguration', {
        replicationConfiguration: { rules: [ruleTo(ireland, tokyo)] },
      });
      for (; at < 100_000; at += 1_000) {
        model.pushImage(source, { repository, manifest: sampleManifest(`image ${at}`) });
      }
      model.tick();
      return told;
    };
    expect(tell()).toEqual(tell());
    expect(tell().length).toBeGreaterThan(200);
  });
});
