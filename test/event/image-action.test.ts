/** "ECR Image Action" as it comes in: what is a push, what is not ours, what cannot be read and why. */

import { describe, expect, it } from 'vitest';
import { parseImageAction } from '../../lib/event/image-action.ts';
import { changed, sampleEvent } from './sample-events.ts';

const push = sampleEvent('image-action-push');
const digest = 'sha256:bd8e8b11721492876c48dd0463d6da3e346147def54b0711bbb692c6977d024c';
const parsedPush = {
  source: { account: '111122223333', region: 'us-east-1' },
  repository: 'prod-api',
  digest,
  tag: '1.4.2',
  pushedAt: Date.UTC(2026, 10, 24, 3, 12, 9),
};

describe('a successful push', () => {
  it('is read with its registry, repository, digest, tag and time', () => {
    expect(parseImageAction(push)).toEqual({ is: 'ours', value: parsedPush });
  });

  it('of a child of an index, whose tag is "", has no tag', () => {
    expect(parseImageAction(sampleEvent('image-action-push-untagged'))).toEqual({
      is: 'ours',
      value: {
        source: parsedPush.source,
        repository: 'prod-api',
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        pushedAt: Date.UTC(2026, 10, 24, 3, 12, 7),
      },
    });
  });

  it("with a digest as in AWS's documentation, shorter than a real one, is read", () => {
    expect(parseImageAction(sampleEvent('image-action-push-documentation'))).toMatchObject({
      is: 'ours',
      value: { digest: 'sha256:7f5b2640fe6fb4f46592dfd3410c4a79dac4f89e4782432e0378abcd1234', tag: 'latest' },
    });
  });

  it.each([
    ['absent', undefined],
    ['""', ''],
    ['null', null],
  ])('whose tag is %s has no tag', (_, value) => {
    const { tag: __, ...untagged } = parsedPush;
    expect(parseImageAction(changed(push, 'detail.image-tag', value))).toEqual({
      is: 'ours',
      value: untagged,
    });
  });

  it.each(['version', 'id', 'resources', 'detail.manifest-media-type'])('is read without %s', (path) => {
    expect(parseImageAction(changed(push, path, undefined))).toEqual({ is: 'ours', value: parsedPush });
  });

  it.each(['replay-name', 'detail.something-new', 'detail.source-account'])(
    'is read with the extra key %s',
    (path) => {
      expect(parseImageAction(changed(push, path, { deep: [1, null] }))).toEqual({
        is: 'ours',
        value: parsedPush,
      });
    },
  );

  it('may be dated with fractions of a second or an offset', () => {
    const event = changed(push, 'time', '2026-11-24T04:12:09.000+01:00');
    expect(parseImageAction(event)).toEqual({ is: 'ours', value: parsedPush });
  });
});

describe('a restored image', () => {
  const restore = sampleEvent('image-action-restore');

  it('is read like a push: ECR replicates it as one', () => {
    expect(parseImageAction(restore)).toEqual({
      is: 'ours',
      value: {
        source: parsedPush.source,
        repository: 'prod-api',
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        pushedAt: Date.UTC(2026, 10, 24, 5, 20),
      },
    });
  });

  it.each([undefined, null, 'ARCHIVE', 7])('is nothing else: target-storage-class %j', (target) => {
    expect(parseImageAction(changed(restore, 'detail.target-storage-class', target))).toMatchObject({
      is: 'not-ours',
    });
  });

  it('is not one whose restoring failed', () => {
    const why = 'UPDATE_STORAGE_CLASS FAILURE';
    expect(parseImageAction(changed(restore, 'detail.result', 'FAILURE'))).toEqual({ is: 'not-ours', why });
  });
});

describe('not ours', () => {
  it.each([
    ['a deletion', sampleEvent('image-action-delete'), 'DELETE SUCCESS'],
    ['an image archived', sampleEvent('image-action-archive'), 'UPDATE_STORAGE_CLASS SUCCESS'],
    ['an image scan', sampleEvent('image-scan'), 'aws.ecr "ECR Image Scan"'],
    [
      'an arrival at a destination',
      sampleEvent('replication-action-success'),
      'aws.ecr "ECR Replication Action"',
    ],
    ['a failed replication', sampleEvent('replication-action-failed'), 'aws.ecr "ECR Replication Action"'],
    ['a push that failed', changed(push, 'detail.result', 'FAILURE'), 'PUSH FAILURE'],
    ['an event of another source', changed(push, 'source', 'aws.ecs'), 'aws.ecs "ECR Image Action"'],
    [
      'a referrer (a signature or a bill of materials)',
      changed(push, 'detail-type', 'ECR Referrer Action'),
      'aws.ecr "ECR Referrer Action"',
    ],
    [
      "somebody else's event without any detail",
      { source: 'aws.ec2', 'detail-type': 'EC2 Instance State-change Notification' },
      'aws.ec2 "EC2 Instance State-change Notification"',
    ],
  ])('is %s', (_, event, why) => {
    expect(parseImageAction(event)).toEqual({ is: 'not-ours', why });
  });
});

describe('a fault names where it is and what stands there', () => {
  it.each([
    ['account', 'me', 'account is not a 12-digit account: "me"'],
    ['account', undefined, 'account is missing'],
    ['account', 111122223333, 'account is not string: 111122223333'],
    ['region', 'Virginia', 'region is not an AWS Region: "Virginia"'],
    ['region', '', 'region is not an AWS Region: ""'],
    ['time', 'yesterday', 'time is not an ISO 8601 time: "yesterday"'],
    ['time', '2026-13-40T03:12:09Z', 'time is not an ISO 8601 time: "2026-13-40T03:12:09Z"'],
    ['time', 1795489929, 'time is not string: 1795489929'],
    ['detail', undefined, 'detail is missing'],
    ['detail', 'PUSH', 'detail is not Object: "PUSH"'],
    ['detail', null, 'detail is not Object: null'],
    ['detail.action-type', undefined, 'detail.action-type is missing'],
    ['detail.result', null, 'detail.result is not string: null'],
    ['detail.repository-name', 'Prod', 'detail.repository-name is not a repository name: "Prod"'],
    ['detail.repository-name', undefined, 'detail.repository-name is missing'],
    ['detail.image-digest', undefined, 'detail.image-digest is missing'],
    ['detail.image-digest', 'latest', 'detail.image-digest is not a digest (algorithm:encoded): "latest"'],
    ['detail.image-digest', '', 'detail.image-digest is not a digest (algorithm:encoded): ""'],
    ['detail.image-tag', 'two words', 'detail.image-tag is not a tag: "two words"'],
    ['detail.image-tag', ['1.4.2'], 'detail.image-tag is not a tag: ["1.4.2"]'],
  ])('%s = %j', (path, value, fault) => {
    expect(parseImageAction(changed(push, path, value))).toEqual({ is: 'unparseable', fault });
  });

  it('and what stands there is cut when it is long', () => {
    expect(parseImageAction(changed(push, 'detail.image-digest', 'x'.repeat(5_000)))).toEqual({
      is: 'unparseable',
      fault: `detail.image-digest is not a digest (algorithm:encoded): "${'x'.repeat(78)}…`,
    });
  });

  it('and every one of them, in one line', () => {
    const event = changed(changed(push, 'region', 7), 'detail.image-digest', 'latest\n');
    expect(parseImageAction(event)).toEqual({
      is: 'unparseable',
      fault: 'region is not string: 7; detail.image-digest is not a digest (algorithm:encoded): "latest\\n"',
    });
  });

  it.each([
    [null, 'not an EventBridge event: the event is not Object: null'],
    ['text', 'not an EventBridge event: the event is not Object: "text"'],
    [42, 'not an EventBridge event: the event is not Object: 42'],
    [{}, 'not an EventBridge event: source is missing; detail-type is missing'],
    [{ source: 'aws.ecr' }, 'not an EventBridge event: detail-type is missing'],
    [{ source: 1, 'detail-type': 'x' }, 'not an EventBridge event: source is not string: 1'],
  ])('%j', (event, fault) => {
    expect(parseImageAction(event)).toEqual({ is: 'unparseable', fault });
  });
});
