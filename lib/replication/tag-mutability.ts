/** Whether a repository lets a tag move: ECR's four settings and their exclusion filters. */

/** `exceptions`: filters of tags that the setting does not hold for; `*` stands for any characters, or none. */
export interface TagSettings {
  readonly mutability: 'MUTABLE' | 'IMMUTABLE' | 'MUTABLE_WITH_EXCLUSION' | 'IMMUTABLE_WITH_EXCLUSION';
  readonly exceptions: readonly string[];
}

/** ECR User Guide, "Preventing image tags from being overwritten". */
export function isTagImmutable({ mutability, exceptions }: TagSettings, tag: string): boolean {
  const excepted = exceptions.some((filter) => matches(filter, tag));
  switch (mutability) {
    case 'MUTABLE':
      return false;
    case 'IMMUTABLE':
      return true;
    case 'MUTABLE_WITH_EXCLUSION':
      return excepted;
    case 'IMMUTABLE_WITH_EXCLUSION':
      return !excepted;
  }
}

/** Part by part, each where it first comes: as a regular expression, many stars would take for ever. */
function matches(filter: string, tag: string): boolean {
  const [first = '', ...rest] = filter.split('*');
  const last = rest.pop();
  if (last === undefined) return tag === filter;
  if (!tag.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = tag.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return tag.length - last.length >= at && tag.endsWith(last);
}
