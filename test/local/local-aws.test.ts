/** The whole local AWS: every service by its own endpoint and through the front door; and that nothing stays open. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateRepositoryCommand, DescribeRegistryCommand, ECRClient } from '@aws-sdk/client-ecr';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalAws, startLocalAws } from '../../lib/local/local-aws.ts';

const region = 'eu-central-1';
const account = '444455556666';
let aws: LocalAws;

beforeAll(async () => {
  aws = await startLocalAws({ region, account });
  await aws.createTable({
    TableName: 'incidents',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
});
afterAll(() => aws.stop());

const ways = [
  {
    way: 'by its own endpoint',
    endpointOf: (service: keyof LocalAws['endpoints']) => aws.endpoints[service],
  },
  { way: 'through the front door', endpointOf: () => aws.endpoint },
];

describe.each(ways)('$way', ({ way, endpointOf }) => {
  const options = (service: keyof LocalAws['endpoints']) => ({
    endpoint: endpointOf(service),
    region,
    credentials: { accessKeyId: account, secretAccessKey: 'local' },
    maxAttempts: 1,
  });

  it('ECR answers', async () => {
    const client = new ECRClient(options('ecr'));
    expect((await client.send(new DescribeRegistryCommand({}))).registryId).toBe(account);
    client.destroy();
  });

  it('an unreachable Region breaks the connection', async () => {
    const end = aws.ecr.faults.place({ region, effect: { is: 'unreachable' } });
    const client = new ECRClient(options('ecr'));
    const repositoryName = 'team/api';
    await expect(client.send(new CreateRepositoryCommand({ repositoryName }))).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
    client.destroy();
    end();
  });

  it('CloudWatch answers', async () => {
    const client = new CloudWatchClient(options('cloudwatch'));
    const MetricData = [{ MetricName: way, Value: 1 }];
    await client.send(new PutMetricDataCommand({ Namespace: 'Test', MetricData }));
    expect(aws.cloudwatch.datapoints(way)).toMatchObject([{ registry: { account, region } }]);
    client.destroy();
  });

  it('DynamoDB answers', async () => {
    const client = new DynamoDBClient(options('dynamodb'));
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(['incidents']);
    const Item = { id: { S: way } };
    await client.send(new PutItemCommand({ TableName: 'incidents', Item }));
    expect((await client.send(new GetItemCommand({ TableName: 'incidents', Key: Item }))).Item).toEqual(Item);
    client.destroy();
  });

  it('SNS brings a message to a queue of SQS, as it was published', async () => {
    const sns = new SNSClient(options('sns'));
    // The URL decides nothing: without this, the SDK connects to wherever it points.
    const sqs = new SQSClient({ ...options('sqs'), useQueueUrlAsEndpoint: false });
    const name = way.replaceAll(' ', '-');
    const queue = await aws.createQueue(name);
    expect(queue).toMatchObject({ url: `${aws.endpoints.sqs}/000000000000/${name}` });
    const TopicArn = await aws.createTopic(name);
    await aws.subscribeQueue(TopicArn, queue.arn);
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'overdue' } };
    await sns.send(new PublishCommand({ TopicArn, Message: 'hello', MessageAttributes }));
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queue.url, MessageAttributeNames: ['All'] }),
    );
    expect(Messages).toMatchObject([
      { Body: 'hello', MessageAttributes: { kind: { StringValue: 'overdue' } } },
    ]);
    sns.destroy();
    sqs.destroy();
  });

  it('a queue made by a stranger has a URL that anybody can use', async () => {
    // As an SDK does by itself: the URL is where it connects.
    const sqs = new SQSClient(options('sqs'));
    const QueueName = `own-${way.length}`;
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName }));
    expect((await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl).toBe(QueueUrl);
    expect(QueueUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/000000000000\/own-\d+$/);
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    expect((await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages).toMatchObject([
      { Body: 'hello' },
    ]);
    sqs.destroy();
  });
});

describe('the front door', () => {
  it('says which services there are', async () => {
    const authorization = 'AWS4-HMAC-SHA256 Credential=x/20261120/us-east-1/lambda/aws4_request, Signature=0';
    const headers = { authorization, connection: 'close' };
    const answer = await fetch(aws.endpoint, { method: 'POST', headers, body: '{}' });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ __type: 'UnknownServiceException' });
  });
});

describe('the queues', () => {
  it('have a dead-letter queue of the given receive count', async () => {
    const { url, dead } = await aws.createQueue('letters', { maxReceiveCount: 1, visibilitySeconds: 0 });
    const credentials = { accessKeyId: account, secretAccessKey: 'local' };
    const sqs = new SQSClient({
      endpoint: aws.endpoints.sqs,
      region,
      credentials,
      useQueueUrlAsEndpoint: false,
    });
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'hello' }));
    const receive = async (QueueUrl: string | undefined) =>
      (await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages?.map(({ Body }) => Body);
    expect([await receive(url), await receive(url), await receive(dead?.url)]).toEqual([
      ['hello'],
      undefined,
      ['hello'],
    ]);
    sqs.destroy();
  });
});

describe('a process', () => {
  const run = promisify(execFile);
  const root = new URL('../..', import.meta.url);
  const aws_ = `import { startLocalAws } from './lib/local/local-aws.ts';`;

  it('that starts and stops it ends by itself', async () => {
    const script = `${aws_}
      const aws = await startLocalAws();
      await aws.createQueue('queue');
      aws.ecr.faults.place({ effect: { is: 'unreachable', how: 'hang' } });
      aws.ecr.faults.place({ effect: { is: 'latency', ms: 3600000 } });
      const authorization = 'AWS4-HMAC-SHA256 Credential=x/20261120/us-east-1/ecr/aws4_request';
      const headers = { authorization, 'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.DescribeRegistry' };
      const hung = [aws.endpoint, aws.endpoints.ecr].map((url) => fetch(url, { method: 'POST', headers, body: '{}' }));
      for (const each of hung) each.catch(() => {});
      while (aws.ecr.calls.count() < 2) await new Promise(setImmediate);
      await aws.stop();
      process.stdout.write('stopped');`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: root,
      timeout: 60_000,
    });
    expect(stdout).toBe('stopped');
  });

  it('needs no more than the environment to speak to it', async () => {
    const script = `
      import { ECRClient, DescribeRegistryCommand } from '@aws-sdk/client-ecr';
      import { SQSClient, ListQueuesCommand } from '@aws-sdk/client-sqs';
      const { registryId } = await new ECRClient({}).send(new DescribeRegistryCommand({}));
      await new SQSClient({}).send(new ListQueuesCommand({}));
      process.stdout.write(registryId);`;
    const { endpoint, environment } = aws;
    const { AWS_REGION = '', AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = environment();
    const door = { AWS_ENDPOINT_URL: endpoint, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
    for (const env of [environment(), door]) {
      const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
        cwd: root,
        env,
        timeout: 60_000,
      });
      expect(stdout).toBe(account);
    }
  });
});
