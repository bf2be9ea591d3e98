/** Whether a repository lets a tag move: ECR's four settings and their exclusion filters. */

import { matchesWildcard } from './wildcard.ts';

/** `exceptions`: filters of tags that the setting does not hold for; `*` stands for any characters, or none. */
export interface TagSettings {
  readonly mutability: 'MUTABLE' | 'IMMUTABLE' | 'MUTABLE_WITH_EXCLUSION' | 'IMMUTABLE_WITH_EXCLUSION';
  readonly exceptions: readonly string[];
}

/** ECR User Guide, "Preventing image tags from being overwritten". */
export function isTagImmutable({ mutability, exceptions }: TagSettings, tag: string): boolean {
  const excepted = exceptions.some((filter) => matchesWildcard(filter, tag));
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
