// The proofs: what takes too long for every save of a file (whole registries, every right taken away, the packed tarball).
import { defineConfig } from 'vitest/config';
import tests from '../vitest.config.ts';

export default defineConfig({ test: { ...tests.test, include: ['test/**/*.proof.ts'] } });
