/** The answer of every parser: the value, or one line that names the fault and where it is. */

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: string };

export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function fault(text: string): Parsed<never> {
  return { ok: false, fault: text };
}

/** A value as it may stand in a one-line message: quoted, escaped, never longer than `limit` characters. */
export function quoted(value: unknown, limit = 80): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}

/** Without line breaks, turns of the writing direction and other control characters, and without halves of characters. */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ');
}
