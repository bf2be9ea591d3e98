/** CloudTrail between the local ECR and EventBridge: a call that changed a registry's settings, as an event. */

import { randomUUID } from 'node:crypto';
import { watchedCalls } from '../../lib/event/registry-change.ts';
import type { Registry } from '../../lib/image/registry.ts';

const watched = new Set<string>(watchedCalls);

/** "AWS service events delivered via AWS CloudTrail", of a call by the root of the account; undefined: not recorded here. */
export function trailEvent(at: Registry, call: string, input: unknown, made: Date): object | undefined {
  if (!watched.has(call)) return undefined;
  const time = made.toISOString().replace(/\.\d{3}Z$/, 'Z');
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.ecr',
    account: at.account,
    time,
    region: at.region,
    resources: [],
    detail: {
      eventVersion: '1.11',
      userIdentity: {
        type: 'Root',
        principalId: at.account,
        arn: `arn:aws:iam::${at.account}:root`,
        accountId: at.account,
      },
      eventTime: time,
      eventSource: 'ecr.amazonaws.com',
      eventName: call,
      awsRegion: at.region,
      sourceIPAddress: '127.0.0.1',
      requestParameters: input,
      eventID: randomUUID(),
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: at.account,
      eventCategory: 'Management',
    },
  };
}
