// What AWS asks IAM about a call: actions, resources and context ("Actions, resources, and condition keys", by service).
import type { Request } from '../template/simulate.ts';

export interface Call {
  readonly service: string;
  readonly region: string;
  /** Whose credentials it is signed with. */
  readonly account: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Everything that must be allowed for the call to be made, in the order in which it is asked. */
export function requestsOf(call: Call): readonly Request[] {
  switch (call.service) {
    case 'ecr':
      return requestsOfEcr(call);
    case 'dynamodb':
      return requestsOfDynamoDb(call);
    case 'sns':
      return requestsOfSns(call);
    case 'sqs':
      return requestsOfSqs(call);
    case 'monitoring': {
      const context = { 'cloudwatch:namespace': text(call, 'Namespace') };
      return [{ action: `cloudwatch:${call.operation}`, resource: '*', context }];
    }
    case 'sts':
      return [assuming(call)];
    case 'ssm':
      return requestsOfSsm(call);
    default:
      throw new Error(`what IAM is asked about ${call.service} is not known: teach this file`);
  }
}

function requestsOfEcr(call: Call): readonly Request[] {
  const { region, account, operation, input } = call;
  const action = `ecr:${operation}`;
  const named = input['repositoryName'] ?? input['repositoryNames'];
  // What speaks of a registry as a whole names no resource; a list of repositories is of all of them.
  if (named === undefined && operation !== 'DescribeRepositories') return [{ action, resource: '*' }];
  const names = named ?? '*';
  const owner = input['registryId'] ?? account;
  return (Array.isArray(names) ? names : [names]).map((name) => ({
    action,
    resource: `arn:aws:ecr:${region}:${owner}:repository/${name}`,
  }));
}

function requestsOfDynamoDb({ region, account, operation, input }: Call): readonly Request[] {
  const tables = input['RequestItems'];
  const names = typeof tables === 'object' && tables !== null ? Object.keys(tables) : [input['TableName']];
  const index = input['IndexName'] === undefined ? '' : `/index/${input['IndexName']}`;
  return names.map((name) => ({
    action: `dynamodb:${operation}`,
    resource: `arn:aws:dynamodb:${region}:${account}:table/${name}${index}`,
  }));
}

/** SNS Developer Guide, "Managing Amazon SNS encryption keys and costs": the publisher needs the topic's key. */
function requestsOfSns(call: Call): readonly Request[] {
  const topic = text(call, 'TopicArn');
  const key = keyOf(topic);
  const context = { 'kms:ViaService': `sns.${call.region}.amazonaws.com` };
  return [
    { action: `sns:${call.operation}`, resource: topic },
    { action: 'kms:GenerateDataKey', resource: key, context },
    { action: 'kms:Decrypt', resource: key, context },
  ];
}

/** The stack's own topic has the stack's own key; another topic is a team's, and so is its key. */
function keyOf(topic: string): string {
  const [, , , region = '', account = '', name = ''] = topic.split(':');
  return `arn:aws:kms:${region}:${account}:key/${name === 'AlertTopic' ? 'AlertKey' : `of-${name}`}`;
}

function requestsOfSqs(call: Call): readonly Request[] {
  const name = text(call, 'QueueUrl').split('/').at(-1);
  // IAM knows no action of the batch's own.
  const action = `sqs:${call.operation.replace(/Batch$/, '')}`;
  return [{ action, resource: `arn:aws:sqs:${call.region}:${call.account}:${name}` }];
}

function assuming(call: Call): Request {
  const externalId = call.input['ExternalId'];
  return {
    action: `sts:${call.operation}`,
    resource: text(call, 'RoleArn'),
    ...(externalId === undefined ? {} : { context: { 'sts:ExternalId': String(externalId) } }),
  };
}

/** "AWS KMS encryption for AWS Systems Manager Parameter Store SecureString parameters": SSM decrypts for the caller. */
function requestsOfSsm(call: Call): readonly Request[] {
  const resource = `arn:aws:ssm:${call.region}:${call.account}:parameter${text(call, 'Name')}`;
  const context = {
    'kms:ViaService': `ssm.${call.region}.amazonaws.com`,
    'kms:EncryptionContext:PARAMETER_ARN': resource,
  };
  const key = `arn:aws:kms:${call.region}:${call.account}:key/of-the-parameter`;
  return [
    { action: `ssm:${call.operation}`, resource },
    { action: 'kms:Decrypt', resource: key, context },
  ];
}

function text({ service, operation, input }: Call, key: string): string {
  const value = input[key];
  if (typeof value !== 'string') throw new Error(`${service} ${operation} without ${key}`);
  return value;
}
