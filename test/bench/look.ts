/** Bench `look`: ECR calls that one look at a burst of pushes costs, against asking image by image. */

import { usualCallsPerSecond, usualLatencyMs } from './kit/local-ecr.ts';
import { callsOfChecker, callsOfMonitor, measureTimes, sceneOf, type Times } from './kit/look-scene.ts';
import { inDigits, inPercent, inSpread } from './kit/numbers.ts';
import { threeDestinations } from './kit/registries.ts';
import type { Bench, Table } from './kit/report.ts';
import { exponentOf, type Spread, spreadOf } from './kit/statistics.ts';

const shares = [0, 0.01, 0.1, 1];
const oneDestination = threeDestinations.slice(0, 1);

/** Calls a replica. */
interface Row {
  readonly size: number;
  readonly share: number;
  readonly one: Spread;
  readonly three: Spread;
  readonly checkerOne: number;
  readonly checkerThree: number;
}

/** Which images are missing changes from run to run. */
async function measureCalls(sizes: readonly number[], runs: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const size of sizes) {
    for (const share of shares.filter((each) => each === 0 || size * each >= 1)) {
      const one: number[] = [];
      const three: number[] = [];
      // Where none or all are missing nothing varies, and by less than a hundredth with the largest burst: once is enough.
      const varies = share > 0 && share < 1 && size < 10_000;
      for (let run = 1; run <= (varies ? runs : 1); run += 1) {
        one.push(await callsOfMonitor(sceneOf(size, share, oneDestination, run)));
        three.push(await callsOfMonitor(sceneOf(size, share, threeDestinations, run)));
      }
      rows.push({
        size,
        share,
        one: spreadOf(one),
        three: spreadOf(three),
        checkerOne: await callsOfChecker(sceneOf(size, share, oneDestination, 1)),
        checkerThree: await callsOfChecker(sceneOf(size, share, threeDestinations, 1)),
      });
    }
  }
  return rows;
}

function tableOfTimes({ images, monitor, checker, shell, cli }: Times): Table {
  const replicas = images * threeDestinations.length;
  const loop = shell.map((ms) => ms * replicas);
  const row = (who: string, ms: readonly number[]): readonly string[] => [
    who,
    inSpread(spreadOf(ms)),
    inSpread(spreadOf(ms.map((each, run) => each / (monitor[run] ?? each)))),
  ];
  return {
    title: `Time for ${images} pushes × ${threeDestinations.length} destinations that have all arrived`,
    columns: ['who', 'ms', 'times this monitor'],
    rows: [
      row('this monitor', monitor),
      row('(a) scheduled checker', checker),
      ...(cli === undefined ? [] : [row(`(c) shell loop over ${cli}: one process × ${replicas}`, loop)]),
    ],
  };
}

export const bench: Bench = {
  about: 'ECR calls a verified replica, for bursts of pushes',
  run: async ({ quick }) => {
    const runs = quick ? 2 : 5;
    const rows = await measureCalls(quick ? [1, 10, 100, 1_000] : [1, 10, 100, 1_000, 10_000], runs);
    const withoutHints = await callsOfMonitor(sceneOf(1_000, 0.01, threeDestinations, 1), false);
    const times = await measureTimes(runs);
    const of = (share: number): readonly Row[] => rows.filter((row) => row.share === share);
    const at = (size: number, share: number): Row => {
      const found = of(share).find((row) => row.size === size);
      if (found === undefined) throw new Error(`${size} pushes were not measured`);
      return found;
    };
    return {
      tables: [
        {
          title: 'ECR calls a replica, one look',
          columns: ['pushes', 'missing', '1 destination', '(a), 1', '3 destinations', '(a), 3'],
          rows: rows.map(({ size, share, one, three, checkerOne, checkerThree }) => [
            inDigits(size),
            inPercent(share),
            inSpread(one),
            inDigits(checkerOne),
            inSpread(three),
            inDigits(checkerThree),
          ]),
        },
        tableOfTimes(times),
      ],
      figures: [
        {
          what: 'calls a replica: 1,000 pushes, 1 destination, all arrived',
          must: 'at most',
          limit: 0.0125,
          seen: at(1_000, 0).one,
        },
        {
          what: 'calls a replica: 1,000 pushes, 3 destinations, all arrived',
          must: 'at most',
          limit: 0.0125,
          seen: at(1_000, 0).three,
        },
        {
          what: 'calls a replica: 1,000 pushes, 1 destination, 1 % missing',
          must: 'at most',
          limit: 0.05,
          seen: at(1_000, 0.01).one,
        },
        {
          what: 'calls a replica: 1,000 pushes, 3 destinations, 1 % missing',
          must: 'at most',
          limit: 0.05,
          seen: at(1_000, 0.01).three,
        },
      ],
      growth: shares.flatMap((share) => {
        const points = of(share).map(({ size, three }) => [size, three.median * size] as const);
        if (points.length < 3) return [];
        const sizes = points.map(([size]) => size);
        return [
          {
            what: `ECR calls, ${inPercent(share)} missing`,
            over: 'pushes',
            sizes,
            exponent: exponentOf(points),
          },
        ];
      }),
      notes: [
        'Calls are divided by the replicas that were verified; where all are missing, by all of them.',
        'One call tells of 100 digests, so 0.01 a replica is the least there can be; above it are the rules, read once a minute, and what is asked about the missing ones.',
        '(a) asks once an image, which ECR answers for all destinations; it never looks at a destination.',
        `3 destinations, 1 % missing, and an ECR that does not name the missing ones: ${inDigits(withoutHints)} calls a replica.`,
        `Times: ${usualLatencyMs} ms a call, throttled above ${usualCallsPerSecond} calls a second and registry.`,
        ...(times.cli === undefined ? ['The AWS CLI is not on this machine: peer (c) is left out.'] : []),
      ],
      picture: {
        title: 'ECR calls a replica by the size of a burst, 3 destinations',
        xTitle: 'pushes in the burst',
        yTitle: 'ECR calls a replica',
        lines: [
          ...shares.map((share) => ({
            name: `${inPercent(share)} missing`,
            points: of(share).map(({ size, three }) => [size, three.median] as const),
          })),
          {
            name: '(a) image by image',
            points: of(0).map(({ size, checkerThree }) => [size, checkerThree] as const),
          },
        ],
      },
    };
  },
};
