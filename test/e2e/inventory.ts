/** Everything of the kinds that the stacks make, in one account and Region, by name: to compare before and after. */

import * as v from 'valibot';
import type { Registry } from '../../lib/image/registry.ts';
import type { Aws } from './aws.ts';

type List = (aws: Aws, at: Registry) => Promise<readonly string[]>;

const lists: Readonly<Record<string, List>> = {
  stack: async (aws, at) => {
    const input = { Action: 'DescribeStacks' };
    return elements(await aws.query(at, 'cloudformation', '2010-05-15', input), 'StackName');
  },
  bucket: async (aws, at) => elements(await aws.rest(at, 's3', '/'), 'Name'),
  function: (aws, at) => rest(aws, at, 'lambda', '/2015-03-31/functions', 'Functions', 'FunctionName'),
  'event source': (aws, at) =>
    rest(aws, at, 'lambda', '/2015-03-31/event-source-mappings', 'EventSourceMappings', 'EventSourceArn'),
  schedule: (aws, at) => rest(aws, at, 'scheduler', '/schedules', 'Schedules', 'Name'),
  queue: (aws, at) => json(aws, at, 'sqs', 'AmazonSQS.ListQueues', 'QueueUrls'),
  topic: async (aws, at) =>
    elements(await aws.query(at, 'sns', '2010-03-31', { Action: 'ListTopics' }), 'TopicArn'),
  subscription: async (aws, at) =>
    elements(await aws.query(at, 'sns', '2010-03-31', { Action: 'ListSubscriptions' }), 'SubscriptionArn'),
  table: (aws, at) => json(aws, at, 'dynamodb', 'DynamoDB_20120810.ListTables', 'TableNames'),
  'event bus': (aws, at) => json(aws, at, 'events', 'AWSEvents.ListEventBuses', 'EventBuses', 'Name'),
  rule: async (aws, at) => {
    const buses = await json(aws, at, 'events', 'AWSEvents.ListEventBuses', 'EventBuses', 'Name');
    const rules = buses.map((EventBusName) =>
      json(aws, at, 'events', 'AWSEvents.ListRules', 'Rules', 'Name', { EventBusName }),
    );
    return (await Promise.all(rules)).flat();
  },
  role: async (aws, at) =>
    elements(await aws.query(at, 'iam', '2010-05-08', { Action: 'ListRoles' }), 'RoleName'),
  key: async (aws, at) => {
    const ids = await json(aws, at, 'kms', 'TrentService.ListKeys', 'Keys', 'KeyId');
    const states = await Promise.all(
      ids.map(async (KeyId) =>
        v.parse(describedKey, await aws.json(at, 'kms', 'TrentService.DescribeKey', { KeyId })),
      ),
    );
    // A key that was removed waits a week before it is gone.
    const kept = states.filter(({ KeyMetadata }) => KeyMetadata.KeyState !== 'PendingDeletion');
    return kept.map(({ KeyMetadata }) => KeyMetadata.KeyId);
  },
  'log group': (aws, at) =>
    json(aws, at, 'logs', 'Logs_20140328.DescribeLogGroups', 'logGroups', 'logGroupName'),
  alarm: async (aws, at) =>
    elements(await aws.query(at, 'monitoring', '2010-08-01', { Action: 'DescribeAlarms' }), 'AlarmName'),
  dashboard: async (aws, at) =>
    elements(await aws.query(at, 'monitoring', '2010-08-01', { Action: 'ListDashboards' }), 'DashboardName'),
};

export const kindsOfResources = Object.keys(lists).length;

/** `queue NAME`, `role NAME` …, sorted. */
export async function inventory(aws: Aws, at: Registry): Promise<readonly string[]> {
  const found = await Promise.all(
    Object.entries(lists).map(async ([kind, list]) => (await list(aws, at)).map((name) => `${kind} ${name}`)),
  );
  return found.flat().sort();
}

const describedKey = v.object({ KeyMetadata: v.object({ KeyId: v.string(), KeyState: v.string() }) });

function elements(xml: string, element: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(([, text = '']) => text);
}

async function json(
  aws: Aws,
  at: Registry,
  service: string,
  target: string,
  list: string,
  name?: string,
  input: object = {},
): Promise<readonly string[]> {
  return namesIn(await aws.json(at, service, target, input), list, name);
}

async function rest(
  aws: Aws,
  at: Registry,
  service: string,
  path: string,
  list: string,
  name: string,
): Promise<readonly string[]> {
  return namesIn(JSON.parse(await aws.rest(at, service, path)), list, name);
}

function namesIn(answer: unknown, list: string, name: string | undefined): readonly string[] {
  const { [list]: found = [] } = v.parse(v.record(v.string(), v.unknown()), answer);
  if (name === undefined) return v.parse(v.array(v.string()), found);
  return v
    .parse(v.array(v.record(v.string(), v.unknown())), found)
    .map((one) => v.parse(v.string(), one[name]));
}
