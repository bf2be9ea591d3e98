/** Pages as the SDK's paginators give them, parsed one by one. */

import type * as v from 'valibot';
import { answered } from './answer.ts';

interface Page {
  readonly nextToken?: string | undefined;
}

/** Throws at what is not as documented, and at a page that leads back to itself: it would be read for ever. */
export async function* answeredPages<T extends Page>(
  call: string,
  schema: v.GenericSchema<unknown, T>,
  pages: AsyncIterable<unknown>,
): AsyncIterable<T> {
  let last: string | undefined;
  for await (const page of pages) {
    const answer = answered(call, schema, page);
    if (answer.nextToken !== undefined && answer.nextToken === last)
      throw new Error(`${call} answered the same page twice`);
    last = answer.nextToken;
    yield answer;
  }
}
