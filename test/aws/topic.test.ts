/** Publishing to several topics: sent again only to those that did not take it. */

import type { PublishCommand } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { publicationOf } from '../../lib/alert/publication.ts';
import { publisher } from '../../lib/aws/topic.ts';
import { firing, opened } from '../alert/examples.ts';

const publication = publicationOf(firing(opened('overdue', {})));

/** Topics by name; those in `broken` refuse. */
function topics(names: readonly string[]) {
  const sent: string[] = [];
  const broken = new Set<string>();
  const client = {
    send: async (command: PublishCommand) => {
      const name = command.input.TopicArn ?? '';
      if (broken.has(name)) throw new Error(`NotFound: ${name}`);
      sent.push(name);
      return { MessageId: `of ${name}` };
    },
  };
  return {
    sent,
    broken,
    publish: publisher(
      () => client as never,
      () => names,
    ),
  };
}

describe('a publication', () => {
  it('goes to every topic that it is for', async () => {
    const { sent, publish } = topics(['one', 'two']);
    await publish(publication);
    expect(sent).toEqual(['one', 'two']);
  });

  it('that a topic refuses still reaches the others, and is a fault that names the topic', async () => {
    const { sent, broken, publish } = topics(['one', 'two', 'three']);
    broken.add('two');
    await expect(publish(publication)).rejects.toThrow('not taken by every topic: two: Error: NotFound: two');
    expect(sent).toEqual(['one', 'three']);
  });

  it('when it is sent again goes only to the topics that have not taken it', async () => {
    const { sent, broken, publish } = topics(['one', 'two']);
    broken.add('two');
    await expect(publish(publication)).rejects.toThrow();
    await expect(publish(publication)).rejects.toThrow();
    broken.clear();
    await publish(publication);
    expect(sent).toEqual(['one', 'two']);
  });

  it('that is another one, or has no name, goes to all of them', async () => {
    const { sent, publish } = topics(['one']);
    const { id: _, ...nameless } = publication;
    for (const each of [publication, { ...publication, id: 'another' }, nameless, nameless])
      await publish(each);
    expect(sent).toEqual(['one', 'one', 'one', 'one']);
  });
});
