/** The protocol of the local ECR, and what drives its clock. */

import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { describe, expect, it } from 'vitest';
import type { EcrEvent } from '../../lib/local/ecr-events.ts';
import { createEcr } from '../../lib/local/ecr-model.ts';
import { startEcrServer } from '../../lib/local/ecr-server.ts';
import { sampleManifest } from '../../lib/local/manifest.ts';
import { account, useEcrServer } from './ecr-scene.ts';

const scene = useEcrServer();

describe('the protocol', () => {
  const post = (target: string, body: string) =>
    fetch(scene.url, { method: 'POST', headers: { 'x-amz-target': target, connection: 'close' }, body });
  const ours = 'AmazonEC2ContainerRegistry_V20150921';

  it('refuses an operation and a service that it does not know', async () => {
    await expect(scene.client.send(new GetAuthorizationTokenCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
    for (const target of [`${ours}.constructor`, 'Elsewhere.DescribeImages', '']) {
      expect((await post(target, '{}')).headers.get('x-amzn-errortype')).toBe('UnknownOperationException');
    }
  });

  it('refuses a body that is not JSON, not an object, or of wrong types', async () => {
    for (const body of ['{', '[]', '"x"', '{"repositoryName": 7}', '{"repositoryName":"x","imageIds":"y"}']) {
      const answer = await post(`${ours}.DescribeImages`, body);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ __type: 'SerializationException' });
    }
  });

  it('names a member that is missing', async () => {
    const answer = await post(`${ours}.DescribeImages`, '{}');
    expect(await answer.json()).toEqual({
      __type: 'InvalidParameterException',
      message:
        "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'Member must not be null'",
    });
    expect(answer.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('the driver', () => {
  it('applies what has come due, although nobody calls', async () => {
    const arrived = Promise.withResolvers<EcrEvent>();
    const source = { account, region: 'us-east-1' };
    const live = createEcr({
      now: Date.now,
      delayMs: 20,
      emit: (event) => event['detail-type'] === 'ECR Replication Action' && arrived.resolve(event),
    });
    const rules = [{ destinations: [{ region: 'eu-west-1', registryId: account }] }];
    live.call(source, 'PutReplicationConfiguration', { replicationConfiguration: { rules } });
    const driver = await startEcrServer({ ecr: live, tickEveryMs: 5 });
    live.pushImage(source, { repository: 'team/api', manifest: sampleManifest('one') });
    expect(await arrived.promise).toMatchObject({ region: 'eu-west-1' });
    await driver.stop();
  });
});
