// The tests that a changed line of a room must fail: those of the room itself, whatever else would notice.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [`test/${process.env['MUTATED_ROOM'] ?? '{alert,incident,replication}'}/**/*.test.ts`],
    // Ten thousand images at once take seconds, and every change of a line would run them.
    exclude: ['test/incident/storm.test.ts'],
    testNamePattern: /^(?!.*with every image counted once)/,
    globalSetup: 'test/run-folder.ts',
    setupFiles: 'test/mutation/few-runs.ts',
    environment: 'node',
    // They share nothing that one of them changes: each module is loaded once, not once for each change of a line.
    isolate: false,
    testTimeout: 60_000,
  },
});
