/** Stories that once broke a promise, shrunk as they were found: what each of them found stays found. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Story } from './story.ts';

export interface FoundStory {
  /** What was wrong then, in a line. */
  readonly found: string;
  /** The promise that it broke. */
  readonly invariant: string;
  readonly story: Story;
}

const folder = join(import.meta.dirname, 'stories');

/** By the name of its file, which says what it is about. */
export function foundStories(): readonly (readonly [name: string, story: FoundStory])[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => [name.slice(0, -'.json'.length), JSON.parse(readFileSync(join(folder, name), 'utf8'))]);
}
