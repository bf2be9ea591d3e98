// How the tests run: in Node, side by side, with time for a slow machine but none for a test that hangs.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/run-folder.ts',
    environment: 'node',
    // Threads begin sooner than processes. Many tests wait for a process or a pause: with two cores, three are busy.
    pool: 'threads',
    maxWorkers: 3,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    coverage: { include: ['lib/**', 'functions/**'] },
  },
});
