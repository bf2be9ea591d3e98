/** HTML that nothing can break out of: what is put into a template is escaped, unless it is HTML already. */

export interface Html {
  readonly html: string;
}
export type Part = Html | string | number | undefined | readonly Part[];

/** For text and for attribute values in double quotes; never inside a script, a style or an unquoted attribute. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: texts.reduce((whole, text, i) => `${whole}${written(parts[i - 1])}${text}`) };
}

/** Text that is HTML by its making, such as the page's own style. */
export function trusted(text: string): Html {
  return { html: text };
}

function written(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  if ('html' in part) return part.html;
  return part.map(written).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/**
 * JSON for the inside of a script element. HTML, "Restrictions for contents of script elements": neither `</script`
 * nor `<!--` may stand there. U+2028 and U+2029 end a line for whatever reads it as JavaScript.
 */
export function jsonInScript(value: unknown): Html {
  const json = JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return { html: json };
}
