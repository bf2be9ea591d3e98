/** What a local service answers to one call, before any protocol: carried out, refused, or not answered at all. */

import type { Registry } from '../image/registry.ts';

export type Answer =
  | { readonly is: 'ok'; readonly latencyMs: number; readonly body: object }
  | {
      readonly is: 'error';
      readonly latencyMs: number;
      readonly name: string;
      readonly message: string;
      readonly status: number;
      /** The name that the same error has in the query protocol, for services that moved from it to JSON. */
      readonly queryName?: string;
    }
  | { readonly is: 'unanswered'; readonly latencyMs: number; readonly how: 'reset' | 'hang' };

/** A service as a function: who calls, what, with which input. Never throws. */
export type Service = (caller: Registry, operation: string, input: unknown) => Answer;
