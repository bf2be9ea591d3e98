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
}

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
/** With their steps, well below DynamoDB's 400 KB an item. */
const mostLines = 250;

/** The pass to go on with, a new one, or nothing to do. */
export function cycleAt(previous: Cycle | undefined, now: number): Cycle | undefined {
  if (previous !== undefined && !previous.isComplete) return previous;
  // A minute early is on time: schedules drift.
  if (previous !== undefined && now < previous.startedAt + everyMs - 60_000) return undefined;
  return { startedAt: now, cursor: {}, isComplete: false, lines: [], notKept: 0 };
}

/** Alike findings are counted together; what matters more is kept first. */
export function withLines(cycle: Cycle, lines: readonly KeptLine[], cursor: Cycle['cursor']): Cycle {
  const byKey = new Map<string, KeptLine>();
  for (const line of [...cycle.lines, ...lines]) {
    const key = `${registryKey(line.about)} ${line.key}`;
    const known = byKey.get(key);
    byKey.set(key, known === undefined ? line : { ...known, count: known.count + line.count });
  }
  const all = [...byKey.values()].sort((a, b) => a.rank - b.rank);
  const dropped = all.slice(mostLines).reduce((sum, { count }) => sum + count, 0);
  return { ...cycle, cursor, lines: all.slice(0, mostLines), notKept: cycle.notKept + dropped };
}

/** Repositories in an order that stays, from where the pass was left. */
export function remaining(cycle: Cycle, repositories: readonly string[]): readonly string[] {
  const { after } = cycle.cursor;
  return [...repositories].sort().filter((name) => after === undefined || name > after);
}
