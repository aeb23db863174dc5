import { defineConfig } from 'vitest/config';

// CI sets this to the file in which it wants the totals.
const results = process.env['VITEST_JSON'];

/** Tests that run the real Claude Code, one file at a time: each of them takes a while. */
export default defineConfig({
  test: {
    include: ['test/claude/**/*.test.ts'],
    fileParallelism: false,
    ...(results ? { reporters: ['default', 'json'], outputFile: { json: results } } : {}),
    testTimeout: 60_000,
    // The first run installs Claude Code.
    hookTimeout: 600_000,
  },
});
