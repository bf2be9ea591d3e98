// Reading TypeScript as text: TypeScript 7 has no API to ask, and what is asked here needs no grammar.

const quotedOrComment =
  /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/** The source without its comments; line breaks stay, so that lines keep their numbers. */
function withoutComments(source: string): string {
  return source.replace(quotedOrComment, (whole, quoted?: string) => quoted ?? whole.replace(/[^\n]/g, ' '));
}

/** The source without comments and without what is in plain quotes: code, and templates, which may hold code. */
export function codeOnly(source: string): string {
  return source.replace(quotedOrComment, (whole, quoted?: string) =>
    quoted?.startsWith('`') ? quoted : quoted === undefined ? whole.replace(/[^\n]/g, ' ') : "''",
  );
}

/**
 * Everything that a module imports or exports from another: values, types, side effects, `import()` in code and in
 * types, `require`. A specifier that is computed comes out as `?`, since nobody can say where it leads.
 */
export function importsOf(source: string): readonly string[] {
  const code = withoutComments(source);
  const specifiers: string[] = [];
  for (const [, , specifier = ''] of code.matchAll(
    /\b(?:import|export)\b[^'"`;()]*?\bfrom\s*(['"])(.+?)\1/g,
  )) {
    specifiers.push(specifier);
  }
  for (const [, , specifier = ''] of code.matchAll(/\bimport\s*(['"])(.+?)\1/g)) specifiers.push(specifier);
  for (const [, argument = ''] of code.matchAll(/\b(?:import|require)\s*\(([^)]*)\)/g)) {
    specifiers.push(/^\s*(['"`])([^'"`$]+)\1\s*,?\s*$/.exec(argument)?.[2] ?? '?');
  }
  return specifiers;
}

/** The first comment of a file, as one line of text. */
export function openingComment(source: string): string {
  const found = /^(?:#!.*\n)?(?:\/\*\*?([\s\S]*?)\*\/|((?:\/\/.*\n?)+))/.exec(source);
  const text = found?.[1] ?? found?.[2] ?? '';
  return text
    .replace(/^\s*(?:\*|\/\/)?/gm, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
