/** Bench `throughput`: messages a second of one warm `image-action` whose ECR answers at once, against parsing them at all. */

import { instructionsPerMessage } from './kit/instructions.ts';
import { inDigits, inSpread } from './kit/numbers.ts';
import type { Bench } from './kit/report.ts';
import { exponentOf, type Spread, spreadOf } from './kit/statistics.ts';
import { type WarmBatch, warmBatch } from './kit/warm-batches.ts';
import { throughputOfFunction } from './kit/warm-function.ts';

const sizes = [10, 100, 1_000, 10_000];

interface Row {
  readonly size: number;
  readonly destinations: number;
  /** Messages a second of processor time. */
  readonly rate: Spread;
  /** Processor time over that of `JSON.parse` of the same messages. */
  readonly toParse: Spread;
}

async function processorSeconds(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

async function measureUseCase(messages: number, runs: number): Promise<readonly Row[]> {
  const settings = [1, 3].flatMap((destinations) =>
    sizes.map((size) => ({
      size,
      destinations,
      batch: warmBatch(size, destinations),
      rates: [] as number[],
      ratios: [] as number[],
    })),
  );
  for (const { size, batch } of settings) await repeat(batch.run, messages / size);
  for (let run = 0; run < runs; run += 1) {
    for (const { size, batch, rates, ratios } of settings) {
      const rounds = Math.max(3, messages / size);
      const seconds = await processorSeconds(() => repeat(batch.run, rounds));
      const parsing = await processorSeconds(() => repeat(async () => parseAll(batch), rounds));
      rates.push((rounds * size) / seconds);
      ratios.push(seconds / parsing);
    }
  }
  return settings.map(({ size, destinations, rates, ratios }) => ({
    size,
    destinations,
    rate: spreadOf(rates),
    toParse: spreadOf(ratios),
  }));
}

async function repeat(work: () => Promise<void>, rounds: number): Promise<void> {
  for (let left = Math.ceil(rounds); left > 0; left -= 1) await work();
}

function parseAll({ records }: WarmBatch): void {
  for (const { body } of records) JSON.parse(body);
}

export const bench: Bench = {
  about: 'messages a second of one warm image-action',
  run: async ({ quick }) => {
    const runs = quick ? 2 : 5;
    const rows = await measureUseCase(quick ? 5_000 : 20_000, runs);
    const built = [
      { batch: 100, destinations: 1 },
      { batch: 1_000, destinations: 1 },
      { batch: 1_000, destinations: 3 },
    ];
    const rates = (await throughputOfFunction(built, runs)).map(spreadOf);
    const instructions = quick ? 'not-asked' : await instructionsPerMessage(3);
    const withThree = rows.filter(({ destinations }) => destinations === 3);
    const slowest = withThree.reduce((a, b) => (b.rate.median < a.rate.median ? b : a));
    const points = withThree.map(({ size, rate }) => [size, size / rate.median] as const);
    const deployed = rates[1];
    if (deployed === undefined) throw new Error('the built function was not measured');
    return {
      tables: [
        {
          title: 'The use case, with an ECR that answers in the same process',
          columns: ['messages a batch', 'destinations', 'messages a second', 'times JSON.parse'],
          rows: rows.map(({ size, destinations, rate, toParse }) => [
            inDigits(size),
            inDigits(destinations),
            inSpread(rate),
            inSpread(toParse),
          ]),
        },
        {
          title: 'The built function, with the SDK and a loopback connection to an ECR that answers at once',
          columns: ['messages a batch', 'destinations', 'messages a second'],
          rows: built.map(({ batch, destinations }, at) => [
            inDigits(batch),
            inDigits(destinations),
            inSpread(rates[at] ?? spreadOf([])),
          ]),
        },
      ],
      figures: [
        {
          what: `messages a second, 3 destinations, the slowest batch (${inDigits(slowest.size)})`,
          must: 'at least',
          limit: 20_000,
          seen: slowest.rate,
        },
        {
          what: 'messages a second of the built function, 1,000 a batch, 1 destination',
          must: 'at least',
          limit: 20_000,
          seen: deployed,
        },
        {
          what: 'growth of the time for a batch, 10 to 10,000 messages (1 is flat a message)',
          must: 'at most',
          limit: 1.1,
          seen: spreadOf([exponentOf(points)]),
        },
      ],
      growth: [
        { what: 'time for a batch, 3 destinations', over: 'messages', sizes, exponent: exponentOf(points) },
      ],
      notes: [
        'Seconds are of processor time, all threads of the process added up, and so of one core: other load on the machine does not count.',
        'In the first table the ports are replaced right below the use case, so that it shows our own work alone: parsing, rules, verdicts, decisions, metrics. The second has all that Lambda would run.',
        'Each destination is one more replica to look up, judge and count; a call tells of 100 of them.',
        wordsFor(instructions),
      ],
    };
  },
};

function wordsFor(instructions: number | 'not-asked' | 'not-there' | 'too-slow'): string {
  if (instructions === 'not-asked') return 'Instructions are counted in full runs only.';
  if (instructions === 'not-there') return 'Valgrind is not on this machine: instructions are left out.';
  if (instructions === 'too-slow') return 'Callgrind did not finish in its time: instructions are left out.';
  return `Instructions a message, 3 destinations, by callgrind: ${inDigits(instructions)}.`;
}
