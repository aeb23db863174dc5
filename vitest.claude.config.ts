import { defineConfig } from 'vitest/config';

/** The tests that run the real Claude Code: one file at a time, each takes a while. */
export default defineConfig({
  test: {
    include: ['test/claude/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    // The first run installs Claude Code.
    hookTimeout: 600_000,
  },
});
