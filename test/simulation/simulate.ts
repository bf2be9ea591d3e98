/** `npm run simulate -- --seeds 1..10000`: plays seeds on every core and tells what was survived, or which seed was not. */

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { compose, type Rates } from './compose.ts';
import { play } from './play.ts';
import { createProgress } from './progress.ts';
import type { SeedResult } from './seed-worker.ts';
import { playSeeds } from './seeds-on-cores.ts';
import { shrink } from './shrink.ts';
import { faultKinds, inWords } from './story.ts';

interface Options {
  readonly seeds: readonly [number, number];
  readonly only?: number;
  readonly json?: true;
  readonly workers?: number;
  readonly faults: number;
  readonly rate: Rates['of'];
  readonly keepGoing?: true;
}

const exitCodes = { held: 0, broken: 1, usage: 2 } as const;

const program = new Command('simulate')
  .description(
    'Plays the whole monitor against the faults of AWS, one story a seed, and holds it to its promises.',
  )
  .option('--seeds <from..to>', 'seeds to play', parseSeeds, [1, 1000] as const)
  .option('--only <seed>', 'plays one seed and tells its story, shrunk if it breaks a promise', parseSeed)
  .option(
    '--faults <factor>',
    'multiplies how often and how much goes wrong; 0: nothing does',
    parseFactor,
    1,
  )
  .addOption(
    new Option('--rate <kind=factor>', 'the same for one kind of fault; may be given again')
      .argParser(parseRate)
      .default({}, 'every kind 1'),
  )
  .option('--workers <count>', 'threads; one a core, if nothing is said', parseSeed)
  .option('--keep-going', 'plays all seeds, however many break a promise')
  .option('--json', 'one JSON document instead of text')
  .addHelpText(
    'after',
    `\nKinds of faults: ${faultKinds.join(', ')}\nExit codes: 0 every promise was kept, 1 one was broken, 2 the words were wrong`,
  )
  .configureOutput({ outputError: (text, write) => write(`${text.trimEnd()} (--help explains)\n`) })
  .exitOverride();

try {
  program.parse();
  const options = program.opts<Options>();
  process.exitCode =
    options.only === undefined ? await playAll(options) : await playOne(options.only, options);
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? exitCodes.held : exitCodes.usage;
}

async function playAll({
  seeds: [from, to],
  json,
  workers,
  faults,
  rate,
  keepGoing,
}: Options): Promise<number> {
  const progress = createProgress(process.stderr, to - from + 1, 'seeds');
  const broken: SeedResult[] = [];
  const totals = {
    faults: new Map<string, number>(),
    struck: new Map<string, number>(),
    counts: new Map<string, number>(),
  };
  const add = (sums: Map<string, number>, name: string, value: number): void =>
    void sums.set(name, (sums.get(name) ?? 0) + value);
  const startedAt = performance.now();
  let played = 0;

  await playSeeds({ from, to, rates: { all: faults, of: rate }, workers }, (result) => {
    played += 1;
    for (const [kind, count] of Object.entries(result.faults)) {
      add(totals.faults, kind, count);
      add(totals.struck, kind, 1);
    }
    for (const [name, count] of Object.entries(result.counts)) add(totals.counts, name, count);
    if (result.violation !== undefined) broken.push(result);
    progress.show(played, `${broken.length} broken`);
    return broken.length === 0 || keepGoing === true;
  });
  progress.end();
  const seconds = (performance.now() - startedAt) / 1000;
  broken.sort((a, b) => a.seed - b.seed);

  if (json) {
    const summary = {
      seeds: { from, to, played },
      seconds: Number(seconds.toFixed(1)),
      seedsPerSecond: Number((played / seconds).toFixed(1)),
      faults: Object.fromEntries(totals.faults),
      counts: Object.fromEntries(totals.counts),
      broken: broken.map(({ seed, violation }) => ({ seed, ...violation })),
    };
    process.stdout.write(`${JSON.stringify(summary)}\n`);
    return broken.length === 0 ? exitCodes.held : exitCodes.broken;
  }

  say('fault survived           times   seeds');
  for (const kind of faultKinds) {
    const times = totals.faults.get(kind) ?? 0;
    if (times > 0)
      say(
        `${kind.padEnd(22)}${number(times).padStart(8)}${number(totals.struck.get(kind) ?? 0).padStart(8)}`,
      );
  }
  say('');
  say([...totals.counts].map(([name, count]) => `${number(count)} ${name}`).join(', '));
  say(
    `${number(played)} seeds, ${number(broken.length)} broken; ${(played / seconds).toFixed(1)} seeds a second, ${seconds.toFixed(0)} s`,
  );
  for (const { seed, violation } of broken.slice(0, 20))
    say(`seed ${seed} at ${violation?.at}, ${violation?.invariant}: ${violation?.what}`);
  const [first] = broken;
  if (first === undefined) return exitCodes.held;
  say(`\nnpm run simulate -- --only ${first.seed}`);
  return exitCodes.broken;
}

async function playOne(seed: number, { json, faults, rate }: Options): Promise<number> {
  const story = compose(seed, { all: faults, of: rate });
  const { violation } = await play(story);
  const told = violation === undefined ? { story } : await shrink(story, violation);
  if (json) {
    process.stdout.write(`${JSON.stringify(told, undefined, 2)}\n`);
    return violation === undefined ? exitCodes.held : exitCodes.broken;
  }
  say(
    `Seed ${seed}: deadline ${story.setting.deadlineMinutes} min, index ${story.setting.indexLagSeconds} s behind`,
  );
  if (violation !== undefined)
    say(`Shrunk from ${story.entries.length} entries to ${told.story.entries.length}.`);
  say('');
  for (const entry of told.story.entries) say(inWords(entry));
  say('');
  const again = await play(told.story, { trace: say });
  say('');
  if (again.violation === undefined) {
    say('Every promise was kept.');
    return exitCodes.held;
  }
  const { at, invariant, what } = again.violation;
  say(`Broken at ${at}, ${invariant}: ${what}`);
  return exitCodes.broken;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function parseSeeds(text: string): readonly [number, number] {
  const [, from, to = from] = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(text) ?? [];
  if (from === undefined || Number(to) < Number(from))
    throw new InvalidArgumentError('write FROM..TO, such as 1..1000.');
  return [Number(from), Number(to)];
}

function parseSeed(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('it is a whole number above 0.');
  return Number(text);
}

function parseFactor(text: string): number {
  const factor = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(factor <= 100)) throw new InvalidArgumentError('it is a number from 0 to 100.');
  return factor;
}

function parseRate(text: string, known: Rates['of']): Rates['of'] {
  const [kind = '', factor = ''] = text.split('=');
  if (!faultKinds.some((one) => one === kind)) throw new InvalidArgumentError(`there is no fault "${kind}".`);
  return { ...known, [kind]: parseFactor(factor) };
}
