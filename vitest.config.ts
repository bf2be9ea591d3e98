// How the tests run: in Node, side by side, with time for a slow machine but none for a test that hangs.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/run-folder.ts',
    environment: 'node',
    // The machines that this runs on have two cores, of which the default would leave one idle.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    coverage: { include: ['lib/**', 'functions/**'] },
  },
});
