/** SNS: one publication with a text for each protocol, to every topic that it is for. */

import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Ports, Publication } from '../ports.ts';
import { answered, published } from './answer.ts';

/**
 * Publishes to each topic that `topicsFor` names, and throws when one of them did not take it: then it is sent again.
 * What a topic has taken is remembered meanwhile, so that one broken topic does not make the others repeat themselves.
 */
export function publisher(
  client: () => Pick<SNSClient, 'send'>,
  topicsFor: (publication: Publication) => readonly string[],
): Ports['publish'] {
  const taken = new Map<string, Set<string>>();
  return async (publication) => {
    const { id } = publication;
    const takers = (id === undefined ? undefined : taken.get(id)) ?? new Set();
    const topics = topicsFor(publication).filter((topic) => !takers.has(topic));
    const results = await Promise.allSettled(topics.map((topic) => publish(client(), topic, publication)));
    const faults: string[] = [];
    for (const [index, topic] of topics.entries()) {
      const result = results[index];
      if (result?.status === 'rejected') faults.push(`${topic}: ${String(result.reason)}`);
      else takers.add(topic);
    }
    if (id !== undefined) {
      if (faults.length > 0) taken.set(id, takers);
      else taken.delete(id);
    }
    if (faults.length > 0) throw new Error(`not taken by every topic: ${faults.join('; ')}`);
  };
}

async function publish(
  client: Pick<SNSClient, 'send'>,
  topicArn: string,
  publication: Publication,
): Promise<void> {
  const { subject, texts, attributes } = publication;
  const answer = await client.send(
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
  answered('Publish', published, answer);
}
