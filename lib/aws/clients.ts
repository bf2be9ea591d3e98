/** SDK clients: one an account, Region and service, made when first needed and kept with its connections. */

import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Registry, registryKey } from '../image/registry.ts';

/** How long a Region may stay silent. Three tries of these, and the SDK's own pauses, stay below a minute. */
const connectionTimeoutMs = 2_000;
const requestTimeoutMs = 6_000;

/**
 * The endpoint, the credentials and the hub's own Region are left to the SDK, which reads them from AWS's
 * environment variables (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_ECR …): any emulator can stand in.
 */
const common = {
  retryMode: 'standard',
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: connectionTimeoutMs,
    requestTimeout: requestTimeoutMs,
    // Without this a request that takes too long is only warned about (@smithy/types, NodeHttpHandlerOptions).
    throwOnRequestTimeout: true,
  },
};

export type EcrClientFor = (registry: Registry) => ECRClient;

export function ecrClients(): EcrClientFor {
  const clients = new Map<string, ECRClient>();
  return (registry) => {
    const key = registryKey(registry);
    const client = clients.get(key) ?? new ECRClient({ ...common, region: registry.region });
    clients.set(key, client);
    return client;
  };
}

export function cloudWatchClient(): CloudWatchClient {
  return new CloudWatchClient(common);
}

export function dynamoDbClient(): DynamoDBClient {
  return new DynamoDBClient(common);
}

export function snsClient(): SNSClient {
  return new SNSClient(common);
}

export function sqsClient(): SQSClient {
  // The queue's URL names it; where to send is the endpoint's business, as for every other service.
  return new SQSClient({ ...common, useQueueUrlAsEndpoint: false });
}
