/** Text from AWS made safe for terminals and pipes: no character in it can move a cursor, ring, recolour or reverse. */

// Control characters (C0, DEL, C1), separators of lines, marks of writing direction, and what has no width.
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/gu;

/** One line; what a terminal would obey is shown as `\u{1b}`. */
export function printable(text: string): string {
  return text.toWellFormed().replace(unsafe, (character) => {
    if (character === '\n' || character === '\t') return ' ';
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** JSON that is as safe to show: what JSON leaves unescaped and a terminal obeys is escaped, too. */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(
    /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
