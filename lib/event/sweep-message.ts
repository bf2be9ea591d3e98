/** What stands in the sweep queue: a repository to compare, or tags to be looked at once more when they have had their time. */

import * as v from 'valibot';
import type { Digest } from '../image/digest.ts';
import type { Registry } from '../image/registry.ts';
import { fault, type Parsed, parsed } from '../parsed.ts';
import * as envelope from './envelope.ts';

/** Times in epoch milliseconds. */
export interface CompareMessage {
  readonly is: 'compare';
  readonly run: string;
  readonly source: Registry;
  readonly repository: string;
  /** Those that are still to be compared. `expectedSince`: older images were never going to be replicated there. */
  readonly destinations: readonly { readonly registry: Registry; readonly expectedSince: number }[];
  /** Older images were pushed before the monitor watched this registry. */
  readonly watchedSince: number;
  /** When it was sent first: how long it has been waiting for what cannot be read. */
  readonly since: number;
  /** How often it was stopped for want of time without getting a destination done. */
  readonly stops: number;
}

export interface ConfirmMessage {
  readonly is: 'confirm';
  readonly source: Registry;
  readonly repository: string;
  readonly destination: Registry;
  /** When the sweep saw them. */
  readonly since: number;
  /** How many a listing of the destination takes: with many tags that is the cheaper look. */
  readonly pages: number;
  readonly tags: readonly { readonly digest: Digest; readonly tag: string; readonly pushedAt: number }[];
}

export type SweepMessage = CompareMessage | ConfirmMessage;

const registry = v.object({ account: envelope.account, region: envelope.region });
const common = {
  version: v.literal(1),
  source: registry,
  repository: envelope.repositoryName,
  since: v.number(),
};

const wire = v.variant('is', [
  v.object({
    ...common,
    is: v.literal('compare'),
    run: v.string(),
    // JSON knows no infinity: a rule that nobody has seen yet is null.
    destinations: v.array(
      v.object({
        registry,
        expectedSince: v.pipe(
          v.nullable(v.number()),
          v.transform((at) => at ?? Number.POSITIVE_INFINITY),
        ),
      }),
    ),
    watchedSince: v.number(),
    stops: v.number(),
  }),
  v.object({
    ...common,
    is: v.literal('confirm'),
    destination: registry,
    pages: v.number(),
    tags: v.array(v.object({ digest: envelope.digest, tag: v.string(), pushedAt: v.number() })),
  }),
]);

export function writeSweepMessage(message: SweepMessage): string {
  return JSON.stringify({ version: 1, ...message });
}

export function parseSweepMessage(body: string): Parsed<SweepMessage> {
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    return fault('the message is not JSON');
  }
  const result = v.safeParse(wire, message);
  if (!result.success) return fault(envelope.faultsOf(result.issues));
  const { version: _, ...read } = result.output;
  return parsed(read);
}

const order = v.object({ registry: v.optional(v.string()), prefix: v.optional(v.string()) });

/** What `sweep` is invoked with: nothing, a registry (`ACCOUNT/REGION`), a prefix of repositories, or both. */
export interface SweepOrder {
  readonly registry?: string;
  readonly prefix?: string;
}

export function parseSweepOrder(event: unknown): Parsed<SweepOrder> {
  const result = v.safeParse(order, event ?? {});
  if (!result.success) return fault(`the order cannot be read: ${envelope.faultsOf(result.issues)}`);
  const { registry: wanted, prefix } = result.output;
  return parsed({
    ...(wanted === undefined || wanted === '' ? {} : { registry: wanted }),
    ...(prefix === undefined || prefix === '' ? {} : { prefix }),
  });
}
