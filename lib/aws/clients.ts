/** SDK clients: one an account, Region and service, made when first needed and kept with its connections. */

import { createSecureContext, type SecureContext } from 'node:tls';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient, type ECRClientConfig } from '@aws-sdk/client-ecr';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { partitionOf, type Registry, registryKey } from '../image/registry.ts';
import type { ReadRole } from '../setting.ts';

/** How long a Region may stay silent. Three tries of these, and the SDK's own pauses, stay below a minute. */
const connectionTimeoutMs = 2_000;
const requestTimeoutMs = 6_000;

/**
 * The endpoint, the credentials and the hub's own Region are left to the SDK, which reads them from AWS's
 * environment variables (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_ECR …): any emulator can stand in.
 */
const common = () => ({
  retryMode: 'standard',
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: connectionTimeoutMs,
    requestTimeout: requestTimeoutMs,
    // Without this a request that takes too long is only warned about (@smithy/types, NodeHttpHandlerOptions).
    throwOnRequestTimeout: true,
    httpsAgent: { secureContext: trusted() },
  },
});

let trust: SecureContext | undefined;

/** What is trusted, and with which ciphers: Node's defaults, made ready once instead of for every connection. */
function trusted(): SecureContext {
  trust ??= createSecureContext();
  return trust;
}

/**
 * Of a sweep, which has time: when it is throttled it asks less and less often, by a rate that the SDK measures, and
 * leaves what there is to those who are waited for.
 */
const patient = () => ({ ...common(), retryMode: 'adaptive', maxAttempts: 6 });

type AwsCredentialIdentityProvider = Exclude<
  NonNullable<ECRClientConfig['credentials']>,
  { accessKeyId: string }
>;

export type EcrClientFor = (registry: Registry) => ECRClient;

/** Waited for before each call, tries again included: who counts or paces calls does it there. */
export interface Pace {
  /** `command`: of the SDK, such as `DescribeImagesCommand`. */
  readonly beforeCall: (registry: Registry, command: string) => Promise<void>;
  /** A throttled registry is asked less and less often, and left to those who are waited for. */
  readonly patient?: true;
}

/** `home`: whose credentials the process has; `role`: how to become a reader in other accounts. */
export function ecrClients(home: Registry, role: ReadRole | undefined, pace?: Pace): EcrClientFor {
  const clients = new Map<string, ECRClient>();
  return (registry) => {
    const key = registryKey(registry);
    const foreign = role !== undefined && registry.account !== home.account;
    const credentials = foreign ? { credentials: readerOf(home, registry.account, role) } : {};
    const known = clients.get(key);
    if (known !== undefined) return known;
    const patience = pace?.patient ? patient() : common();
    const client = new ECRClient({ ...patience, ...credentials, region: registry.region });
    if (pace !== undefined) {
      // After the middleware that tries again, so that each try passes here.
      client.middlewareStack.add(
        (next, { commandName = '' }) =>
          async (call) => {
            await pace.beforeCall(registry, commandName);
            return next(call);
          },
        { step: 'finalizeRequest', priority: 'low' },
      );
    }
    clients.set(key, client);
    return client;
  };
}

/** Credentials of the reading role in another account; the SDK asks again shortly before they expire. */
function readerOf(home: Registry, account: string, role: ReadRole): AwsCredentialIdentityProvider {
  const sts = new STSClient({ ...common(), region: home.region });
  return async () => {
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: `arn:${partitionOf(home.region)}:iam::${account}:role/${role.name}`,
        RoleSessionName: 'ecr-replication-monitor',
        ExternalId: role.externalId,
      }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
    if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined) {
      throw new Error(`AssumeRole in account ${account} answered without credentials`);
    }
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      ...(Expiration === undefined ? {} : { expiration: Expiration }),
    };
  };
}

/** `region`: where the caller means to work; absent: as the SDK finds it. */
export function stsClient(region?: string): STSClient {
  return new STSClient({ ...common(), ...(region === undefined ? {} : { region }) });
}

export function cloudWatchClient(): CloudWatchClient {
  return new CloudWatchClient(common());
}

export function dynamoDbClient(): DynamoDBClient {
  return new DynamoDBClient(common());
}

export function snsClient(): SNSClient {
  return new SNSClient(common());
}

export function ssmClient(): SSMClient {
  return new SSMClient(common());
}

export function sqsClient(): SQSClient {
  // The queue's URL names it; where to send is the endpoint's business, as for every other service.
  return new SQSClient({ ...common(), useQueueUrlAsEndpoint: false });
}
