/** What a story needs before it begins: queues, topics, subscriptions and tables in the local AWS. */

import * as v from 'valibot';
import type { AwsClient } from './aws-client.ts';

interface QueueSetup {
  /** With a dead-letter queue `NAME-dead`, after so many receives. */
  readonly maxReceiveCount?: number;
  readonly visibilitySeconds?: number;
  readonly delaySeconds?: number;
}

export interface QueueNames {
  readonly url: string;
  readonly arn: string;
}

export interface Setup {
  readonly createQueue: (
    name: string,
    setup?: QueueSetup,
  ) => Promise<QueueNames & { readonly dead?: QueueNames }>;
  /** Answers the topic's ARN. */
  readonly createTopic: (name: string) => Promise<string>;
  /** Messages of the topic reach the queue as they were published (raw delivery). Answers the subscription's ARN. */
  readonly subscribeQueue: (topicArn: string, queueArn: string) => Promise<string>;
  /** `input`: as for DynamoDB's CreateTable. */
  readonly createTable: (input: object) => Promise<void>;
}

const created = v.object({ QueueUrl: v.string() });

export function setupOf(
  client: AwsClient,
  endpoints: { readonly sqs: string; readonly sns: string; readonly dynamodb: string },
  region: string,
): Setup {
  async function makeQueue(name: string, attributes: Record<string, string>): Promise<QueueNames> {
    const input = { QueueName: name, Attributes: attributes };
    const answer = await client.askJson(endpoints.sqs, 'sqs', 'AmazonSQS.CreateQueue', input);
    const { QueueUrl: url } = v.parse(created, answer);
    // fauxqs has one account for all queues and topics.
    return { url, arn: `arn:aws:sqs:${region}:000000000000:${name}` };
  }

  return {
    createQueue: async (name, { maxReceiveCount, visibilitySeconds = 30, delaySeconds = 0 } = {}) => {
      const attributes = { VisibilityTimeout: String(visibilitySeconds), DelaySeconds: String(delaySeconds) };
      if (maxReceiveCount === undefined) return makeQueue(name, attributes);
      const dead = await makeQueue(`${name}-dead`, {});
      const redrive = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount });
      return { ...(await makeQueue(name, { ...attributes, RedrivePolicy: redrive })), dead };
    },

    createTopic: async (name) =>
      textOf('TopicArn', await client.askQuery(endpoints.sns, 'sns', { Action: 'CreateTopic', Name: name })),

    subscribeQueue: async (topicArn, queueArn) => {
      const answer = await client.askQuery(endpoints.sns, 'sns', {
        Action: 'Subscribe',
        TopicArn: topicArn,
        Protocol: 'sqs',
        Endpoint: queueArn,
        'Attributes.entry.1.key': 'RawMessageDelivery',
        'Attributes.entry.1.value': 'true',
      });
      return textOf('SubscriptionArn', answer);
    },

    createTable: async (input) => {
      await client.askJson(endpoints.dynamodb, 'dynamodb', 'DynamoDB_20120810.CreateTable', input);
    },
  };
}

function textOf(element: string, xml: string): string {
  const [, text] = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml) ?? [];
  if (text === undefined) throw new Error(`no ${element} in the answer of SNS: ${xml}`);
  return text;
}
