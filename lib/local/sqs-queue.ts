/** A queue as an event source reads it, through the real SDK, and its messages as Lambda hands them on. */

import {
  DeleteMessageBatchCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSMessageAttribute, SQSRecord } from 'aws-lambda';

export interface Queue {
  /** At most `most`, 10 or fewer; waits up to `waitSeconds` for the first. */
  readonly receive: (most: number, waitSeconds: number) => Promise<readonly SQSRecord[]>;
  readonly delete: (records: readonly SQSRecord[]) => Promise<void>;
}

/** `url`: the client must be made with `useQueueUrlAsEndpoint: false`, or the URL decides where it connects. */
export function sqsQueue(client: SQSClient, { url, arn }: { url: string; arn: string }): Queue {
  return {
    receive: async (most, waitSeconds) => {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: most,
          WaitTimeSeconds: waitSeconds,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        }),
      );
      return Messages.map((message) => recordOf(message, arn));
    },

    delete: async (records) => {
      for (let from = 0; from < records.length; from += 10) {
        const entries = records.slice(from, from + 10);
        const { Failed = [] } = await client.send(
          new DeleteMessageBatchCommand({
            QueueUrl: url,
            Entries: entries.map(({ receiptHandle }, at) => ({
              Id: String(at),
              ReceiptHandle: receiptHandle,
            })),
          }),
        );
        if (Failed.length > 0) throw new Error(`${Failed.length} messages of ${url} could not be deleted`);
      }
    },
  };
}

/** AWS Lambda Developer Guide, "Using Lambda with Amazon SQS": the record of an event, in its lower camel case. */
export function recordOf(message: Message, arn: string): SQSRecord {
  const { MessageId = '', ReceiptHandle = '', Body = '', MD5OfBody = '', Attributes = {} } = message;
  const { SentTimestamp = '0', ApproximateReceiveCount = '1', SenderId = '' } = Attributes;
  const { MD5OfMessageAttributes: md5 } = message;
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: {
      ...Attributes,
      ApproximateReceiveCount,
      SentTimestamp,
      SenderId,
      ApproximateFirstReceiveTimestamp: Attributes.ApproximateFirstReceiveTimestamp ?? SentTimestamp,
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, attributeOf(value)]),
    ),
    md5OfBody: MD5OfBody,
    ...(md5 === undefined ? {} : { md5OfMessageAttributes: md5 }),
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: arn.split(':')[3] ?? '',
  };
}

function attributeOf({
  StringValue,
  BinaryValue,
  DataType = 'String',
}: MessageAttributeValue): SQSMessageAttribute {
  return {
    ...(StringValue === undefined ? {} : { stringValue: StringValue }),
    ...(BinaryValue === undefined ? {} : { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType,
  };
}
