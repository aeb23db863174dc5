import { defineConfig } from 'vitest/config';
import { WaitingFirst } from './test/support/waiting-first.ts';
import { patience } from './test/support/patience.ts';

// CI sets this to the file in which it wants the totals.
const results = process.env['VITEST_JSON'];
process.env['TEST_PATIENCE'] = String(patience); // the workers inherit it

/** What takes minutes: real processes, kills, faults, PostgreSQL. `npm run test:deep` runs it. */
export const SLOW_TESTS: readonly string[] = [
  'test/alerts/simulated-week.test.ts',
  'test/cli/{flush,service-export,text-columns}.test.ts',
  'test/deploy/{panels,prometheus}.test.ts',
  'test/faults/passing-faults.test.ts',
  'test/processes/**/*.test.ts',
  'test/redact/recall.test.ts',
  'test/scripts/eval/attribution/attribution.test.ts',
  'test/service/serve-command.test.ts',
  'test/service/store/postgres/**/*.test.ts',
  'test/store/maintenance/{repair,salvage}.test.ts',
  'test/store/maintenance/retention/leftovers.test.ts',
];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/{claude,dashboard/browser}/**', 'node_modules/**', ...SLOW_TESTS],
    // Builds the bundles that tests spawn; starts PostgreSQL once a test asks for it.
    globalSetup: ['test/build-once.ts', 'test/support/shared-postgres.ts'],
    // Files of one worker share what they import, which halves the work. None may leave a mock or a variable behind.
    isolate: false,
    maxWorkers: 4, // tests wait for processes more than they compute
    sequence: { sequencer: WaitingFirst },
    // Limits are for what never comes: beside three others, on two cores, the slowest test takes an eighth of them.
    testTimeout: 1_800_000 * patience,
    hookTimeout: 900_000 * patience,
    // A test that asserts nothing can never fail, so it fails at once.
    expect: { requireAssertions: true, poll: { timeout: 600_000 * patience, interval: 20 } },
    ...(results ? { reporters: ['default', 'json'], outputFile: { json: results } } : {}),
  },
});
