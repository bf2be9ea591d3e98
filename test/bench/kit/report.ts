/** What a bench answers: tables to read, figures that must be reached, curves and how they grow. */

import type { Spread } from './statistics.ts';

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A figure that must be reached, held against the median of its runs. */
export interface Figure {
  readonly what: string;
  readonly must: 'at most' | 'at least';
  readonly limit: number;
  readonly seen: Spread;
  readonly unit?: string;
}

/** How a cost grows with a size: `exponent` 0 is flat, 1 in proportion, 2 squared. */
export interface Growth {
  readonly what: string;
  readonly over: string;
  readonly sizes: readonly number[];
  readonly exponent: number;
}

/** Lines over sizes, both axes logarithmic. */
export interface Picture {
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly lines: readonly {
    readonly name: string;
    readonly points: readonly (readonly [x: number, y: number])[];
  }[];
}

export interface Report {
  readonly tables: readonly Table[];
  readonly figures: readonly Figure[];
  readonly growth?: readonly Growth[];
  /** What a reader has to know to trust the tables. */
  readonly notes: readonly string[];
  readonly picture?: Picture;
}

interface BenchOptions {
  /** Fewer and smaller runs: to try a change, not to publish. */
  readonly quick: boolean;
}

export interface Bench {
  /** One line. */
  readonly about: string;
  readonly run: (options: BenchOptions) => Promise<Report>;
}

export function isReached({ must, limit, seen }: Figure): boolean {
  return must === 'at most' ? seen.median <= limit : seen.median >= limit;
}
