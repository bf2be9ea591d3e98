/** Values and answers that no documentation speaks of: of the wrong type, huge, deep, cut off, not even JSON. */

import fc from 'fast-check';
import { strangeText } from '../arbitraries.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Keys that mean something to the language, or to nobody. */
const strangeKey = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'length',
  'then',
  '',
  '\u0000',
);

function nested(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`;
}

/** One JSON value of a type that nobody asked for. */
const strangeValue: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, false, 0, -1, 1e308, -1e-9, 9_007_199_254_740_992, '', [], {}),
  strangeText,
  fc.array(strangeText, { maxLength: 3 }),
  fc.dictionary(fc.oneof(strangeKey, fc.string()), fc.jsonValue() as fc.Arbitrary<Json>, { maxKeys: 3 }),
  fc.jsonValue() as fc.Arbitrary<Json>,
  fc.constant('x'.repeat(100_000)),
  fc.constantFrom(10, 1_000).map((depth) => JSON.parse(nested(depth)) as Json),
);

/** What happens to one place of a well-formed value; `at` picks the place. */
export interface Change {
  readonly at: number;
  readonly do:
    | { readonly is: 'leave-out' }
    | { readonly is: 'put'; readonly value: Json }
    | { readonly is: 'add'; readonly key: string; readonly value: Json }
    | { readonly is: 'rename'; readonly key: string }
    | { readonly is: 'repeat' };
}

export const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(1_000),
  do: fc.oneof(
    fc.constant({ is: 'leave-out' as const }),
    fc.record({ is: fc.constant('put' as const), value: strangeValue }),
    fc.record({
      is: fc.constant('add' as const),
      key: fc.oneof(strangeKey, fc.string()),
      value: strangeValue,
    }),
    fc.record({ is: fc.constant('rename' as const), key: strangeKey }),
    fc.constant({ is: 'repeat' as const }),
  ),
});

/** The value with one of its places changed: any key or element at any depth, or all of it. */
export function changed(value: unknown, { at, do: what }: Change): unknown {
  const places = placesIn(value);
  const place = places[at % (places.length + 1)];
  if (place === undefined) return what.is === 'put' ? what.value : value;
  const copy: unknown = structuredClone(value);
  let holder = copy as Record<string, unknown>;
  for (const key of place.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
  const key = place.at(-1) ?? '';
  const held = holder[key];
  switch (what.is) {
    case 'leave-out':
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      break;
    case 'put':
      define(holder, key, what.value);
      break;
    case 'add':
      // JSON has no lists with names in them.
      if (Array.isArray(held) || Array.isArray(holder)) break;
      define(typeof held === 'object' && held !== null ? held : holder, what.key, what.value);
      break;
    case 'rename':
      if (Array.isArray(holder)) break;
      delete holder[key];
      define(holder, what.key, held);
      break;
    case 'repeat':
      define(holder, key, [held, held]);
      break;
  }
  return copy;
}

/** Also `__proto__`, which an assignment would take for the prototype. */
function define(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Documented answers are not deeper; what a change has put in may be. */
const deepest = 8;

function placesIn(value: unknown, depth = 0): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null || depth === deepest) return [];
  return Object.keys(value).flatMap((key) => {
    const inner = placesIn((value as Record<string, unknown>)[key], depth + 1);
    return [[key], ...inner.map((path) => [key, ...path])];
  });
}

/** How one answer goes wrong; `well` leaves it as it is documented. */
export type Mishap =
  | { readonly is: 'well' }
  | { readonly is: 'changed'; readonly changes: readonly Change[] }
  | { readonly is: 'cut'; readonly part: number }
  | { readonly is: 'instead'; readonly status: number; readonly body: string; readonly type: string }
  | { readonly is: 'error'; readonly status: number; readonly name: string; readonly message: string }
  | { readonly is: 'reset' };

const page = '<!DOCTYPE html><html><body><h1>Sign in to the network</h1></body></html>';

export const mishap: fc.Arbitrary<Mishap> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Mishap>({ is: 'well' }) },
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constant('changed' as const),
      changes: fc.array(change, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      is: fc.constant('cut' as const),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      is: fc.constant('instead' as const),
      status: fc.constantFrom(200, 200, 200, 204, 302, 400, 403, 404, 418, 429, 500, 503),
      body: fc.oneof(
        fc.constantFrom(
          '',
          '{}',
          'null',
          '[]',
          '""',
          '0',
          '{',
          page,
          nested(5_000),
          '\ufeff{}',
          'x'.repeat(1_000_000),
        ),
        strangeText,
        strangeValue.map((value) => JSON.stringify(value)),
      ),
      type: fc.constantFrom(
        'application/x-amz-json-1.1',
        'text/html',
        'text/xml',
        'application/octet-stream',
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      is: fc.constant('error' as const),
      status: fc.constantFrom(200, 400, 403, 500, 503),
      name: fc.oneof(
        fc.constantFrom(
          'ImageNotFoundException',
          'RepositoryNotFoundException',
          'AccessDeniedException',
          'ThrottlingException',
          'ConditionalCheckFailedException',
          'constructor',
          '__proto__',
        ),
        fc.string(),
      ),
      message: strangeText,
    }),
  },
  { weight: 1, arbitrary: fc.constant<Mishap>({ is: 'reset' }) },
);
