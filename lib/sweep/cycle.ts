/** A slow pass over a whole registry, gone on with from run to run: where it is, what it has found, what it comes to. */

import { type Registry, registryKey } from '../image/registry.ts';

/** What is told of one finding, or of many that are alike. */
export interface KeptLine {
  /** The same for findings that are one line. */
  readonly key: string;
  /** In whose notice it stands: a source, or a destination. */
  readonly about: Registry;
  /** Lines with a lower rank are told first. */
  readonly rank: number;
  readonly text: readonly string[];
  readonly count: number;
  /** Some of the repositories that it is about, and how many there are. */
  readonly names: readonly string[];
  readonly repositories: number;
}

/** Repositories of a line that are kept by name. */
export const mostNames = 50;

/** Times in epoch milliseconds. */
export interface Cycle {
  readonly startedAt: number;
  /** The last repository that was gone through, and where in the next one to go on. */
  readonly cursor: { readonly after?: string; readonly from?: string };
  readonly isComplete: boolean;
  readonly lines: readonly KeptLine[];
  /** Findings that there was no room for. */
  readonly notKept: number;
}

/** One pass a day; whoever is not through by then goes on. */
const everyMs = 24 * 60 * 60 * 1000;
/** Characters of all lines as they are kept: DynamoDB takes 400 KB an item. */
const mostCharacters = 300_000;

/** The pass to go on with, or a new one; complete is one with nothing to do. */
export function cycleAt(previous: Cycle | undefined, now: number): Cycle {
  // A minute early is on time: schedules drift.
  const isOver = previous?.isComplete === true && now >= previous.startedAt + everyMs - 60_000;
  if (previous !== undefined && !isOver) return previous;
  return { startedAt: now, cursor: {}, isComplete: false, lines: [], notKept: 0 };
}

/** Alike findings are counted together; what matters more is kept first. */
export function withLines(cycle: Cycle, lines: readonly KeptLine[], cursor: Cycle['cursor']): Cycle {
  if (lines.length === 0) return { ...cycle, cursor };
  const byKey = new Map<string, KeptLine>();
  for (const line of [...cycle.lines, ...lines]) {
    const key = `${registryKey(line.about)} ${line.key}`;
    const known = byKey.get(key);
    byKey.set(key, known === undefined ? line : together(known, line));
  }
  const all = [...byKey.values()].sort((a, b) => a.rank - b.rank);
  let room = mostCharacters;
  const kept = all.filter((line) => {
    room -= JSON.stringify(line).length;
    return room >= 0;
  });
  const dropped = all.slice(kept.length).reduce((sum, { count }) => sum + count, 0);
  return { ...cycle, cursor, lines: kept, notKept: cycle.notKept + dropped };
}

function together(a: KeptLine, b: KeptLine): KeptLine {
  return {
    ...a,
    count: a.count + b.count,
    names: [...a.names, ...b.names].slice(0, mostNames),
    repositories: a.repositories + b.repositories,
  };
}

/** Repositories in an order that stays, from where the pass was left. */
export function remaining(cycle: Cycle, repositories: readonly string[]): readonly string[] {
  const { after } = cycle.cursor;
  return [...repositories].sort().filter((name) => after === undefined || name > after);
}
