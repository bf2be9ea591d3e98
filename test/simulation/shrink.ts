/** The shortest story that still breaks the same promise: parts are left out as long as it does. */

import { type Played, type PlayOptions, play, type Violation } from './play.ts';
import type { Entry, Story } from './story.ts';

export interface Shrunk {
  readonly story: Story;
  readonly violation: Violation;
  readonly plays: number;
}

const mostPlays = 600;

/** Delta debugging: halves are left out, then quarters, down to single entries; then single fates. */
export async function shrink(
  story: Story,
  violation: Violation,
  options: Pick<PlayOptions, 'invariants'> = {},
): Promise<Shrunk> {
  let best = { story, violation };
  let plays = 0;

  async function breaks(entries: readonly Entry[]): Promise<boolean> {
    if (plays >= mostPlays) return false;
    plays += 1;
    const shorter = { ...story, entries };
    const played: Played = await play(shorter, options);
    if (played.violation?.invariant !== violation.invariant) return false;
    best = { story: shorter, violation: played.violation };
    return true;
  }

  for (
    let size = Math.ceil(story.entries.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let from = 0; from < best.story.entries.length; ) {
      const { entries } = best.story;
      if (!(await breaks([...entries.slice(0, from), ...entries.slice(from + size)]))) from += size;
    }
  }
  for (let index = 0; index < best.story.entries.length; index += 1) {
    const entry = best.story.entries[index];
    if (entry?.do !== 'push') continue;
    for (const destination of Object.keys(entry.fates)) {
      const current = best.story.entries[index];
      if (current?.do !== 'push') continue;
      const { [destination]: _, ...fates } = current.fates;
      await breaks(best.story.entries.with(index, { ...current, fates }));
    }
  }
  return { ...best, plays };
}
