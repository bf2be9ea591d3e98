/** Bench `detect`: from a failed replication to the notice, in virtual time, against who asks by the hour or by the image. */

import { inDigits, inSpread } from './kit/numbers.ts';
import { assumed, type Told, toldByMonitor } from './kit/one-failure.ts';
import { toldByChecker, toldByWaiter } from './kit/one-failure-peers.ts';
import type { Bench, Growth } from './kit/report.ts';
import { chanceOf, exponentOf, quantile, type Spread, spreadOf } from './kit/statistics.ts';

/** How many other recent images the scheduled checker has to ask about. */
const others = 500;
/** Seconds after the push; the deadline is 1,800. */
const lags = { least: 2, most: 1_700 };

interface Run {
  readonly withSpoke: readonly Told[];
  readonly withoutSpoke: readonly Told[];
  readonly checker: readonly Told[];
  readonly waiter: readonly (Told & { readonly polls: number })[];
}

/** Lags are spread over all magnitudes: as many failures within 20 seconds as between 200 and 2,000. */
async function measure(samples: number, seed: number): Promise<Run> {
  const chance = chanceOf(seed);
  const run = {
    withSpoke: [] as Told[],
    withoutSpoke: [] as Told[],
    checker: [] as Told[],
    waiter: [] as (Told & { polls: number })[],
  };
  for (let n = 0; n < samples; n += 1) {
    const lag = lags.least * (lags.most / lags.least) ** chance();
    run.withSpoke.push(await toldByMonitor(lag, true, chance));
    run.withoutSpoke.push(await toldByMonitor(lag, false, chance));
    run.checker.push(await toldByChecker(lag, others, chance));
    run.waiter.push(await toldByWaiter(lag));
  }
  return run;
}

type Curve = readonly (readonly [lag: number, seconds: number])[];

/** The median over failures that come after the same time each. */
async function measureCurves(samples: number): Promise<Record<keyof Run, Curve>> {
  const chance = chanceOf(1);
  const curve = async (told: (lag: number) => Promise<Told>): Promise<Curve> => {
    const points: (readonly [number, number])[] = [];
    for (const lag of [5, 20, 80, 320, 1_280]) {
      const seconds: number[] = [];
      for (let n = 0; n < samples; n += 1) {
        // Not always at the same place between two looks.
        seconds.push((await told(lag * (0.9 + 0.2 * chance()))).seconds);
      }
      points.push([lag, quantile(seconds, 0.5)]);
    }
    return points;
  };
  return {
    withSpoke: await curve((lag) => toldByMonitor(lag, true, chance)),
    withoutSpoke: await curve((lag) => toldByMonitor(lag, false, chance)),
    checker: await curve((lag) => toldByChecker(lag, others, chance)),
    waiter: await curve((lag) => toldByWaiter(lag)),
  };
}

function growth(who: string, curve: Curve): Growth {
  const sizes = curve.map(([lag]) => lag);
  return {
    what: `time to the notice, ${who}`,
    over: 's from push to failure',
    sizes,
    exponent: exponentOf(curve),
  };
}

export const bench: Bench = {
  about: 'from a failed replication to the notice',
  run: async ({ quick }) => {
    const runs: Run[] = [];
    for (let seed = 1; seed <= (quick ? 2 : 5); seed += 1) runs.push(await measure(quick ? 20 : 100, seed));
    const over = (pick: (run: Run) => readonly number[], share: number): Spread =>
      spreadOf(runs.map((run) => quantile(pick(run), share)));
    const seconds = (told: readonly Told[]): readonly number[] => told.map((each) => each.seconds);
    const gaps = ({ withoutSpoke }: Run): readonly number[] =>
      withoutSpoke.map((told) => told.seconds / (told.gapSeconds ?? 0));
    const row = (who: string, pick: (run: Run) => readonly Told[], calls: string): readonly string[] => [
      who,
      ...[0.5, 0.99].map((share) =>
        inSpread(
          over((run) => seconds(pick(run)), share),
          's',
        ),
      ),
      calls,
    ];
    const curves = await measureCurves(quick ? 5 : 31);
    const polls = over(({ waiter }) => waiter.map((each) => each.polls), 0.5);
    return {
      tables: [
        {
          title: 'From the failure to the notice',
          columns: ['who', 'median', 'p99', 'ECR calls'],
          rows: [
            row('this monitor, with spoke', ({ withSpoke }) => withSpoke, 'one look, when it is reported'),
            row('this monitor, without', ({ withoutSpoke }) => withoutSpoke, 'a look each gap'),
            row('(a) hourly', ({ checker }) => checker, `${inDigits(others + 2)} a run`),
            row('(b) every 3 s', ({ waiter }) => waiter, `${inSpread(polls)} for this image alone`),
          ],
        },
      ],
      figures: [
        {
          what: 'p99 from failure to notice, with spoke',
          must: 'at most',
          limit: 5,
          seen: over(({ withSpoke }) => seconds(withSpoke), 0.99),
          unit: 's',
        },
        {
          what: 'p99 from failure to notice, without spoke, in gaps between looks',
          must: 'at most',
          limit: 1,
          seen: over(gaps, 0.99),
        },
      ],
      growth: [
        growth('with spoke', curves.withSpoke),
        growth('without spoke', curves.withoutSpoke),
        growth('(b) every 3 s', curves.waiter),
      ],
      notes: [
        `Failures come ${lags.least} to ${lags.most} s after the push, spread evenly over the magnitudes, each alone: people hear of the first at once. Of further ones at that destination they hear after 5 minutes at most.`,
        `Taken to be so: ${assumed.hopSeconds.least} to ${assumed.hopSeconds.most} s an event bus, every function starts cold in ${assumed.coldStartSeconds} s, ${assumed.callSeconds * 1000} ms a call, no two calls side by side. Delays and batching windows are those of serverless.yml.`,
        'A gap is the pause between the looks before and after the failure: none without a spoke waits for a second look.',
        `(a) looks at the images of the last two hours, of which there are ${others} others; (b) is one job of a pipeline an image, and knows of no other.`,
      ],
      picture: {
        title: 'Seconds from a failed replication to the notice',
        xTitle: 'seconds from the push to the failure',
        yTitle: 'seconds from the failure to the notice',
        lines: [
          { name: 'with spoke', points: curves.withSpoke },
          { name: 'without spoke', points: curves.withoutSpoke },
          { name: '(a) hourly', points: curves.checker },
          { name: '(b) every 3 s', points: curves.waiter },
        ],
      },
    };
  },
};
