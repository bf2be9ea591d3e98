/** Whatever JSON comes in, the parsers answer with a value, and call nothing ours that has no digest. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Classified } from '../../lib/event/envelope.ts';
import { parseImageAction } from '../../lib/event/image-action.ts';
import { parseRegistryChange, watchedCalls } from '../../lib/event/registry-change.ts';
import { parseReplicationAction } from '../../lib/event/replication-action.ts';
import { isDigest } from '../../lib/image/digest.ts';
import type { Registry } from '../../lib/image/registry.ts';
import { digest, strangeText } from '../arbitraries.ts';
import { changed, sampleEvent } from './sample-events.ts';

interface Image {
  readonly source: Registry;
  readonly repository: string;
  readonly digest: string;
  readonly tag?: string;
}

const parsers: readonly [string, (event: unknown) => Classified<Image>, string][] = [
  ['the parser of image actions', parseImageAction, 'image-action-push'],
  ['the parser of replication actions', parseReplicationAction, 'replication-action-failed'],
];

/** What is said of a value is a short line, and what is ours is well-formed. */
function expectSound(answer: Classified<Image>): void {
  switch (answer.is) {
    case 'ours':
      expect(answer.value.digest).toSatisfy(isDigest);
      expect(answer.value.source.account).toMatch(/^\d{12}$/);
      expect(answer.value.tag).not.toBe('');
      break;
    case 'not-ours':
      expect(answer.why).not.toBe('');
      break;
    case 'unparseable':
      expect(answer.fault).toMatch(/^[^\n]+$/);
      expect(answer.fault.length).toBeLessThan(2_000);
  }
}

const paths = [
  ...[
    'source',
    'detail-type',
    'account',
    'region',
    'time',
    'detail',
    'resources',
    '__proto__',
    'constructor',
  ],
  ...['detail.result', 'detail.action-type', 'detail.repository-name', 'detail.image-digest'],
  ...['detail.image-tag', 'detail.source-account', 'detail.source-region', 'detail.__proto__'],
  ...['detail.constructor', 'detail.toString', 'toJSON', 'detail.toJSON'],
];

describe.each(parsers)('%s', (_, parse, sample) => {
  it('never throws on anything', () => {
    fc.assert(fc.property(fc.anything(), (event) => expectSound(parse(event))));
  });

  it('never throws on any JSON', () => {
    fc.assert(fc.property(fc.jsonValue(), (event) => expectSound(parse(event))));
  });

  it('never throws on an event with anything in some of its places', () => {
    const mutation = fc.tuple(
      fc.constantFrom(...paths),
      fc.oneof(fc.jsonValue(), fc.anything(), strangeText),
    );
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        let event = sampleEvent(sample);
        for (const [path, value] of mutations) {
          try {
            event = changed(event, path, value);
          } catch {
            return; // the place is gone: an earlier mutation put something else there
          }
        }
        expectSound(parse(event));
      }),
      { numRuns: 300 },
    );
  });

  it('takes keys of the prototype for what they are: other keys', () => {
    const text = JSON.stringify(sampleEvent(sample)).replace(
      /^\{/,
      '{"__proto__":{"account":"444455556666","detail":null},"constructor":{"prototype":{}},',
    );
    expect(parse(JSON.parse(text))).toEqual(parse(sampleEvent(sample)));
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('does not find what is missing in a prototype', () => {
    const { detail, ...head } = sampleEvent(sample) as Record<string, unknown>;
    const text = `{"__proto__":${JSON.stringify({ detail })},${JSON.stringify(head).slice(1)}`;
    expect(parse(JSON.parse(text))).toEqual({ is: 'unparseable', fault: 'detail is missing' });
  });

  it('calls no event ours whose digest is garbage', () => {
    const garbage = fc
      .oneof(
        strangeText,
        fc.jsonValue(),
        fc.string().map((text) => `sha256:${text}`),
      )
      .filter((value) => !isDigest(value));
    fc.assert(
      fc.property(garbage, (value) => {
        expect(parse(changed(sampleEvent(sample), 'detail.image-digest', value)).is).toBe('unparseable');
      }),
    );
  });

  it('gives back every digest as it stands', () => {
    fc.assert(
      fc.property(digest, (value) => {
        const answer = parse(changed(sampleEvent(sample), 'detail.image-digest', value));
        expect(answer).toMatchObject({ is: 'ours', value: { digest: value } });
      }),
    );
  });
});

describe('the parser of registry changes', () => {
  const sample = sampleEvent('registry-change-rules');

  /** Ours is only what names a registry, a call and somebody. */
  function expectSoundChange(event: unknown): void {
    const answer = parseRegistryChange(event);
    if (answer.is === 'unparseable') expect(answer.fault).toMatch(/^[^\n]+$/);
    if (answer.is !== 'ours') return;
    expect(answer.value.registry.account).toMatch(/^\d{12}$/);
    expect(watchedCalls).toContain(answer.value.call);
    expect(Number.isFinite(answer.value.at)).toBe(true);
  }

  it('never throws on anything', () => {
    fc.assert(fc.property(fc.oneof(fc.anything(), fc.jsonValue()), expectSoundChange));
  });

  it('never throws on an event with anything in one of its places', () => {
    const places = [
      'detail',
      'detail.eventName',
      'detail.errorCode',
      'detail.userIdentity',
      'account',
      'time',
    ];
    const deeper = ['detail.userIdentity.arn', 'detail.userIdentity.type', 'detail.__proto__', '__proto__'];
    fc.assert(
      fc.property(
        fc.constantFrom(...places, ...deeper),
        fc.oneof(fc.jsonValue(), fc.anything(), strangeText),
        (path, value) => expectSoundChange(changed(sample, path, value)),
      ),
      { numRuns: 300 },
    );
  });

  it('never takes a call that was refused for a change, whatever the code', () => {
    fc.assert(
      fc.property(strangeText, (code) => {
        expect(parseRegistryChange(changed(sample, 'detail.errorCode', code)).is).toBe('not-ours');
      }),
    );
  });
});
