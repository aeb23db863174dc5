import { defineConfig } from 'vitest/config';
import { patience } from './test/support/patience.ts';

// CI sets this to the file in which it wants the totals.
const results = process.env['VITEST_JSON'];
process.env['TEST_PATIENCE'] = String(patience); // the workers inherit it

/** Tests that run the real Claude Code, one file at a time: each of them takes a while. */
export default defineConfig({
  test: {
    include: ['test/claude/**/*.test.ts'],
    fileParallelism: false,
    expect: { poll: { timeout: 600_000 * patience, interval: 20 } },
    ...(results ? { reporters: ['default', 'json'], outputFile: { json: results } } : {}),
    // Limits are for what never comes: the first hook installs Claude Code, and some play an hour of work.
    testTimeout: 1_800_000 * patience,
    hookTimeout: 1_800_000 * patience,
  },
});
