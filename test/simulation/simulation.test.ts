// The simulation as everybody runs it: some hundred seeds, the stories that once broke a promise, and itself put to the test.
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compose } from './compose.ts';
import { invariants } from './invariants.ts';
import { type Played, play } from './play.ts';
import { createRandom } from './random.ts';
import { playSeeds } from './seeds-on-cores.ts';
import { shrink } from './shrink.ts';
import { foundStories } from './stories.ts';
import { type Entry, faultKinds } from './story.ts';
import { createTimeline } from './timeline.ts';
import type { Invariant } from './watch.ts';

const seeds = 200;

describe('the monitor', () => {
  it(`keeps its promises in ${seeds} stories, and every fault strikes`, { timeout: 300_000 }, async () => {
    const broken: string[] = [];
    const struck = new Set<string>();
    // In threads of their own, where Node runs the modules as they are: several times as fast as here.
    await playSeeds({ from: 1, to: seeds, rates: { all: 1, of: {} } }, ({ seed, violation, faults }) => {
      for (const kind of Object.keys(faults)) struck.add(kind);
      if (violation !== undefined)
        broken.push(`npm run simulate -- --only ${seed}: ${violation.invariant}: ${violation.what}`);
      return true;
    });
    expect(broken).toEqual([]);
    expect(faultKinds.filter((kind) => !struck.has(kind))).toEqual([]);
  });

  it.each(foundStories())('keeps them in the story of %s', { timeout: 60_000 }, async (_, { story }) => {
    expect((await play(story)).violation).toBeUndefined();
  });
});

/** A promise that nobody makes: that people are never told anything. */
const silence: Invariant = {
  name: 'silence',
  watch: ({ fail }) => ({ taken: ({ kind, notice }) => fail(`${notice} ${kind}`) }),
};

async function firstToldSeed(): Promise<{ seed: number; played: Played }> {
  for (let seed = 1; seed < 50; seed += 1) {
    const played = await play(compose(seed), { invariants: [silence] });
    if (played.violation !== undefined) return { seed, played };
  }
  throw new Error('nobody is told anything in fifty stories');
}

describe('a run', () => {
  it('is the same whenever its seed is played, to the last call', async () => {
    for (const seed of [1, 36, 73]) {
      const [one, other] = [await play(compose(seed)), await play(compose(seed))];
      expect(one.counts.calls).toBeGreaterThan(100);
      expect(other).toEqual(one);
    }
    expect((await play(compose(1))).course).not.toBe((await play(compose(2))).course);
  });

  it('without faults has none', async () => {
    const { faults } = await play(compose(36, { all: 0, of: {} }));
    expect([...faults.keys()]).toEqual([]);
  });

  it('that breaks a promise is shrunk to what breaks it, and breaks it again', async () => {
    const { seed, played } = await firstToldSeed();
    const { violation } = played;
    if (violation === undefined) throw new Error('it keeps the promise');
    const story = compose(seed);
    const shrunk = await shrink(story, violation, { invariants: [silence] });
    expect(shrunk.story.entries.length).toBeLessThan(story.entries.length);
    const kinds = shrunk.story.entries.map((entry: Entry) => entry.do);
    expect(kinds.filter((kind) => kind === 'rules').length).toBeGreaterThan(0);
    expect(kinds.filter((kind) => kind === 'push').length).toBeLessThanOrEqual(1);
    expect((await play(shrunk.story, { invariants: [silence] })).violation).toEqual(shrunk.violation);
  });

  it('is watched by ten promises', () => {
    expect(invariants.map(({ name }) => name)).toEqual([
      'told by the deadline',
      'told fairly',
      'told once',
      'resolved with its lateness',
      'no message lost',
      'counted once',
      'silent where silenced',
      'posted to Slack',
      'backfills watched',
      'passes told',
    ]);
  });
});

describe('a planted bug', () => {
  const root = join(import.meta.dirname, '../..');
  const folder = join(import.meta.dirname, 'planted');
  const patches = readdirSync(folder).map((name) => join(folder, name));

  it.each(patches)('still applies to lib/: %s', async (patch) => {
    const answer = await new Promise<string>((resolve) => {
      execFile('git', ['apply', '--check', patch], { cwd: root }, (error, _, stderr) => {
        resolve(error === null ? 'applies' : stderr);
      });
    });
    expect(answer).toBe('applies');
  });

  it('is there for each of eleven ways to go wrong', () => {
    expect(patches.length).toBe(11);
  });
});

describe('chance', () => {
  it('is the same for a seed and a name, evenly spread, and another for another name', () => {
    const draw = (name: string) => Array.from({ length: 5 }, createRandom(7).named(name).next);
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
    const random = createRandom(1);
    const counts = [0, 0, 0, 0];
    for (let n = 0; n < 40_000; n += 1) counts[random.below(4)] = (counts[random.below(4)] ?? 0) + 1;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });
});

describe('virtual time', () => {
  it('lets things happen by their time, then by their order, each to its last consequence', async () => {
    const timeline = createTimeline(0);
    const happened: string[] = [];
    timeline.at(20, () => happened.push('late'));
    timeline.at(10, () => {
      Promise.resolve()
        .then(() => happened.push('consequence'))
        .catch(() => {});
      timeline.after(0, () => happened.push('next'));
    });
    timeline.at(10, () => happened.push('second'));
    await timeline.run(15, () => false);
    expect(happened).toEqual(['consequence', 'second', 'next']);
    expect(timeline.now()).toBe(15);
  });
});

describe('npm run simulate', () => {
  const script = join(import.meta.dirname, 'simulate.ts');
  const run = (...words: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, [script, ...words], (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      });
    });

  it('tells machines what was played and survived, and shows a pipe no progress', async () => {
    const { code, stdout, stderr } = await run('--seeds', '1..6', '--json');
    const { seeds, broken, counts, faults } = JSON.parse(stdout);
    expect({ code, stderr, seeds, broken }).toEqual({
      code: 0,
      stderr: '',
      seeds: { from: 1, to: 6, played: 6 },
      broken: [],
    });
    expect(counts.calls).toBeGreaterThan(1_000);
    expect(Object.keys(faults).length).toBeGreaterThan(0);
  });

  it.each([
    [
      ['--seeds', '9..3'],
      "error: option '--seeds <from..to>' argument '9..3' is invalid. write FROM..TO, such as 1..1000.",
    ],
    [
      ['--rate', 'fire=1'],
      "error: option '--rate <kind=factor>' argument 'fire=1' is invalid. there is no fault \"fire\".",
    ],
    [['--only', '0'], "error: option '--only <seed>' argument '0' is invalid. it is a whole number above 0."],
  ])('answers %j with one clear line', async (words, line) => {
    expect(await run(...words)).toEqual({ code: 2, stdout: '', stderr: `${line} (--help explains)\n` });
  });
});
