/** The length limits, and the ways in which text is cut. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  characters,
  cut,
  jsonBytes,
  linesWithin,
  subjectLimit,
  subjectLine,
} from '../../lib/alert/limits.ts';
import { strangeText } from '../arbitraries.ts';

describe('a subject line', () => {
  it.each([
    ['prod-api:1.4.2 overdue in eu-west-1', 'prod-api:1.4.2 overdue in eu-west-1'],
    ['straße — 京都', 'stra?e ? ?'],
    ['one\r\ntwo', 'one?two'],
    ['  spaced  ', 'spaced'],
    ['x'.repeat(99), 'x'.repeat(99)],
    ['x'.repeat(100), `${'x'.repeat(96)}...`],
  ])('of %j is what SNS takes', (text, subject) => {
    expect(subjectLine(text)).toBe(subject);
  });

  it('is printable ASCII of fewer than 100 characters, whatever it is made of', () => {
    fc.assert(
      fc.property(strangeText, (text) => {
        expect(subjectLine(text)).toMatch(/^[\x20-\x7e]*$/);
        expect(subjectLine(text).length).toBeLessThanOrEqual(subjectLimit);
      }),
    );
  });
});

describe('a text that is cut', () => {
  const rest = '… cut; see the table';
  const measures = fc.constantFrom(jsonBytes, characters, (text: string) => Buffer.byteLength(text));

  it.each([
    ['stays as it is when it fits', 'short', 30, 'short'],
    ['stays as it is when it just fits', 'x'.repeat(30), 30, 'x'.repeat(30)],
    ['says that it was cut', 'x'.repeat(31), 30, `${'x'.repeat(10)}${rest}`],
    ['keeps no half of one, whatever stands around it', `a👍${'b'.repeat(40)}`, 22, `a${rest}`],
    ['loses a character of two code units whole', '👍'.repeat(20), 31, `${'👍'.repeat(5)}${rest}`],
  ])('%s', (_, text, limit, expected) => {
    expect(cut(text, limit, rest, characters)).toBe(expected);
  });

  it('keeps its limit, begins as it did, and says that it was cut', () => {
    fc.assert(
      fc.property(strangeText, fc.integer({ min: 40, max: 2_000 }), measures, (text, limit, measure) => {
        const result = cut(text, limit, rest, measure);
        expect(measure(result)).toBeLessThanOrEqual(limit);
        if (measure(text) <= limit) {
          expect(result).toBe(text);
          return;
        }
        expect(result.endsWith(rest)).toBe(true);
        expect(text.startsWith(result.slice(0, -rest.length))).toBe(true);
      }),
    );
  });

  it('never breaks a character', () => {
    const whole = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(whole, fc.integer({ min: 40, max: 200 }), measures, (text, limit, measure) => {
        expect(cut(text, limit, rest, measure).isWellFormed()).toBe(true);
      }),
    );
  });

  it('is no shorter than it has to be', () => {
    fc.assert(
      fc.property(fc.nat({ max: 300 }), fc.integer({ min: 40, max: 200 }), (length, limit) => {
        const result = cut('x'.repeat(length), limit, rest, characters);
        expect(result.length).toBe(Math.min(length, limit));
      }),
    );
  });
});

describe('bytes as JSON', () => {
  it('are those of the text as a JSON string, quotes and escapes among them', () => {
    expect(['', 'abc', '"', '\n', 'é', '👍', '\u0001', '\ud800'].map(jsonBytes)).toEqual([
      2, 5, 4, 4, 4, 6, 8, 8,
    ]);
  });
});

describe('lines within a limit', () => {
  const restLine = (left: number): string => `… and ${left} more`;

  it('are all of them when they fit', () => {
    expect(linesWithin(['a', 'b'], 3, restLine)).toEqual(['a', 'b']);
  });

  it('are whole, and what is left out is counted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 30 }), { maxLength: 30 }),
        fc.integer({ min: 20, max: 300 }),
        (lines, limit) => {
          const shown = linesWithin(lines, limit, restLine);
          expect(shown.join('\n').length).toBeLessThanOrEqual(limit);
          if (shown === lines) return;
          expect(shown.slice(0, -1)).toEqual(lines.slice(0, shown.length - 1));
          expect(shown.at(-1)).toBe(restLine(lines.length - shown.length + 1));
        },
      ),
    );
  });
});

describe('lines that are cut', () => {
  const lines = ['aaaa', 'bbbb', 'cccc'];
  const rest = (left: number): string => `${left} more`;

  it.each([
    ['stay as they are when they just fit', 14, lines],
    ['are as many as just fit with the line about the others', 16 - 3, ['aaaa', '2 more']],
    ['are none when there is only room for that line', 6, ['3 more']],
  ])('%s', (_, limit, expected) => {
    expect(linesWithin(lines, limit, rest)).toEqual(expected);
  });

  it('are whole, and fill the room to its last character', () => {
    const six = ['aaaa', 'bbbb', 'cccc', 'dddd', 'eeee', 'ffff'];
    const exact = 'aaaa\nbbbb\n4 more'.length;
    expect(linesWithin(six, exact, rest)).toEqual(['aaaa', 'bbbb', '4 more']);
    expect(linesWithin(six, exact - 1, rest)).toEqual(['aaaa', '5 more']);
  });
});
