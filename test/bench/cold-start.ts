/** Bench `cold-start`: a fresh process of each built function until its first answer, against the same SDK clients alone. */

import { type ColdFunctions, coldFunctions, type Kind } from './kit/cold-functions.ts';
import type { ColdStart } from './kit/fresh-process.ts';
import { inDigits, inSpread } from './kit/numbers.ts';
import type { Bench } from './kit/report.ts';
import { quantile, type Spread, spreadOf } from './kit/statistics.ts';

const kinds: readonly Kind[] = ['empty', 'built', 'sdk', 'raw'];

interface Row {
  readonly name: string;
  readonly starts: Readonly<Partial<Record<Kind, readonly ColdStart[]>>>;
}

/** In turns, so that whatever else the machine does strikes all alike. */
async function measure(functions: ColdFunctions, processes: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { name } of functions.bundles) {
    if (functions.unknown.includes(name)) continue;
    const starts: Partial<Record<Kind, ColdStart[]>> = {};
    for (let n = 0; n < processes; n += 1) {
      for (const kind of kinds) {
        const one = await functions.start(kind, name);
        if (one === undefined) continue;
        starts[kind] ??= [];
        starts[kind].push(one);
      }
    }
    rows.push({ name, starts });
  }
  return rows;
}

const groups = 5;

/**
 * Medians of groups of processes, so that a ratio has a spread. `above`: what Node and the runtime client take by
 * themselves, as an empty function shows it, is no function's own.
 */
function ratio({ starts }: Row, of: Kind, to: Kind, above = true): Spread {
  const own = (kind: Kind, group: number): number => {
    const all = (starts[kind] ?? []).filter((_, n) => n % groups === group);
    return quantile(
      all.map(({ processor }) => processor),
      0.5,
    );
  };
  return spreadOf(
    Array.from({ length: groups }, (_, group) => {
      const base = above ? own('empty', group) : 0;
      return (own(of, group) - base) / (own(to, group) - base);
    }),
  );
}

function spread({ starts }: Row, kind: Kind, part: keyof ColdStart): Spread {
  return spreadOf((starts[kind] ?? []).map((start) => start[part]));
}

export const bench: Bench = {
  about: 'module initialisation and first call of each built function, in fresh processes',
  run: async ({ quick }) => {
    const functions = await coldFunctions();
    const rows = await measure(functions, quick ? 5 : 20);
    await functions.stop();
    const bytesOf = (name: string): number =>
      functions.bundles.find((bundle) => bundle.name === name)?.bytes ?? 0;
    const has = (row: Row, kind: Kind): boolean => row.starts[kind] !== undefined;
    return {
      tables: [
        {
          title: 'Processor time from the start of the process to the first answer, in ms',
          columns: [
            'function',
            'KB',
            'empty',
            'built',
            'its SDK clients',
            'without an SDK',
            'times empty',
            'to its SDK clients',
            'to no SDK',
          ],
          rows: rows.map((row) => [
            row.name,
            inDigits(bytesOf(row.name) / 1000),
            ...(['empty', 'built', 'sdk', 'raw'] as const).map((kind) =>
              has(row, kind) ? inSpread(spread(row, kind, 'processor')) : '–',
            ),
            inSpread(ratio(row, 'built', 'empty', false)),
            inSpread(ratio(row, 'built', 'sdk')),
            has(row, 'raw') ? inSpread(ratio(row, 'built', 'raw')) : '–',
          ]),
        },
        {
          title:
            'The same by the wall clock, in ms: until the first event is asked for, and from it to the answer',
          columns: ['function', 'empty', 'built', 'its SDK clients'],
          rows: rows.map((row) => [
            row.name,
            ...(['empty', 'built', 'sdk'] as const).map(
              (kind) => `${inSpread(spread(row, kind, 'init'))} + ${inSpread(spread(row, kind, 'first'))}`,
            ),
          ]),
        },
      ],
      figures: rows.map((row) => ({
        what: `${row.name}: initialisation and first call, to the same SDK clients with their whole credential chain`,
        must: 'at most' as const,
        limit: 0.75,
        seen: ratio(row, 'built', 'sdk'),
      })),
      notes: [
        `Each in ${quick ? 5 : 20} fresh processes under AWS's own runtime client (aws-lambda-ric) on Node ${process.version}, with a stand-in for its native part, all kinds in turns.`,
        'Ratios are of processor time above that of an empty function, which is what Node and the runtime client take; medians of five groups give the spread.',
        'Peers are bundled as ES modules and minified, and make the same calls; "without an SDK" signs by hand and sends by node:https.',
        functions.isHttps
          ? 'Calls go over HTTPS, as they do to AWS.'
          : 'There is no openssl here, so calls go over plain HTTP, which the SDK loads more for than it would for AWS.',
        ...functions.unknown.map(
          (name) => `${name} is left out: its first event is not known to this bench.`,
        ),
      ],
    };
  },
};
