/** Events of the model as they stand in messages and invocations: what ECR, EventBridge and CloudTrail write. */

import type { Registry } from '../../lib/image/registry.ts';
import type { EcrEvent } from './ecr.ts';

export function eventOf(event: EcrEvent): object {
  const { registry, repository, digest, tag = '', at } = event;
  const image = { 'repository-name': repository, 'image-digest': digest, 'image-tag': tag };
  switch (event.is) {
    case 'push':
      return enveloped('ECR Image Action', registry, at, {
        ...image,
        result: 'SUCCESS',
        'action-type': 'PUSH',
      });
    case 'report':
      return enveloped('ECR Replication Action', registry, at, {
        ...image,
        result: event.result,
        'action-type': 'REPLICATE',
        'source-account': event.from.account,
        'source-region': event.from.region,
      });
    case 'rules':
      return enveloped('AWS API Call via CloudTrail', registry, at, {
        eventName: 'PutReplicationConfiguration',
        userIdentity: { arn: `arn:aws:iam::${registry.account}:user/somebody` },
      });
  }
}

function enveloped(type: string, { account, region }: Registry, at: number, detail: object): object {
  // EventBridge's times are whole seconds.
  const time = new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
  return { version: '0', source: 'aws.ecr', 'detail-type': type, account, region, time, detail };
}
