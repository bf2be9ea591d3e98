/** Reading the input of an ECR operation, with the errors that ECR has for a bad one; opaque tokens for paging. */

import * as v from 'valibot';
import type { Registry } from '../image/registry.ts';
import { registryKey } from '../image/registry.ts';
import { EcrError, invalidParameter } from './ecr-error.ts';
import type { EcrState } from './ecr-state.ts';
import { firstPosition, type Page, type Position } from './shelf.ts';

/** An operation answers its output as it goes on the wire (dates in epoch seconds) or throws an EcrError. */
export type Operation = (state: EcrState, registry: Registry, input: unknown) => object;
export type Operations = Readonly<Record<string, Operation>>;

const text = v.optional(v.string());
export const imageId = v.object({ imageDigest: text, imageTag: text });
export const paging = { maxResults: v.optional(v.number()), nextToken: text };

/** A missing member is ECR's InvalidParameterException, one of a wrong type the protocol's SerializationException. */
export function parseInput<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const { success, output, issues } = v.safeParse(schema, input);
  if (success) return output;
  const [issue] = issues;
  const path = issue.path?.map((item) => String(item.key)).join('.') ?? 'input';
  if (issue.input === undefined) throw invalidParameter(path, 'Member must not be null');
  if (issue.type === 'picklist') throw invalidParameter(path, `Member must satisfy enum value set`);
  throw new EcrError('SerializationException', `${path} is not ${issue.expected ?? 'as expected'}`);
}

/** At most 100 ids, at least one, each with a digest or a tag. */
export function checkImageIds(ids: readonly v.InferOutput<typeof imageId>[]): void {
  if (ids.length > 100) {
    throw invalidParameter('imageIds', 'Member must have length less than or equal to 100');
  }
  if (ids.length === 0) {
    throw invalidParameter('imageIds', 'Member must have length greater than or equal to 1');
  }
}

/** Reads one page; `scope` binds a token to what it was made for, so that one of another listing is invalid. */
export function readPage<E>(
  request: { maxResults?: number | undefined; nextToken?: string | undefined },
  scope: string,
  read: (from: Position, limit: number) => Page<E>,
): { entries: readonly E[]; nextToken?: string } {
  const { maxResults: limit = 100, nextToken } = request;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw invalidParameter('maxResults', 'Member must be between 1 and 1000');
  }
  const from = nextToken === undefined ? firstPosition : positionOf(nextToken, scope);
  const { entries, next } = read(from, limit);
  return { entries, ...(next === undefined ? {} : { nextToken: tokenOf(next, scope) }) };
}

/** What a token of an operation is bound to. */
export function scopeOf(operation: string, registry: Registry, repository = ''): string {
  return `${operation} ${registryKey(registry)} ${repository}`;
}

function tokenOf({ slot, entry }: Position, scope: string): string {
  return Buffer.from(`${slot} ${entry} ${scope}`).toString('base64');
}

function positionOf(token: string, scope: string): Position {
  const [slot, entry] = Buffer.from(token, 'base64').toString('utf8').split(' ').map(Number);
  const position = { slot: slot ?? 0, entry: entry ?? 0 };
  // Ours, and for this listing, is only what would be written the same again.
  if (tokenOf(position, scope) !== token) throw invalidParameter('nextToken', 'Token is invalid');
  return position;
}

/** AWS JSON 1.1 writes times as epoch seconds, with a fraction. */
export function seconds(at: number): number {
  return at / 1000;
}
