/** The events of the local ECR, to the letter, and what can happen to them. */

import { beforeEach, describe, expect, it } from 'vitest';
import type { EcrEvent } from '../../lib/local/ecr-events.ts';
import { createEcr, type Ecr } from '../../lib/local/ecr-model.ts';
import { sampleIndex, sampleManifest } from '../../lib/local/manifest.ts';

const source = { account: '111122223333', region: 'us-east-1' };
const destination = { account: '444455556666', region: 'eu-west-1' };
const repository = 'team/api';

let clock = 0;
let ecr: Ecr;
let emitted: { event: EcrEvent; at: string; clock: number }[] = [];

beforeEach(() => {
  clock = Date.parse('2026-11-20T08:00:00.750Z');
  emitted = [];
  ecr = createEcr({
    now: () => clock,
    emit: (event, { account, region }) => emitted.push({ event, at: `${account}/${region}`, clock }),
  });
  ecr.call(source, 'PutReplicationConfiguration', {
    replicationConfiguration: {
      rules: [{ destinations: [{ region: destination.region, registryId: destination.account }] }],
    },
  });
});

function push(name: string, tag?: string): string {
  return ecr.pushImage(source, { repository, manifest: sampleManifest(name), tag });
}

function turn(ms: number): void {
  clock += ms;
  ecr.tick();
}

function kinds(): string[] {
  return emitted.map(({ event }) => `${event.detail['action-type']} ${event.region}`);
}

describe('a push', () => {
  it('is told by the source, with no resources and whole seconds', () => {
    const digest = push('one', 'v1');
    expect(emitted).toEqual([
      {
        at: '111122223333/us-east-1',
        clock,
        event: {
          version: '0',
          id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/),
          'detail-type': 'ECR Image Action',
          source: 'aws.ecr',
          account: '111122223333',
          time: '2026-11-20T08:00:00Z',
          region: 'us-east-1',
          resources: [],
          detail: {
            result: 'SUCCESS',
            'repository-name': 'team/api',
            'image-digest': digest,
            'action-type': 'PUSH',
            'image-tag': 'v1',
            'manifest-media-type': 'application/vnd.oci.image.manifest.v1+json',
            'artifact-media-type': 'application/vnd.oci.image.config.v1+json',
          },
        },
      },
    ]);
  });

  it('of an index is one event for each child, without a tag, and one for the index', () => {
    push('amd64');
    push('arm64');
    const manifest = sampleIndex([sampleManifest('amd64'), sampleManifest('arm64')]);
    ecr.pushImage(source, { repository, manifest, tag: 'v1' });
    expect(emitted.map(({ event }) => event.detail['image-tag'])).toEqual(['', '', 'v1']);
    expect(emitted[2]?.event.detail).toMatchObject({
      'manifest-media-type': 'application/vnd.oci.image.index.v1+json',
    });
    expect(emitted[2]?.event.detail).not.toHaveProperty('artifact-media-type');
  });
});

describe('an arrival', () => {
  it('is told by the destination, which names its repository and the source, and nothing is pushed there', () => {
    const digest = push('one', 'v1');
    turn(10_000);
    expect(kinds()).toEqual(['PUSH us-east-1', 'REPLICATE eu-west-1']);
    expect(emitted[1]).toMatchObject({
      at: '444455556666/eu-west-1',
      event: {
        'detail-type': 'ECR Replication Action',
        account: '444455556666',
        region: 'eu-west-1',
        // Of the arrival, not of the tick that found it.
        time: '2026-11-20T08:00:02Z',
        resources: ['arn:aws:ecr:eu-west-1:444455556666:repository/team/api'],
      },
    });
    expect(emitted[1]?.event.detail).toEqual({
      result: 'SUCCESS',
      'repository-name': 'team/api',
      'image-digest': digest,
      'source-account': '111122223333',
      'action-type': 'REPLICATE',
      'source-region': 'us-east-1',
      'image-tag': 'v1',
    });
  });
});

describe('other actions', () => {
  it('are a delete for each tag that goes, and a change of storage class', () => {
    push('one', 'v1');
    push('one', 'v2');
    push('two');
    const two = sampleManifest('two');
    emitted = [];
    const imageId = { imageTag: 'v1' };
    for (const targetStorageClass of ['ARCHIVE', 'STANDARD']) {
      ecr.call(source, 'UpdateImageStorageClass', {
        repositoryName: repository,
        imageId,
        targetStorageClass,
      });
    }
    const digest = emitted[0]?.event.detail['image-digest'];
    const imageIds = [{ imageDigest: digest }, { imageTag: 'v9' }];
    ecr.call(source, 'BatchDeleteImage', { repositoryName: repository, imageIds });
    const untagged = ecr.pushImage(source, { repository: 'another', manifest: two });
    const last = [{ imageDigest: untagged }];
    ecr.call(source, 'BatchDeleteImage', { repositoryName: repository, imageIds: last });
    expect(
      emitted.map(({ event: { detail } }) => [
        detail['action-type'],
        detail['image-tag'],
        detail['target-storage-class'],
      ]),
    ).toEqual([
      ['UPDATE_STORAGE_CLASS', 'v1', 'ARCHIVE'],
      ['UPDATE_STORAGE_CLASS', 'v1', 'STANDARD'],
      ['DELETE', 'v1', undefined],
      ['DELETE', 'v2', undefined],
      ['PUSH', '', undefined],
      ['DELETE', '', undefined],
    ]);
  });
});

describe('an event can be', () => {
  it('lost', () => {
    ecr.orders.events({ of: 'push', effect: { is: 'lose' } }, 1);
    push('one');
    push('two');
    expect(kinds()).toEqual(['PUSH us-east-1']);
  });

  it('doubled, with one id', () => {
    ecr.orders.events({ of: 'replication', region: 'eu-west-1', effect: { is: 'double' } });
    push('one');
    turn(2_000);
    expect(kinds()).toEqual(['PUSH us-east-1', 'REPLICATE eu-west-1', 'REPLICATE eu-west-1']);
    expect(new Set(emitted.map(({ event }) => event.id)).size).toBe(2);
  });

  it('delayed, keeping its own time', () => {
    const takeBack = ecr.orders.events({ of: 'push', tag: 'v1', effect: { is: 'delay', ms: 90_000 } });
    push('one', 'v1');
    takeBack();
    turn(90_000);
    expect(kinds()).toEqual(['REPLICATE eu-west-1', 'PUSH us-east-1']);
    expect(emitted[1]?.event.time).toBe('2026-11-20T08:00:00Z');
  });

  it('lost of one registry and repository only', () => {
    ecr.orders.events({ account: '444455556666', repositoryPrefix: 'team/', effect: { is: 'lose' } });
    push('one');
    ecr.pushImage(source, { repository: 'other', manifest: sampleManifest('one') });
    turn(2_000);
    expect(kinds()).toEqual(['PUSH us-east-1', 'PUSH us-east-1', 'REPLICATE eu-west-1']);
  });
});

describe('whoever is told', () => {
  it('may call back at once', () => {
    let clockOfModel = 0;
    const told: string[] = [];
    const model: Ecr = createEcr({
      now: () => clockOfModel,
      emit: (event) => {
        told.push(event['detail-type']);
        if (told.length === 1) model.call(source, 'DescribeRegistry', {});
      },
    });
    model.pushImage(source, { repository, manifest: sampleManifest('one') });
    clockOfModel += 10_000;
    model.tick();
    expect(told).toEqual(['ECR Image Action']);
  });
});
