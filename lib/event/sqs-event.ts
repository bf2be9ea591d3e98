/** What Lambda hands over from a queue → messages. The event as a whole is Lambda's own; what is in a body is anybody's. */

import * as v from 'valibot';
import type { Registry } from '../image/registry.ts';
import { fault, type Parsed, parsed } from '../parsed.ts';
import * as envelope from './envelope.ts';
import { readWaitingFor, waitingForAttribute } from './waiting-for.ts';

interface SqsMessage {
  readonly messageId: string;
  readonly body: string;
  readonly waitingFor?: readonly Registry[];
}

const attribute = v.fallback(v.optional(v.object({ stringValue: v.optional(v.string()) })), undefined);

// Lambda Developer Guide, "Using Lambda with Amazon SQS": without its id a message can be neither kept nor let go.
const wire = v.object({
  Records: v.array(
    v.object({
      messageId: v.string(),
      body: v.fallback(v.string(), ''),
      messageAttributes: v.fallback(v.optional(v.object({ [waitingForAttribute]: attribute })), undefined),
    }),
  ),
});

export function parseSqsEvent(event: unknown): Parsed<readonly SqsMessage[]> {
  const result = v.safeParse(wire, event);
  if (!result.success) return fault(`not an event of a queue: ${envelope.faultsOf(result.issues)}`);
  return parsed(
    result.output.Records.map(({ messageId, body, messageAttributes }) => {
      const waitingFor = readWaitingFor(messageAttributes?.[waitingForAttribute]?.stringValue);
      return { messageId, body, ...(waitingFor === undefined ? {} : { waitingFor }) };
    }),
  );
}
