/** SNS: one publication with a text for each protocol. */

import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Publication } from '../ports.ts';

export async function publish(client: SNSClient, topicArn: string, publication: Publication): Promise<void> {
  const { subject, texts, attributes } = publication;
  await client.send(
    new PublishCommand({
      TopicArn: topicArn,
      Subject: subject,
      // SNS Developer Guide, "Publishing custom messages for each protocol": `default` serves whoever is not named.
      MessageStructure: 'json',
      Message: JSON.stringify(texts),
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
      ),
    }),
  );
}
