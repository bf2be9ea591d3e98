/** Bench `cold-start`: a fresh process of each built function until its first answer, against the same SDK clients alone. */

import { type ColdFunctions, coldFunctions, type Kind } from './kit/cold-functions.ts';
import { countStarts } from './kit/counted-starts.ts';
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

const mostToClients = 0.75;

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
    const names = rows.map(({ name }) => name);
    const counted = quick ? names.filter((name) => name === 'image-action') : names;
    const counts = await countStarts(functions, counted, mostToClients);
    await functions.stop();
    const bytesOf = (name: string): number =>
      functions.bundles.find((bundle) => bundle.name === name)?.bytes ?? 0;
    const has = (row: Row, kind: Kind): boolean => row.starts[kind] !== undefined;
    return {
      tables: [
        {
          title: 'Million instructions from the start of the process to the first answer, by callgrind',
          columns: ['function', 'KB', 'empty', 'built', 'its SDK clients', 'to its SDK clients'],
          rows: names.map((name) => {
            const { empty, built, sdk, ratio } = counts.get(name) ?? {};
            return [
              name,
              inDigits(bytesOf(name) / 1000),
              empty === undefined ? '–' : inDigits(empty),
              ...[built, sdk, ratio].map((some) => (some === undefined ? '–' : inSpread(some))),
            ];
          }),
        },
        {
          title: 'Processor time from the start of the process to the first answer, in ms',
          columns: [
            'function',
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
      // Processor time is what a busy machine makes of the same work: it decides only where nothing could be counted.
      figures: rows.flatMap((row) => {
        const inInstructions = counts.get(row.name)?.ratio;
        if (inInstructions === undefined && quick) return [];
        return [
          {
            what: `${row.name}, to its SDK clients alone, in ${inInstructions === undefined ? 'processor time' : 'instructions'}`,
            must: 'at most' as const,
            limit: mostToClients,
            seen: inInstructions ?? ratio(row, 'built', 'sdk'),
          },
        ];
      }),
      notes: [
        `Each in ${quick ? 5 : 20} fresh processes under AWS's own runtime client (aws-lambda-ric) on Node ${process.version}, with a stand-in for its native part, all kinds in turns.`,
        'Ratios are of what comes on top of an empty function, which is what Node and the runtime client take. Instructions are those of all threads, counted once and, since they wander by up to 3 %, five times where that comes within 5 % of what must be reached; of processor time, medians of five groups give the spread.',
        'The calls of each function are recorded once, with the table as new as at every start, and its peers make the same ones, side by side where it makes them so: bundled as ES modules and minified, the SDK with its whole credential chain; "without an SDK" signs by hand and sends by node:https.',
        'What has the most calls to make for its first event comes off worst: each costs function and peer about the same. settings and manifests make fourteen, image-action three. By the clock those two wait for their share of ECR calls as well.',
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
