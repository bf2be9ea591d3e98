/** CloudTrail's record of a changed registry as it comes in: who changed what, what changed nothing, what is broken. */

import { describe, expect, it } from 'vitest';
import { parseRegistryChange, watchedCalls } from '../../lib/event/registry-change.ts';
import { changed, sampleEvent } from './sample-events.ts';

const event = sampleEvent('registry-change-rules');
const change = {
  registry: { account: '111122223333', region: 'us-east-1' },
  call: 'PutReplicationConfiguration',
  at: Date.UTC(2026, 10, 24, 9, 30, 12),
  by: 'arn:aws:sts::111122223333:assumed-role/platform-admin/ann',
};

describe('a change of a registry', () => {
  it('is read with its registry, call, time and caller', () => {
    expect(parseRegistryChange(event)).toEqual({ is: 'ours', value: change });
  });

  it.each(watchedCalls)('can be made by %s', (call) => {
    expect(parseRegistryChange(changed(event, 'detail.eventName', call))).toEqual({
      is: 'ours',
      value: { ...change, call },
    });
  });

  const nobody = 'somebody that CloudTrail does not name';
  it.each([
    [
      'the ARN of the caller',
      { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/ann' },
      'arn:aws:iam::111122223333:user/ann',
    ],
    [
      'the ARN of the caller, though a service made the call for it',
      { arn: 'arn:aws:iam::111122223333:role/x', invokedBy: 'cloudformation.amazonaws.com' },
      'arn:aws:iam::111122223333:role/x',
    ],
    [
      'the service that called, when there is no ARN',
      { type: 'AWSService', invokedBy: 'ram.amazonaws.com' },
      'ram.amazonaws.com',
    ],
    ['the type of the caller, when nothing else is known', { type: 'Unknown' }, 'Unknown'],
    ['nobody in particular, when CloudTrail names nobody', {}, nobody],
    ['nobody in particular, when there is no identity', undefined, nobody],
  ])('is by %s', (_, identity, by) => {
    expect(parseRegistryChange(changed(event, 'detail.userIdentity', identity))).toEqual({
      is: 'ours',
      value: { ...change, by },
    });
  });

  it.each(['detail.requestParameters', 'detail.eventID', 'id', 'resources', 'detail.userIdentity.type'])(
    'is read without %s',
    (path) => {
      expect(parseRegistryChange(changed(event, path, undefined))).toEqual({ is: 'ours', value: change });
    },
  );

  it.each(['detail.responseElements', 'detail.userIdentity.inScopeOf', 'replay-name'])(
    'is read with the extra key %s',
    (path) => {
      expect(parseRegistryChange(changed(event, path, { deep: [null] }))).toEqual({
        is: 'ours',
        value: change,
      });
    },
  );
});

describe('not ours', () => {
  it.each([
    [
      'a call that was refused, since it changed nothing',
      sampleEvent('registry-change-refused'),
      'PutReplicationConfiguration refused: AccessDenied',
    ],
    [
      'a call that failed',
      changed(event, 'detail.errorCode', 'ValidationException'),
      'PutReplicationConfiguration refused: ValidationException',
    ],
    ['a call that nobody watches', changed(event, 'detail.eventName', 'PutImage'), 'PutImage'],
    ['a call named like a key of every object', changed(event, 'detail.eventName', 'toString'), 'toString'],
    ['a push', sampleEvent('image-action-push'), 'aws.ecr "ECR Image Action"'],
    ['a call to another service', changed(event, 'source', 'aws.s3'), 'aws.s3 "AWS API Call via CloudTrail"'],
  ])('is %s', (_, given, why) => {
    expect(parseRegistryChange(given)).toEqual({ is: 'not-ours', why });
  });
});

describe('a fault names where it is and what stands there', () => {
  it.each([
    ['detail', undefined, 'detail is missing'],
    ['detail', 'x', 'detail is not Object: "x"'],
    ['detail.eventName', undefined, 'detail.eventName is missing'],
    ['detail.eventName', 7, 'detail.eventName is not string: 7'],
    ['detail.errorCode', 403, 'detail.errorCode is not string: 403'],
    ['detail.userIdentity', 'ann', 'detail.userIdentity is not Object: "ann"'],
    ['detail.userIdentity.arn', 7, 'detail.userIdentity.arn is not string: 7'],
    ['account', '1111', 'account is not a 12-digit account: "1111"'],
    ['region', 'Virginia', 'region is not an AWS Region: "Virginia"'],
    ['time', 'now', 'time is not an ISO 8601 time: "now"'],
  ])('%s = %j', (path, value, fault) => {
    expect(parseRegistryChange(changed(event, path, value))).toEqual({ is: 'unparseable', fault });
  });
});
