/** Event patterns, and the way of an event from the local ECR to a queue. */

import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { createEventBus } from '../../lib/local/event-bus.ts';
import { type EventPattern, matchesPattern } from '../../lib/local/event-pattern.ts';
import { startLocalAws } from '../../lib/local/local-aws.ts';
import { sampleManifest } from '../../lib/local/manifest.ts';

const event = {
  source: 'aws.ecr',
  region: 'us-east-1',
  resources: ['arn:1', 'arn:2'],
  detail: { 'action-type': 'PUSH', result: 'SUCCESS', count: 3 },
};

describe('a pattern', () => {
  const cases: { pattern: EventPattern; matches: boolean }[] = [
    { pattern: {}, matches: true },
    { pattern: { source: ['aws.ecr'] }, matches: true },
    { pattern: { source: ['aws.ec2', 'aws.ecr'] }, matches: true },
    { pattern: { source: ['aws.ec2'] }, matches: false },
    { pattern: { source: [] }, matches: false },
    { pattern: { source: ['aws.ecr'], region: ['eu-west-1'] }, matches: false },
    { pattern: { detail: { 'action-type': ['PUSH'], result: ['SUCCESS'] } }, matches: true },
    { pattern: { detail: { 'action-type': ['DELETE'] } }, matches: false },
    { pattern: { detail: { count: [3] } }, matches: true },
    { pattern: { detail: { count: ['3'] } }, matches: false },
    { pattern: { resources: ['arn:2'] }, matches: true },
    { pattern: { source: { deeper: ['aws.ecr'] } }, matches: false },
    { pattern: { region: [{ prefix: 'us-' }] }, matches: true },
    { pattern: { region: [{ suffix: '-1' }] }, matches: true },
    { pattern: { region: [{ prefix: 'eu-' }] }, matches: false },
    { pattern: { region: [{ 'anything-but': 'us-east-1' }] }, matches: false },
    { pattern: { region: [{ 'anything-but': ['eu-west-1', 'eu-west-2'] }] }, matches: true },
    { pattern: { missing: [{ 'anything-but': 'x' }] }, matches: false },
    { pattern: { missing: [{ exists: false }] }, matches: true },
    { pattern: { detail: { result: [{ exists: true }] } }, matches: true },
    { pattern: { constructor: [{ exists: true }] }, matches: false },
  ];
  it.each(cases)('$pattern: $matches', ({ pattern, matches }) => {
    expect(matchesPattern(pattern, event)).toBe(matches);
  });
});

describe('the bus', () => {
  it('brings an event of the local ECR to the queue of the rule that matches', async () => {
    const aws = await startLocalAws();
    const credentials = { accessKeyId: '111122223333', secretAccessKey: 'local' };
    const client = new SQSClient({ endpoint: aws.endpoint, region: 'us-east-1', credentials });
    const pushes = await aws.createQueue('pushes');
    const other = await aws.createQueue('other');
    aws.bus.putRule({
      pattern: { source: ['aws.ecr'], detail: { 'action-type': ['PUSH'] } },
      queueUrl: pushes.url,
    });
    aws.bus.putRule({ pattern: { region: ['eu-west-1'] }, queueUrl: other.url });
    aws.bus.putRule({ pattern: {}, queueUrl: pushes.url })();
    const source = { account: '111122223333', region: 'us-east-1' };
    aws.ecr.pushImage(source, { repository: 'team/api', manifest: sampleManifest('one'), tag: 'v1' });
    await aws.bus.settled();

    const bodies = async (QueueUrl: string): Promise<unknown[]> => {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      return Messages.map(({ Body = '' }): unknown => JSON.parse(Body));
    };
    expect(await bodies(pushes.url)).toMatchObject([{ source: 'aws.ecr', detail: { 'image-tag': 'v1' } }]);
    expect(await bodies(other.url)).toEqual([]);
    client.destroy();
    await aws.stop();
  });

  it('remembers what it could not deliver', async () => {
    const bus = createEventBus(async () => {
      throw new Error('no such queue');
    });
    bus.putRule({ pattern: {}, queueUrl: 'http://127.0.0.1/nowhere' });
    await bus.deliver(event);
    expect(bus.undelivered()).toMatchObject([{ event, error: { message: 'no such queue' } }]);
  });
});
