/** A local AWS for demo, tests and benchmarks: ECR, CloudWatch, SQS, SNS, DynamoDB and STS, all on 127.0.0.1. */

import { createAwsClient } from './aws-client.ts';
import { type CloudWatch, createCloudWatch } from './cloudwatch.ts';
import { createEcr, type Ecr, type EcrOptions } from './ecr-model.ts';
import { startEcrServer } from './ecr-server.ts';
import { createEventBus, type EventBus } from './event-bus.ts';
import { startFrontDoor } from './front-door.ts';
import { startLocalQueues } from './local-queues.ts';
import { type Setup, setupOf } from './local-setup.ts';
import { startLocalTable } from './local-table.ts';
import { startStsServer } from './sts-server.ts';

export interface LocalAwsOptions extends Omit<EcrOptions, 'emit' | 'now'> {
  /** Epoch milliseconds; the real time, if nothing is said. */
  readonly now?: () => number;
  /** Of `environment()`, and of the queues, topics and tables that are set up here. */
  readonly account?: string;
  readonly region?: string;
  /** Regions that nobody has enabled: STS does not know any credentials there. */
  readonly disabledRegions?: readonly string[];
}

export interface LocalAws extends Setup {
  readonly ecr: Ecr;
  readonly cloudwatch: CloudWatch;
  /** Gets every event of the ECR; put a rule on it to have them in a queue. */
  readonly bus: EventBus;
  readonly endpoints: Readonly<Record<'ecr' | 'cloudwatch' | 'sqs' | 'sns' | 'dynamodb' | 'sts', string>>;
  /** One endpoint for all of them (`AWS_ENDPOINT_URL`). */
  readonly endpoint: string;
  /** The environment variables with which a process speaks to this AWS. */
  readonly environment: () => Record<string, string>;
  readonly stop: () => Promise<void>;
}

export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const { account = '111122223333', region = 'us-east-1', now = Date.now } = options;
  const client = createAwsClient({ account, region });
  const queues = await startLocalQueues(region);
  const tables = await startLocalTable();
  const sts = await startStsServer({ account, disabledRegions: new Set(options.disabledRegions) });

  const bus = createEventBus(async (queueUrl, body) => {
    await client.askJson(queues.url, 'sqs', 'AmazonSQS.SendMessage', {
      QueueUrl: queueUrl,
      MessageBody: body,
    });
  });
  const ecr = createEcr({ ...options, now, emit: (event) => void bus.deliver(event) });
  const cloudwatch = createCloudWatch(now);
  const server = await startEcrServer({ ecr, cloudwatch, account, region });
  const door = await startFrontDoor(
    new Map([
      ['ecr', server.url],
      ['monitoring', server.url],
      ['sqs', queues.url],
      ['sns', queues.url],
      ['dynamodb', tables.url],
      ['sts', sts.url],
    ]),
  );

  const endpoints = {
    ecr: server.url,
    cloudwatch: server.url,
    sqs: queues.url,
    sns: queues.url,
    dynamodb: tables.url,
    sts: sts.url,
  };
  return {
    ...setupOf(client, endpoints, region),
    ecr,
    cloudwatch,
    bus,
    endpoints,
    endpoint: door.url,
    environment: () => ({
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: account,
      AWS_SECRET_ACCESS_KEY: 'local',
      ...Object.fromEntries(
        Object.entries(endpoints).map(([service, url]) => [`AWS_ENDPOINT_URL_${service.toUpperCase()}`, url]),
      ),
    }),
    stop: async () => {
      await door.stop();
      await server.stop();
      await bus.settled();
      client.close();
      await Promise.all([queues.stop(), tables.stop(), sts.stop()]);
    },
  };
}
