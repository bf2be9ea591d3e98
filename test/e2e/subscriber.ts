/** Who is told: a queue and an HTTP server, subscribed to the topic as a team would subscribe them, and a stand-in for Slack. */

import { createServer, type IncomingMessage } from 'node:http';
import * as v from 'valibot';
import type { Registry } from '../../lib/image/registry.ts';
import { listen } from '../../lib/local/listen.ts';
import { type Aws, send } from './aws.ts';
import { until } from './until.ts';

/** What of a message is asked about here: a notice, whose whole is in docs/notice.schema.json, or an alarm. */
const message = v.looseObject({
  type: v.optional(v.string(), 'alarm'),
  status: v.optional(v.string()),
  kind: v.optional(v.string()),
  // A headline, or, of a change of the rules, one for each destination.
  summary: v.optional(v.union([v.string(), v.array(v.string())])),
  incidents: v.optional(
    v.array(
      v.looseObject({
        repository: v.string(),
        destination: v.object({ account: v.string(), region: v.string() }),
      }),
    ),
    [],
  ),
});

export type Told = v.InferOutput<typeof message>;

export interface Subscribers {
  readonly slackUrl: string;
  readonly subscribe: (topicArn: string) => Promise<void>;
  /** What came to the queue, oldest first; reads what is new. */
  readonly byQueue: () => Promise<readonly Told[]>;
  readonly byHttp: () => readonly Told[];
  /** The bodies of what was posted to Slack. */
  readonly bySlack: () => readonly string[];
  /** Removes the queue and stops the server; the topic's subscriptions go with the topic. */
  readonly leave: () => Promise<void>;
}

const version = '2010-03-31';
const queueName = 'e2e-subscriber';
const created = v.object({ QueueUrl: v.string() });
const received = v.object({
  Messages: v.optional(v.array(v.object({ Body: v.string(), ReceiptHandle: v.string() })), []),
});
const delivery = v.object({
  Type: v.string(),
  Message: v.string(),
  SubscribeURL: v.optional(v.string()),
});

export async function openSubscribers(aws: Aws, at: Registry): Promise<Subscribers> {
  const queueArn = `arn:aws:sqs:${at.region}:${at.account}:${queueName}`;
  const queued: Told[] = [];
  const posted: Told[] = [];
  const slack: string[] = [];
  let queueUrl: string | undefined;
  let confirmed = false;

  async function take(request: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    if (request.url === '/slack') {
      slack.push(body);
      return;
    }
    const { Type, Message, SubscribeURL } = v.parse(delivery, JSON.parse(body));
    if (Type === 'Notification') posted.push(v.parse(message, JSON.parse(Message)));
    // Whoever visits the address confirms (SNS Developer Guide, "Confirming the subscription").
    else if (SubscribeURL !== undefined) {
      confirmed = (await send(SubscribeURL, { method: 'GET', headers: {}, body: '' })).status === 200;
    }
  }

  const http = await listen(
    createServer((request, response) => {
      take(request).then(
        () => response.end('ok'),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    }),
  );

  return {
    slackUrl: `${http.url}/slack`,
    subscribe: async (topicArn) => {
      const Policy = JSON.stringify(mayBeFilledBy(topicArn, queueArn));
      const input = { QueueName: queueName, Attributes: { Policy } };
      queueUrl = v.parse(created, await aws.json(at, 'sqs', 'AmazonSQS.CreateQueue', input)).QueueUrl;
      const topic = { Action: 'Subscribe', TopicArn: topicArn };
      const raw = { 'Attributes.entry.1.key': 'RawMessageDelivery', 'Attributes.entry.1.value': 'true' };
      await aws.query(at, 'sns', version, { ...topic, Protocol: 'sqs', Endpoint: queueArn, ...raw });
      await aws.query(at, 'sns', version, { ...topic, Protocol: 'http', Endpoint: `${http.url}/sns` });
      await until('the HTTP subscriber is confirmed', 20, () => confirmed || undefined);
    },
    byQueue: async () => {
      const asked = { QueueUrl: queueUrl, MaxNumberOfMessages: 10 };
      const answer = await aws.json(at, 'sqs', 'AmazonSQS.ReceiveMessage', asked);
      for (const { Body, ReceiptHandle } of v.parse(received, answer).Messages) {
        queued.push(v.parse(message, JSON.parse(Body)));
        await aws.json(at, 'sqs', 'AmazonSQS.DeleteMessage', { QueueUrl: queueUrl, ReceiptHandle });
      }
      return queued;
    },
    byHttp: () => posted,
    bySlack: () => slack,
    leave: async () => {
      await http.stop();
      const left = queueUrl;
      queueUrl = undefined;
      if (left !== undefined) await aws.json(at, 'sqs', 'AmazonSQS.DeleteQueue', { QueueUrl: left });
    },
  };
}

function mayBeFilledBy(topicArn: string, queueArn: string): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
      },
    ],
  };
}
