/** "ECR Replication Action" as it comes in: what a destination reports, and what cannot be read. */

import { describe, expect, it } from 'vitest';
import { parseReplicationAction } from '../../lib/event/replication-action.ts';
import { changed, sampleEvent } from './sample-events.ts';

const arrival = sampleEvent('replication-action-success');
const arrived = {
  says: 'arrived',
  source: { account: '111122223333', region: 'us-east-1' },
  destination: { account: '111122223333', region: 'eu-west-1' },
  repository: 'prod-api',
  digest: 'sha256:bd8e8b11721492876c48dd0463d6da3e346147def54b0711bbb692c6977d024c',
  tag: '1.4.2',
  reportedAt: Date.UTC(2026, 10, 24, 3, 12, 12),
};

describe('a report of a destination', () => {
  it('of an arrival has its source in the detail, and its destination in the envelope', () => {
    expect(parseReplicationAction(arrival)).toEqual({ is: 'ours', value: arrived });
  });

  it('of a failure is read the same', () => {
    expect(parseReplicationAction(sampleEvent('replication-action-failed'))).toEqual({
      is: 'ours',
      value: {
        ...arrived,
        says: 'failed',
        destination: { account: '111122223333', region: 'ap-southeast-2' },
        reportedAt: Date.UTC(2026, 10, 24, 3, 12, 40),
      },
    });
  });

  it.each(['FAILED', 'FAILURE', 'success', '', 'PARTIAL', 'SUCCESS '])(
    'whose result is %j is a failure',
    (result) => {
      expect(parseReplicationAction(changed(arrival, 'detail.result', result))).toEqual({
        is: 'ours',
        value: { ...arrived, says: 'failed' },
      });
    },
  );

  it.each([
    ['absent', undefined],
    ['""', ''],
    ['null', null],
  ])('whose tag is %s has no tag', (_, value) => {
    const { tag: __, ...untagged } = arrived;
    expect(parseReplicationAction(changed(arrival, 'detail.image-tag', value))).toEqual({
      is: 'ours',
      value: untagged,
    });
  });

  it('may come from another account, and with keys that nobody has seen yet', () => {
    const event = changed(changed(arrival, 'detail.source-account', '444455556666'), 'detail.error', {
      code: 'X',
    });
    expect(parseReplicationAction(event)).toEqual({
      is: 'ours',
      value: { ...arrived, source: { account: '444455556666', region: 'us-east-1' } },
    });
  });
});

describe('not ours', () => {
  it.each([
    ['a push', sampleEvent('image-action-push'), 'aws.ecr "ECR Image Action"'],
    ['an image scan', sampleEvent('image-scan'), 'aws.ecr "ECR Image Scan"'],
    ['an action but REPLICATE', changed(arrival, 'detail.action-type', 'BACKFILL'), 'BACKFILL SUCCESS'],
    [
      "somebody's own event of the same name",
      changed(arrival, 'source', 'my.tests'),
      'my.tests "ECR Replication Action"',
    ],
  ])('is %s', (_, event, why) => {
    expect(parseReplicationAction(event)).toEqual({ is: 'not-ours', why });
  });
});

describe('a fault names where it is and what stands there', () => {
  it.each([
    ['detail.source-account', undefined, 'detail.source-account is missing'],
    ['detail.source-account', '1111', 'detail.source-account is not a 12-digit account: "1111"'],
    ['detail.source-region', 'us-east', 'detail.source-region is not an AWS Region: "us-east"'],
    ['detail.source-region', null, 'detail.source-region is not string: null'],
    ['detail.image-digest', 'sha256', 'detail.image-digest is not a digest (algorithm:encoded): "sha256"'],
    ['detail.result', undefined, 'detail.result is missing'],
    ['account', '', 'account is not a 12-digit account: ""'],
    ['time', '', 'time is not an ISO 8601 time: ""'],
    ['detail', [], 'detail.action-type is missing; detail.result is missing'],
  ])('%s = %j', (path, value, fault) => {
    expect(parseReplicationAction(changed(arrival, path, value))).toEqual({ is: 'unparseable', fault });
  });
});
