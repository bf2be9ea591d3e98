// The tests that a changed line of the rooms that decide must fail: those of these rooms themselves.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{alert,incident,replication}/**/*.test.ts'],
    globalSetup: 'test/run-folder.ts',
    setupFiles: 'test/mutation/few-runs.ts',
    environment: 'node',
    // They share nothing that one of them changes: each module is loaded once, not once for each change of a line.
    isolate: false,
    testTimeout: 60_000,
  },
});
