/** A chat message that is a title and a list, for what is told once and is no conversation. */

import { fingerprint } from '../incident/incident.ts';
import { characters, chatDescriptionLimit, chatTitleLimit, cut, linesWithin } from './limits.ts';
import { count } from './words.ts';

export interface ChatList {
  readonly kind: 'backfill' | 'configuration';
  readonly region: string;
  readonly title: string;
  readonly rows: readonly string[];
  readonly steps?: readonly string[];
  /** The same for messages that belong together. */
  readonly thread: string;
  readonly context: Readonly<Record<string, string>>;
}

/** Amazon Q Developer in chat applications, "Custom notifications"; described in docs/chat.schema.json. */
export function chatList({ kind, region, title, rows, steps = [], thread, context }: ChatList): object {
  const shown = linesWithin(
    rows.map((row) => `- ${row}`),
    chatDescriptionLimit,
    (left) => `- … and ${count(left, 'more line')}; the e-mail has them`,
  );
  return {
    version: '1.0',
    source: 'custom',
    content: {
      textType: 'client-markdown',
      title: cut(title, chatTitleLimit, ' …', characters),
      description: shown.join('\n'),
      ...(steps.length === 0 ? {} : { nextSteps: steps }),
      keywords: ['ecr-replication', kind, region],
    },
    metadata: {
      threadId: fingerprint(thread),
      summary: cut(title, chatTitleLimit, ' …', characters),
      eventType: `ecr-replication-${kind}`,
      additionalContext: context,
    },
  };
}
