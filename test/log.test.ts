/** Log lines: one JSON object a line, of bounded length. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLog, isLogLevel } from '../lib/log.ts';
import type { LogLevel } from '../lib/ports.ts';
import { strangeText } from './arbitraries.ts';

const now = Date.UTC(2026, 10, 24, 3, 12, 9, 5);

function logged(
  level: LogLevel,
  message: string,
  fields?: Record<string, unknown>,
  least: LogLevel = 'DEBUG',
): string {
  let text = '';
  createLog(
    (line) => (text += line),
    () => now,
    least,
  )(level, message, fields);
  return text;
}

describe('a log line', () => {
  it('is one JSON object with time, level, message and fields', () => {
    expect(logged('INFO', 'Notice sent', { group: 'g', open: 3, again: false })).toBe(
      '{"timestamp":"2026-11-24T03:12:09.005Z","level":"INFO","message":"Notice sent","group":"g","open":3,"again":false}\n',
    );
  });

  it('needs no fields', () => {
    expect(JSON.parse(logged('ERROR', 'Stopped'))).toEqual({
      timestamp: '2026-11-24T03:12:09.005Z',
      level: 'ERROR',
      message: 'Stopped',
    });
  });

  const levels: LogLevel[] = ['DEBUG', 'INFO', 'WARN', 'ERROR'];
  it.each(levels)('is written at the level %s and above, and not below it', (least) => {
    const written = levels.filter((level) => logged(level, 'x', {}, least) !== '');
    expect(written).toEqual(levels.slice(levels.indexOf(least)));
  });

  it('keeps a field of a thousand characters, and cuts a longer one and says how long it was', () => {
    const field = (length: number): unknown =>
      JSON.parse(logged('INFO', 'x', { text: 'y'.repeat(length) })).text;
    expect(field(1_000)).toBe('y'.repeat(1_000));
    expect(field(1_001)).toBe(`${'y'.repeat(1_000)}… (1001 characters)`);
  });

  it('cuts what is nested and long as the text that it is', () => {
    const field = (value: unknown): unknown => JSON.parse(logged('INFO', 'x', { value })).value;
    expect(field(['y'.repeat(10)])).toEqual(['y'.repeat(10)]);
    expect(field(['y'.repeat(2_000)])).toBe(`["${'y'.repeat(998)}… (2004 characters)`);
  });

  it.each([
    ['an error', new Error('it broke'), 'Error: it broke'],
    ['a number too large for JSON', 12n, '12'],
    ['nothing', null, null],
    ['undefined', undefined, undefined],
  ])('takes %s', (_, value, text) => {
    expect(JSON.parse(logged('INFO', 'x', { value })).value).toBe(text);
  });

  it('keeps its own time, level and message, whatever its fields are called', () => {
    const line = logged('INFO', 'Notice sent', { message: 'from outside', level: 'x', timestamp: 'y' });
    expect(JSON.parse(line)).toEqual({
      timestamp: '2026-11-24T03:12:09.005Z',
      level: 'INFO',
      message: 'Notice sent',
    });
  });

  it('is one line of bounded JSON, whatever is in its fields', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), strangeText, { maxKeys: 4 }), (fields) => {
        const line = logged('WARN', 'x', fields);
        expect(line).toMatch(/^[^\n\r]+\n$/);
        expect(line.length).toBeLessThan(30_000);
        expect(Object.keys(JSON.parse(line))).toEqual(expect.arrayContaining(Object.keys(fields)));
      }),
    );
  });
});

describe('a log level', () => {
  it.each([
    ['DEBUG', true],
    ['ERROR', true],
    ['debug', false],
    ['TRACE', false],
    ['', false],
    ['toString', false],
    [undefined, false],
  ])('%j is one: %s', (text, is) => {
    expect(isLogLevel(text)).toBe(is);
  });
});
