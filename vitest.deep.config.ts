import { defineConfig } from 'vitest/config';
import usual, { SLOW_TESTS } from './vitest.config.ts';

/** What `npm test` leaves out because it takes minutes, and all of the random input and orders that it tries a part of. */
export default defineConfig({
  ...usual,
  test: {
    ...usual.test,
    exclude: ['node_modules/**'],
    include: [
      ...SLOW_TESTS,
      'test/{library,service/store,store/writers}/**/lineage.test.ts',
      'test/service/store/sqlite/{store,forgetting}.test.ts',
      'test/store/maintenance/merge-lineage.test.ts',
      'test/store/maintenance/forget/lineage.test.ts',
      'test/{faults,service}/fuzz.test.ts',
      'test/faults/fault-kinds.test.ts',
      'test/cli/diff.test.ts',
      'test/hooks/capture-sh.test.ts',
      'test/delivery/store/{tool-call-outbox-properties,outbox-rows}.test.ts',
      'test/ingest/ingest-properties.test.ts',
      'test/store/maintenance/pattern-move.test.ts',
    ],
    env: { TEST_DEPTH: 'deep' },
  },
});
