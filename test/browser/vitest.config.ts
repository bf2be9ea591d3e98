// How the tests in the browser run: apart from the others, since they need a Chromium; one file after the other.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: '../run-folder.ts',
    root: import.meta.dirname,
    include: ['*.spec.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
