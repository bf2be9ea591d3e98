// The tests that a changed line of a room must fail: those of the room itself, whatever else would notice.
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** In the same order whoever runs them; what took longest last time would come first otherwise, and be tried most. */
class ByName extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => (a.moduleId < b.moduleId ? -1 : 1));
  }
}

export default defineConfig({
  test: {
    alias: { 'fast-check': join(import.meta.dirname, 'few-runs.ts') },
    globalSetup: 'test/run-folder.ts',
    runner: 'test/mutation/runner.ts',
    environment: 'node',
    // One thread, in which each module is loaded once: not once for each file of tests, or each change.
    pool: 'threads',
    maxWorkers: 1,
    isolate: false,
    sequence: { sequencer: ByName },
    update: 'none',
    // Changed modules are for this run alone.
    fsModuleCache: false,
    // What never ends is stopped by the runner; a slow machine is no failure.
    testTimeout: 0,
  },
});
