/** Bench `cold-start`: a fresh process of each built function until its first answer, against the same SDK clients alone. */

import pLimit from 'p-limit';
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

/** Million instructions; two processes at a time, since their number does not depend on what else runs. */
type Counts = Readonly<Partial<Record<Kind, number>>>;

async function count(
  functions: ColdFunctions,
  names: readonly string[],
): Promise<ReadonlyMap<string, Counts>> {
  const limit = pLimit(2);
  const of = (kind: Kind, name: string): Promise<number | undefined> =>
    limit(() => functions.count(kind, name));
  // An empty function is the same under any name.
  const empty = of('empty', names[0] ?? '');
  const counted = await Promise.all(
    names.map(async (name): Promise<[string, Counts]> => {
      const found = await Promise.all([empty, of('built', name), of('sdk', name)]);
      const named = (['empty', 'built', 'sdk'] as const).flatMap((kind, index): [Kind, number][] => {
        const all = found[index];
        return all === undefined ? [] : [[kind, all / 1e6]];
      });
      return [name, Object.fromEntries(named)];
    }),
  );
  return new Map(counted);
}

function ratioOfCounts({ empty, built, sdk }: Counts): number | undefined {
  if (empty === undefined || built === undefined || sdk === undefined) return undefined;
  return (built - empty) / (sdk - empty);
}

const mostToClients = 0.75;

/** What those functions do beside their calls that cannot be spared at the first event. None is waited for by anybody. */
const reasons: Readonly<Record<string, string>> = {
  'follow-up':
    'it runs every minute and starts anew after a deploy; it brings the words of every notice, and the decisions on all that can be open',
  manifests:
    'it is off unless asked for; each registry has a second client, for what must not wait for the budget of sweeps',
  settings: 'it runs once an hour; its first event checks every kind of setting, and tells a digest',
};

function misses(counts: ReadonlyMap<string, Counts>): readonly string[] {
  return [...counts].flatMap(([name, of]) => {
    const ratio = ratioOfCounts(of) ?? 0;
    const why = reasons[name];
    if (ratio <= mostToClients || why === undefined) return [];
    return [`${name} is ${inDigits(ratio - mostToClients)} above what must be reached: ${why}.`];
  });
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
    const names = rows.map(({ name }) => name);
    const counts = await count(functions, quick ? names.filter((name) => name === 'image-action') : names);
    await functions.stop();
    const countOf = (name: string, kind: Kind): string => {
      const million = counts.get(name)?.[kind];
      return million === undefined ? '–' : inDigits(million);
    };
    const anyCounted = names.some((name) => ratioOfCounts(counts.get(name) ?? {}) !== undefined);
    const instructions = (name: string): number | undefined => ratioOfCounts(counts.get(name) ?? {});
    const bytesOf = (name: string): number =>
      functions.bundles.find((bundle) => bundle.name === name)?.bytes ?? 0;
    const has = (row: Row, kind: Kind): boolean => row.starts[kind] !== undefined;
    return {
      tables: [
        {
          title: 'Million instructions from the start of the process to the first answer, by callgrind',
          columns: ['function', 'KB', 'empty', 'built', 'its SDK clients', 'to its SDK clients'],
          rows: names.map((name) => [
            name,
            inDigits(bytesOf(name) / 1000),
            ...(['empty', 'built', 'sdk'] as const).map((kind) => countOf(name, kind)),
            instructions(name) === undefined ? '–' : inDigits(instructions(name) ?? 0),
          ]),
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
        const counted = instructions(row.name);
        if (counted === undefined && anyCounted) return [];
        return [
          {
            what: `${row.name}, to its SDK clients alone, in ${counted === undefined ? 'processor time' : 'instructions'}`,
            must: 'at most' as const,
            limit: mostToClients,
            seen: counted === undefined ? ratio(row, 'built', 'sdk') : spreadOf([counted]),
          },
        ];
      }),
      notes: [
        `Each in ${quick ? 5 : 20} fresh processes under AWS's own runtime client (aws-lambda-ric) on Node ${process.version}, with a stand-in for its native part, all kinds in turns.`,
        'Ratios are of what comes on top of an empty function, which is what Node and the runtime client take. Instructions are counted once, of all threads, and vary by 3 %; of processor time, medians of five groups give the spread.',
        'The calls of each function are recorded once, with the table as new as at every start, and its peers make the same ones, side by side where it makes them so: bundled as ES modules and minified, the SDK with its whole credential chain; "without an SDK" signs by hand and sends by node:https.',
        'What has the most connections to make comes off worst: each is a TLS handshake, which costs function and peer the same. follow-up, settings and config-watch make eight to twelve for their first event, since they ask the table side by side.',
        functions.isHttps
          ? 'Calls go over HTTPS, as they do to AWS.'
          : 'There is no openssl here, so calls go over plain HTTP, which the SDK loads more for than it would for AWS.',
        ...misses(counts),
        ...functions.unknown.map(
          (name) => `${name} is left out: its first event is not known to this bench.`,
        ),
      ],
    };
  },
};
