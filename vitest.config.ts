import { defineConfig } from 'vitest/config';

// Where CI wants the totals.
const results = process.env['VITEST_JSON'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/claude/**', 'node_modules/**'],
    globalSetup: 'test/build-once.ts', // the bundles that the tests spawn
    maxWorkers: 3, // they wait for processes more than they compute
    testTimeout: 60_000,
    expect: { poll: { timeout: 20_000, interval: 20 } },
    hookTimeout: 60_000,
    ...(results ? { reporters: ['default', 'json'], outputFile: { json: results } } : {}),
  },
});
