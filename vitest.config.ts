import { defineConfig } from 'vitest/config';

// CI sets this to the file in which it wants the totals.
const results = process.env['VITEST_JSON'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/claude/**', 'node_modules/**'],
    globalSetup: 'test/build-once.ts', // builds the bundles that the tests spawn
    maxWorkers: 3, // tests wait for processes more than they compute
    // Generous, because couriers run at low priority and a busy machine gives them little time: the slowest tests
    // take a quarter of this on two cores that do nothing else.
    testTimeout: 600_000,
    // A test that asserts nothing can never fail, so it fails at once.
    expect: { requireAssertions: true, poll: { timeout: 240_000, interval: 20 } },
    hookTimeout: 300_000,
    ...(results ? { reporters: ['default', 'json'], outputFile: { json: results } } : {}),
  },
});
