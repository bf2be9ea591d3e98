// Runs a test as it is, and then again for each change that it reaches and that no test before it has noticed.
import { Script } from 'node:vm';
import { type RunnerTestCase, TestRunner } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Changes by number: that the test ran through, that it failed for, and that had run before any test began. */
    changes?: { readonly reached: string[]; readonly noticed: string[]; readonly atLoad: string[] };
  }
}

/** What the changed lines ask and tell, as Stryker's instrumenter writes them. */
interface Switchboard {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number;
  hitLimit?: number;
  readonly mutantCoverage?: {
    readonly static: Readonly<Record<string, number>>;
    readonly perTest: Readonly<Record<string, Readonly<Record<string, number>>>>;
  };
}

const world = globalThis as typeof globalThis & { __stryker__?: Switchboard; runAgain?: () => unknown };
const lines: Switchboard = world.__stryker__ ?? {};
world.__stryker__ = lines;

/** A loop without end is an error; by its count where the change is in it, by time where it is not. */
const mostHits = 100;
const again = new Script('runAgain()');
const mostMilliseconds = 60_000;

const noticed = new Set<string>();

// The runner asks for a class.
export default class extends TestRunner {
  async runTask(test: RunnerTestCase): Promise<void> {
    const run = TestRunner.getTestFn(test);
    const attempt = { retry: 0, repeats: 0 };
    lines.currentTestId = test.id;
    await run();
    lines.currentTestId = 'run again';
    const hits = lines.mutantCoverage?.perTest[test.id] ?? {};
    const reached = Object.keys(hits);
    const before = new Set(noticed);
    world.runAgain = run;
    for (const change of reached.filter((id) => !before.has(id))) {
      this.onBeforeTryTask(test, attempt);
      Object.assign(lines, { activeMutant: change, hitCount: 0, hitLimit: mostHits * (hits[change] ?? 0) });
      try {
        await again.runInThisContext({ timeout: mostMilliseconds });
      } catch {
        noticed.add(change);
      }
    }
    lines.activeMutant = undefined;
    // A change must leave nothing behind: what fails here would count as noticed everywhere after it.
    this.onBeforeTryTask(test, attempt);
    await run();
    lines.currentTestId = undefined;
    const atLoad = Object.keys(lines.mutantCoverage?.static ?? {});
    test.meta.changes = {
      reached,
      noticed: reached.filter((id) => noticed.has(id) && !before.has(id)),
      atLoad,
    };
  }
}
