/** What reaches a terminal or a pipe: nothing that acts, colours where they are wanted, columns that stand. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { painter, wantsColor } from '../../lib/cli/color.ts';
import { printable, printableJson } from '../../lib/cli/printable.ts';
import { tableLines } from '../../lib/cli/table.ts';
import { green, rendered } from '../../lib/cli/text.ts';

const anything = fc.string({ unit: 'binary' });
const acts = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

describe('text from elsewhere', () => {
  it('has nothing in it that a terminal obeys, whatever it was', () => {
    fc.assert(fc.property(anything, (text) => !acts.test(printable(text))));
    fc.assert(fc.property(anything, (text) => !acts.test(rendered(['a ', green(text)], painter(false)))));
  });

  it('is left alone where it is harmless', () => {
    expect(printable('prod-api:1.4.2 → eu-west-1 · 日本語')).toBe('prod-api:1.4.2 → eu-west-1 · 日本語');
  });

  it.each([
    ['an escape sequence', '\u001b[31mred', '\\u{1b}[31mred'],
    ['one of a single byte', '\u009b1m', '\\u{9b}1m'],
    ['a title', '\u001b]0;x\u0007', '\\u{1b}]0;x\\u{7}'],
    ['a return', 'a\rb', 'a\\u{d}b'],
    ['lines and tabs', 'a\nb\tc', 'a b c'],
    ['a turn of direction', 'a\u202eb', 'a\\u{202e}b'],
    ['half a character', 'a\ud800b', 'a\ufffdb'],
  ])('shows %s instead of doing it', (_, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('stays what it is in JSON, and acts no more than elsewhere', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const json = printableJson({ text });
        expect(JSON.parse(json)).toEqual({ text });
        // U+00AD and the like have no width; a terminal does nothing about the rest of the format characters.
        return !/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(json);
      }),
    );
  });
});

describe('colour', () => {
  it.each<[string, boolean, Record<string, string>, boolean, boolean]>([
    ['in a terminal', true, {}, true, true],
    ['in a pipe', true, {}, false, false],
    ['with --no-color', false, { FORCE_COLOR: '1' }, true, false],
    ['with NO_COLOR', true, { NO_COLOR: '1' }, true, false],
    ['with an empty NO_COLOR', true, { NO_COLOR: '' }, true, true],
    ['with FORCE_COLOR in a pipe', true, { FORCE_COLOR: '1' }, false, true],
    ['with both', true, { FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
    ['with FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, true, false],
    ['in a terminal that has none', true, { TERM: 'dumb' }, true, false],
  ])('%s', (_, asked, environment, isTerminal, wanted) => {
    expect(wantsColor(asked, environment, isTerminal)).toBe(wanted);
  });
});

it('puts columns below each other, whatever the width of a character, without spaces at the end', () => {
  const columns = [{ title: 'name' }, { title: 'n', align: 'right' as const }];
  expect(
    tableLines(
      columns,
      [
        ['日本', '1'],
        [green('prod-api'), '1,000'],
        ['x', ''],
      ],
      painter(false),
    ),
  ).toEqual(['name          n', '日本          1', 'prod-api  1,000', 'x']);
});
