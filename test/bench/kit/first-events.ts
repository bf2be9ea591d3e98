/** What each function gets for its first event, and the calls that it makes for it when all is well. */

import { sampleEvent, sqsEvent } from '../../functions/bundle.ts';

export type Service = 'ecr' | 'cloudwatch' | 'dynamodb' | 'sns' | 'sqs' | 'ssm' | 'sts';

export interface Call {
  readonly service: Service;
  readonly operation: string;
  readonly input: object;
  /** The function's own, if nothing is said. */
  readonly region?: string;
}

export interface FirstEvent {
  readonly event: object;
  /** Services that its bundle has a client for. */
  readonly clients: readonly Service[];
  readonly calls: readonly Call[];
}

const digest = 'sha256:bd8e8b11721492876c48dd0463d6da3e346147def54b0711bbb692c6977d024c';

const readRules: Call = { service: 'ecr', operation: 'DescribeRegistry', input: {} };
const readImages: Call = {
  service: 'ecr',
  operation: 'DescribeImages',
  region: 'eu-west-1',
  input: {
    registryId: '111122223333',
    repositoryName: 'prod-api',
    imageIds: [{ imageDigest: digest }],
    filter: { imageStatus: 'ANY' },
  },
};
const putMetrics: Call = {
  service: 'cloudwatch',
  operation: 'PutMetricData',
  input: { Namespace: 'ECR/ReplicationMonitor', MetricData: [{ MetricName: 'Heartbeat', Value: 1 }] },
};
const key = (pk: string, sk: string): object => ({ pk: { S: pk }, sk: { S: sk } });
const getIncident: Call = {
  service: 'dynamodb',
  operation: 'BatchGetItem',
  input: { RequestItems: { incidents: { Keys: [key('incident none', 'incident')], ConsistentRead: true } } },
};
const getRules: Call = {
  service: 'dynamodb',
  operation: 'GetItem',
  input: { TableName: 'incidents', Key: key('rules', 'none') },
};
const putRules: Call = {
  service: 'dynamodb',
  operation: 'PutItem',
  input: { TableName: 'incidents', Item: key('rules', 'bench') },
};
const query: Call = {
  service: 'dynamodb',
  operation: 'Query',
  input: {
    TableName: 'incidents',
    KeyConditionExpression: 'pk = :partition',
    ExpressionAttributeValues: { ':partition': { S: 'groups' } },
  },
};
const listBackfills: Call = { service: 'ecr', operation: 'ListReplicationBackfills', input: {} };
const readRepositories: Call = { service: 'ecr', operation: 'DescribeRepositories', input: {} };

/** `topicArn`: where `config-watch` publishes; `queueUrl`: where `sweep` sends repositories to. */
export async function firstEvents(
  topicArn: string,
  queueUrl: string,
): Promise<Readonly<Record<string, FirstEvent>>> {
  const sendRepositories: Call = {
    service: 'sqs',
    operation: 'SendMessageBatch',
    input: { QueueUrl: queueUrl, Entries: [{ Id: '0', MessageBody: '{}' }] },
  };
  const publish: Call = {
    service: 'sns',
    operation: 'Publish',
    input: { TopicArn: topicArn, Message: 'changed' },
  };
  const sweeping: readonly Service[] = ['ecr', 'cloudwatch', 'dynamodb', 'sqs', 'sts'];
  const settling: readonly Service[] = ['ecr', 'cloudwatch', 'dynamodb', 'sns', 'sqs', 'sts'];
  return {
    'image-action': {
      event: sqsEvent(await sampleEvent('image-action-push.json', 20)),
      clients: settling,
      calls: [readRules, readImages, putMetrics],
    },
    'replication-action': {
      event: sqsEvent(await sampleEvent('replication-action-success.json', 20)),
      clients: settling,
      calls: [readRules, readImages, getIncident],
    },
    'follow-up': {
      event: {},
      clients: ['ecr', 'cloudwatch', 'dynamodb', 'sns', 'sts'],
      calls: [query, getRules, readRules, query, query, query, query, query, query, putMetrics],
    },
    'config-watch': {
      event: await sampleEvent('registry-change-rules.json', 20),
      clients: ['ecr', 'dynamodb', 'sns', 'sts'],
      calls: [getRules, readRules, putRules, query, query, readRepositories, publish, putRules],
    },
    sweep: {
      event: {},
      clients: sweeping,
      calls: [readRules, readRepositories, query, putRules, putRules, sendRepositories, putMetrics],
    },
    // What it is sent is the secret of `sweep`.
    'sweep-repository': { event: { Records: [] }, clients: sweeping, calls: [] },
    backfill: {
      event: {},
      clients: ['ecr', 'cloudwatch', 'dynamodb', 'sns', 'sts'],
      calls: [listBackfills, query, putRules],
    },
    // What it does with a notice leaves this machine.
    slack: { event: { Records: [] }, clients: ['ssm'], calls: [] },
  };
}
