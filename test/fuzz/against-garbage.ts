// What the properties about an AWS that answers garbage have in common: the AWS, what goes wrong, whose fault a fault is.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { source } from '../samples.ts';
import { type Mishap, mishap } from './garbage.ts';
import { type Exchange, type GarbageAws, startGarbageAws } from './garbage-aws.ts';

/** An AWS for the tests of one file, which the SDK speaks to. */
export function useGarbageAws(): () => GarbageAws {
  let aws: GarbageAws | undefined;
  beforeAll(async () => {
    aws = await startGarbageAws();
    for (const [name, value] of Object.entries({
      AWS_ENDPOINT_URL: aws.url,
      AWS_REGION: source.region,
      AWS_ACCESS_KEY_ID: source.account,
      AWS_SECRET_ACCESS_KEY: 'local',
    }))
      vi.stubEnv(name, value);
    // The SDK draws its pauses between tries: none here.
    vi.spyOn(Math, 'random').mockReturnValue(0);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    await aws?.stop();
  });
  return () => {
    if (aws === undefined) throw new Error('it is not started yet');
    return aws;
  };
}

/** One mishap for each operation, by `service.operation`. */
export function mishapsOf(names: readonly string[]): fc.Arbitrary<ReadonlyMap<string, Mishap>> {
  return fc
    .tuple(...names.map(() => mishap))
    .map((drawn) => new Map(names.map((name, at) => [name, drawn[at] ?? { is: 'well' }])));
}

/** The same, but that all goes well except for one operation or two: what the others would hide is seen. */
export function fewMishapsOf(names: readonly string[]): fc.Arbitrary<ReadonlyMap<string, Mishap>> {
  const some = fc.subarray([...names], { minLength: 1, maxLength: 2 });
  return some.chain((chosen) => mishapsOf(chosen));
}

/** A fault that the adapter or the SDK puts into words; what our own code trips over has no words for it. */
export function expectTheirs(fault: unknown): void {
  if (!(fault instanceof Error)) throw new Error(`thrown is no error: ${String(fault)}`);
  const [, first = ''] = (fault.stack ?? '').split('\n    at ');
  const ours = /\/lib\/(?!local\/)/.test(first) && !first.includes('node_modules');
  const tripped = ['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'].includes(fault.name);
  expect(ours && tripped ? fault.stack : undefined).toBeUndefined();
  expectNoStumble(fault.message);
}

/** The same of a fault that is only told: in a log, or in one error for several. */
export function expectNoStumble(text: string): void {
  // What trips the SDK itself, it says so.
  const own = text.replaceAll(/[^;]*Deserialization error: to see the raw response[^;]*/g, '');
  expect(own).not.toMatch(
    /Cannot (?:read|set|convert|destructure|mix)|is not (?:a function|iterable|defined|an object)|Invalid time value|Maximum call stack/,
  );
}

export function bodyOf(answer: Exchange['answer']): unknown {
  try {
    return JSON.parse(answer?.body ?? 'null');
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
