// Tests run from the sources; what spawns worker threads or the command runs from dist, which `npm test` builds first.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Examples are tested from the sources, too.
  resolve: { alias: { 'faultline/vitest': fileURLToPath(new URL('src/vitest/index.ts', import.meta.url)), faultline: fileURLToPath(new URL('src/index.ts', import.meta.url)) } },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Tests of threads want both cores for themselves now and then, and can wait.
    maxWorkers: 2,
    setupFiles: ['test/support/seed.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
  },
});
