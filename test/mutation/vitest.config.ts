// The tests that a changed line of the rooms that decide must fail: of these rooms themselves, and in one process.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{alert,incident,replication}/**/*.test.ts'],
    globalSetup: 'test/run-folder.ts',
    environment: 'node',
    testTimeout: 20_000,
  },
});
