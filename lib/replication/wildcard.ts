/** Patterns of AWS's, most of which somebody else wrote: `*` stands for any characters, or none. */

/**
 * `one`: a character that stands for any one, if there is such; IAM's is `?`. In the end a star matters only as the last
 * one before where it failed: as a regular expression, many of them would take for ever.
 */
export function matchesWildcard(pattern: string, text: string, one?: string): boolean {
  let at = 0;
  let from = 0;
  let star: { readonly at: number; from: number } | undefined;
  while (from < text.length) {
    const wanted = pattern[at];
    if (wanted === '*') {
      star = { at, from };
      at += 1;
    } else if (wanted !== undefined && (wanted === text[from] || wanted === one)) {
      at += 1;
      from += 1;
    } else if (star !== undefined) {
      star.from += 1;
      from = star.from;
      at = star.at + 1;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
